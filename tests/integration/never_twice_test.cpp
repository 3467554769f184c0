#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// An order in doubt is sent again only when it is proven absent, however the provider writes. Every test looks into its
// ledger.
namespace {

constexpr const char* lost_answer =
    R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "every": 1, "times": 1}]})";

/// A daemon whose provider knows an order of ours, by which searches can be tried.
void start_with_known_order(stage& s)
{
    s.start_and_wait();
    s.insert_starts(1, "known", 9000);
    wait_until("the known order", [&] { return s.count("accepted") == 1; });
}

std::string state_of(stage& s, const std::string& key)
{
    return s.sql("select state from orderd.\"order\" where request_key = '" + key + "'");
}
void wait_for_state(stage& s, const std::string& key, const std::string& state)
{
    wait_until(key + " to be " + state, [&] { return state_of(s, key) == state; });
}
std::string error_of(stage& s, const std::string& key)
{
    return s.sql("select coalesce(error_code, '') from orderd.\"order\" where request_key = '" + key + "'");
}
std::string code_of(stage& s, const std::string& key)
{
    return s.sql("select coalesce(order_code, '') from orderd.\"order\" where request_key = '" + key + "'");
}

/// Orders of ours, and of somebody else, for this natural key.
long in_ledger(stage& s, const std::string& natural_key, bool foreign = false)
{
    long n = 0;
    for (const auto& entry : s.ledger())
        n += entry.at("naturalKey").as_string() == natural_key && entry.at("foreign").as_bool() == foreign;
    return n;
}
std::string line_of(int number) { return std::to_string(5'000'000'000 + number); }

/// Puts one start order in, whose name has everything that hands write differently.
void insert_start(stage& s, const std::string& key, int number)
{
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, case_name, line_id, "
          "line_access_key, product_codes) values ('rows', '" +
          key + "', '1', 'ｶﾞｰﾄﾞ㈱～東京拠点－1号館&髙橋', '鈴木商店', 'CAF" + line_of(number) +
          "', 'a1b2c3d4', '1-1-1-1-2') returning 1");
}
void insert_change(stage& s, const std::string& key, const std::string& site, const std::string& products)
{
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_code, change_products) "
          "values "
          "('rows', '" +
          key + "', '2', '" + site + "', '" + products + "') returning 1");
}

/// Somebody else orders: a body as POST /orders takes it; ended at once as `status`, where one is given.
std::string foreign_order(stage& s, const std::string& body, const std::string& status = {})
{
    s.provider_post("/orders", body);
    auto code = std::string(s.ledger().back().at("orderCode").as_string());
    if (!status.empty()) s.provider_post("/end", "{\"orderCode\": \"" + code + "\", \"status\": \"" + status + "\"}");
    return code;
}

}

TEST_CASE("an order whose answer was lost is found in whatever hand the provider writes, and not sent again")
{
    stage s(slow());
    start_with_known_order(s);
    const std::pair<const char*, const char*> hands[] = {
        {R"({"days": "slashes"})", R"({"days": "compact"})"},
        {R"({"days": "dashes", "numbers": "decimals"})", R"({"days": "compact", "numbers": "sample"})"},
        {R"({"days": "day_early"})", R"({"days": "compact"})"},
        {R"({"days": "utc", "numbers": "zero_padded"})", R"({"days": "compact", "numbers": "sample"})"},
        {R"({"days": "words", "numbers": "exponent"})", R"({"days": "compact", "numbers": "sample"})"},
        {R"({"names": "half_width", "numbers": "decimal_strings"})", R"({"names": "as_sent", "numbers": "sample"})"},
        {R"({"names": "nfkc", "list_envelope": "orders"})", R"({"names": "as_sent", "list_envelope": "array"})"},
        {R"({"names": "html", "list_envelope": "with_total"})", R"({"names": "as_sent", "list_envelope": "array"})"},
        {R"({"names": "cut", "none_as": "4000137"})", R"({"names": "as_sent", "none_as": "list"})"},
        {R"({"names": "question_marks", "none_as": "404"})", R"({"names": "as_sent", "none_as": "list"})"},
        {R"({"names": "wave_dash", "limit_cap": 1})", R"({"names": "as_sent", "limit_cap": 0})"},
        {R"({"informational": [100, 103, 103]})", R"({"informational": []})"},
    };
    int number = 0;
    for (const auto& [hand, usual] : hands) {
        INFO(hand);
        auto key = "H" + std::to_string(++number);
        s.provider_settings(hand);
        s.provider_settings(lost_answer);
        insert_start(s, key, number);
        wait_for_state(s, key, "accepted");
        CHECK(in_ledger(s, "start:CAF" + line_of(number)) == 1);
        CHECK(s.sql("select attempts from orderd.\"order\" where request_key = '" + key + "'") == "1");
        s.provider_settings(usual);
    }
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'found_at_provider' and evidence->>'finding' = "
                "'one_ours'") == std::to_string(number));
}

TEST_CASE("an answer that is no list is never an empty one: the order waits, and is held when it goes on")
{
    stage s(slow("submission.search_limit = \"4s\"\n"));
    start_with_known_order(s);
    int number = 0;
    for (auto shape : {"errors", "empty_object", "null", "null_member", "empty_body", "message"}) {
        INFO(shape);
        auto key = "N" + std::to_string(++number);
        s.provider_settings(std::string("{\"list_envelope\": \"") + shape + "\"}");
        s.provider_settings(lost_answer);
        insert_start(s, key, number);
        wait_for_state(s, key, "held");
        CHECK(error_of(s, key) == "search_unusable");
        CHECK(in_ledger(s, "start:CAF" + line_of(number)) == 1);
        s.provider_settings(R"({"list_envelope": "array"})");
    }
    // Once it is a list again, a person sees what is there.
    auto shown = s.verb({"orders", "resolve", "N1"});
    CHECK_THAT(shown.output, Contains("[ours]") && Contains("agrees: "));
}

TEST_CASE("a request that was lost is sent again after two searches, each with its control, however none is told")
{
    stage s(slow());
    start_with_known_order(s);
    int number = 0;
    for (auto none : {"list", "4000137", "404"}) {
        INFO(none);
        auto key = "L" + std::to_string(++number);
        s.provider_settings(std::string("{\"none_as\": \"") + none + "\"}");
        s.provider_settings(lost_request);
        insert_start(s, key, number);
        wait_for_state(s, key, "accepted");
        CHECK(in_ledger(s, "start:CAF" + line_of(number)) == 1);
        CHECK(s.sql("select attempts from orderd.\"order\" where request_key = '" + key + "'") == "2");
    }
    CHECK_THAT(s.sql("select evidence::text from orderd.order_event where event = 'not_created' limit 1"),
               Contains("positiveControl") && Contains("was found"));
    auto figures = stage::get(s.operations_port(), "/metrics").second;
    CHECK_THAT(figures, Contains("orderd_search_controls_total{answer=\"good\",kind=\"positive\"}"));
}

TEST_CASE("without any known order what is not found is held, unless the configuration says otherwise")
{
    {
        stage s(slow());
        s.start_and_wait();
        s.provider_settings(lost_request);
        insert_start(s, "A", 1);
        wait_for_state(s, "A", "held");
        CHECK(error_of(s, "A") == "control_impossible");
        CHECK(s.ledger().empty());
    }
    stage s(slow("submission.resend_without_control = true\n"));
    s.start_and_wait();
    s.provider_settings(lost_request);
    insert_start(s, "A", 1);
    wait_for_state(s, "A", "accepted");
    CHECK(s.ledger().size() == 1);
}

TEST_CASE("a change is ours by its products and their change types, and is held where the provider does not tell them")
{
    stage s(slow());
    start_with_known_order(s);
    s.provider_post("/sites", R"({"count": 5})");
    auto body = [](const std::string& site, const char* type) {
        return R"({"orderType": "2", "changeOrderPostData": {"customerCode": "A10000105", "customerSiteCode": ")" +
               site + R"(", "products": [{"changeType": ")" + type + R"(", "productCode": "0-1-1-3-2"}]}})";
    };
    int number = 0;
    auto site = [&] { return "int-1000000" + std::to_string(number); };
    // Plainly told.
    ++number;
    s.provider_settings(lost_answer);
    insert_change(s, "C1", site(), "1:0-1-1-3-2");
    wait_for_state(s, "C1", "accepted");
    CHECK(in_ledger(s, "change:" + site()) == 1);
    // The detail lists all that the site has, or nothing.
    for (auto contracts : {"site", "none"}) {
        INFO(contracts);
        ++number;
        auto key = "C" + std::to_string(number);
        s.provider_settings(std::string("{\"detail_contracts\": \"") + contracts + "\"}");
        s.provider_settings(lost_answer);
        insert_change(s, key, site(), "1:0-1-1-3-2");
        wait_for_state(s, key, "held");
        CHECK(error_of(s, key) == "perhaps_at_provider");
        CHECK(in_ledger(s, "change:" + site()) == 1);
    }
    s.provider_settings(R"({"detail_contracts": "ordered"})");
    // Somebody else removes the product that we add, and ours was never created.
    ++number;
    auto foreign = foreign_order(s, body(site(), "3"));
    s.provider_settings(lost_request);
    insert_change(s, "C4", site(), "1:0-1-1-3-2");
    wait_for_state(s, "C4", "held");
    CHECK(code_of(s, "C4") == "");
    CHECK_THAT(s.sql("select error_message from orderd.\"order\" where request_key = 'C4'"),
               Contains(foreign) && Contains("adds what was to be removed") && Contains("追加と廃止"));
    CHECK(in_ledger(s, "change:" + site()) == 0);
}

TEST_CASE("an order that somebody else placed and cancelled on the line the same day is not taken for ours")
{
    stage s(slow());
    start_with_known_order(s);
    foreign_order(
        s,
        R"({"orderType": "1", "startOrderPostData": {"customerCode": "A10000105", "customerSiteName": "別の拠点", "lineId": "CAF5000000001", "lineAccessKey": "zzzz9999", "products": [{"productCode": "1-1-1-1-2"}]}})",
        "4");
    s.provider_settings(lost_request);
    insert_start(s, "A", 1);
    wait_for_state(s, "A", "held");
    CHECK(code_of(s, "A") == "");
    CHECK(in_ledger(s, "start:CAF" + line_of(1)) == 0);
    auto order = "#" + s.sql("select id from orderd.\"order\" where request_key = 'A'");
    // What is held says what can be done, and a decision against what was found needs a person who is sure.
    auto shown = s.verb({"orders", "resolve", order});
    CHECK(shown.code == 2);
    CHECK_THAT(shown.output + shown.errors, Contains("[perhaps_ours]") && Contains("has ended already") &&
                                                Contains("--order-code") && Contains("--not-created") &&
                                                Contains("--give-up"));
    auto refused = s.verb({"orders", "resolve", order, "--not-created"});
    CHECK(refused.code == 1);
    CHECK_THAT(refused.errors, Contains("it may be there twice"));
    CHECK(s.verb({"orders", "resolve", order, "--not-created", "--sure", "--why", "theirs"}).code == 0);
    wait_for_state(s, "A", "accepted");
    CHECK(in_ledger(s, "start:CAF" + line_of(1)) == 1);
    CHECK(s.sql("select evidence is not null and operator is not null from orderd.order_event where event = "
                "'resolved_as_not_created'") == "t");
}

TEST_CASE("a resend that the provider refuses because the line is busy is never taken for not created")
{
    stage s(slow());
    start_with_known_order(s);
    hide_what_is_younger(s, std::chrono::seconds(12));
    s.provider_settings(lost_answer);
    insert_start(s, "A", 1);
    wait_for_state(s, "A", "held");
    CHECK(error_of(s, "A") == "line_taken");
    CHECK(in_ledger(s, "start:CAF" + line_of(1)) == 1);
    CHECK(s.sql("select count(*) from orderd.order_event where errors::text like '%4000139%'") == "1");
    // Whoever says that it was not created must be sure.
    auto order = "#" + s.sql("select id from orderd.\"order\" where request_key = 'A'");
    auto refused = s.verb({"orders", "resolve", order, "--not-created"});
    CHECK(refused.code == 1);
    CHECK_THAT(refused.errors, Contains("4000139") || Contains("it may be there twice"));
    s.provider_settings(R"({"search_stale_ms": 0})");
    CHECK_THAT(s.verb({"orders", "resolve", order}).output, Contains("[ours]"));
    auto code = std::string(s.ledger().back().at("orderCode").as_string());
    CHECK(s.verb({"orders", "resolve", order, "--order-code", code}).code == 0);
    CHECK(state_of(s, "A") == "accepted");
}

TEST_CASE("who takes a claim over waits as long as the one who sent, however short its own settle time is")
{
    stage s(slow("submission.settle_time = \"30s\"\n"));
    start_with_known_order(s);
    s.provider_settings(R"({"latency_min_ms": 800, "latency_max_ms": 800})");
    insert_start(s, "A", 1);
    wait_for_state(s, "A", "submitting");
    s.kill_daemon();
    s.set_keys("submission.settle_time = \"1s\"\nsubmission.backoff_cap = \"1s\"\n");
    s.start_and_wait("second");
    wait_for_state(s, "A", "in_doubt");
    CHECK(s.sql("select not_before > now() + interval '20 seconds' from orderd.\"order\" where request_key = 'A'") ==
          "t");
    CHECK(in_ledger(s, "start:CAF" + line_of(1)) <= 1);
}

TEST_CASE(
    "a catalogue and a list of sites are only replaced by lists, and statuses are numbers however they are written")
{
    stage s(slow("tracking.catalogue_interval = \"1s\"\n"));
    start_with_known_order(s);
    s.provider_post("/sites", R"({"count": 201})");
    REQUIRE(s.verb({"sites", "sync"}).code == 0);
    auto products = s.sql("select string_agg(code, ' ' order by code) from orderd.product");
    for (auto shape : {"errors", "empty_object", "null", "empty_body", "message"}) {
        INFO(shape);
        auto asked = s.requests("GET /customerProducts");
        s.provider_settings(std::string("{\"products_answer\": \"") + shape + "\", \"sites_answer\": \"" + shape +
                            "\"}");
        wait_until("the catalogue to be asked for", [&] { return s.requests("GET /customerProducts") > asked + 1; });
        CHECK(s.verb({"sites", "sync"}).code == 3);
        CHECK(s.sql("select string_agg(code, ' ' order by code) from orderd.product") == products);
        CHECK(s.sql("select count(*) from report.difference where kind = 'site_vanished'") == "0");
    }
    s.provider_settings(R"({"products_answer": "list", "sites_answer": "list", "limit_cap": 100})");
    REQUIRE(s.verb({"sites", "sync"}).code == 0);
    CHECK(s.sql("select count(*) from orderd.site") == "201");
    CHECK(s.sql("select count(*) from report.difference where kind = 'site_vanished'") == "0");

    // "None" as an error ends no sweep, and 2.0 is completed.
    s.provider_settings(R"({"none_as": "4000137", "numbers": "decimals"})");
    for (const auto& entry : s.ledger())
        s.provider_post("/end", "{\"orderCode\": \"" + std::string(entry.at("orderCode").as_string()) +
                                    "\", \"status\": \"2\"}");
    wait_until("the end", [&] { return s.count("completed") == 1; });
}

TEST_CASE("what others ordered while nothing of ours was in progress is known before the first order is sent")
{
    auto o = slow();
    o.settings_toml += "line_guard = false\n";
    stage s(o);
    s.start_and_wait(); // there is nothing to follow
    auto theirs = foreign_order(
        s,
        R"({"orderType": "1", "startOrderPostData": {"customerCode": "A10000105", "customerSiteName": "ｶﾞｰﾄﾞ㈱～東京拠点－1号館&髙橋", "caseName": "鈴木商店", "lineId": "CAF5000000001", "lineAccessKey": "a1b2c3d4", "products": [{"productCode": "1-1-1-1-2"}]}})");
    s.provider_settings(lost_request);
    insert_start(s, "A", 1);
    wait_for_state(s, "A", "accepted");
    CHECK(code_of(s, "A") != theirs);
    CHECK(in_ledger(s, "start:CAF" + line_of(1)) == 1);
    CHECK(in_ledger(s, "start:CAF" + line_of(1), true) == 1);
}

TEST_CASE("the first order waits for the list of what others have in progress")
{
    auto o = slow();
    o.settings_toml += "line_guard = false\n";
    stage s(o);
    s.start_and_wait();
    auto theirs = foreign_order(
        s,
        R"({"orderType": "1", "startOrderPostData": {"customerCode": "A10000105", "customerSiteName": "ｶﾞｰﾄﾞ㈱～東京拠点－1号館&髙橋", "caseName": "鈴木商店", "lineId": "CAF5000000001", "lineAccessKey": "a1b2c3d4", "products": [{"productCode": "1-1-1-1-2"}]}})");
    s.provider_settings(
        R"({"faults": [{"operation": "GET /orders", "answer": "503", "every": 1, "times": 2},
                       {"operation": "POST /orders", "answer": "500", "every": 1, "times": 1}]})");
    insert_start(s, "A", 1);
    wait_for_state(s, "A", "accepted");
    CHECK(code_of(s, "A") != theirs);
    CHECK(in_ledger(s, "start:CAF" + line_of(1)) == 1);
}

TEST_CASE("a status that does not say what became of the order leaves it in doubt")
{
    stage s(slow());
    start_with_known_order(s);
    int number = 0;
    for (std::string status : {"409", "410", "422", "499"}) {
        INFO(status);
        auto key = "S" + status;
        s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": ")" + status +
                            R"(", "after": true, "every": 1, "times": 1}]})");
        insert_start(s, key, ++number);
        wait_for_state(s, key, "accepted");
        CHECK(in_ledger(s, "start:CAF" + line_of(number)) == 1);
        CHECK(s.sql("select doubts from orderd.\"order\" where request_key = '" + key + "'") == "1");
    }
}
