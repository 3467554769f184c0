#include "stage.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// Orders end with what is told of them alone: under their own code, and when it is told.
namespace {

constexpr const char* wrong_code_once =
    R"({"faults": [{"operation": "POST /orders", "answer": "wrong_code", "every": 1, "times": 1}]})";
constexpr const char* unknown_code_once =
    R"({"faults": [{"operation": "POST /orders", "answer": "unknown_code", "every": 1, "times": 1}]})";
constexpr const char* foreign_start = R"({"orderType": "1", "startOrderPostData": {"customerCode": "A10000105",
    "customerSiteName": "他社の拠点", "caseName": "他社", "lineId": "CAF6000000001", "lineAccessKey": "z9y8x7w6",
    "products": [{"productCode": "1-1-1-1-2"}]}})";

void start_with_known_order(stage& s)
{
    s.start_and_wait();
    s.insert_starts(1, "known", 9000);
    wait_until("the known order", [&] { return s.count("accepted") == 1; });
}
void insert_start(stage& s, const std::string& key, const std::string& line)
{
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, line_id, "
          "line_access_key, product_codes) values ('rows', '" +
          key + "', '1', '拠点" + key + "', '" + line + "', 'a1b2c3d4', '1-1-1-1-2') returning 1");
}
std::string of_order(stage& s, const std::string& key, const std::string& column)
{
    return s.sql("select coalesce(" + column + "::text, '') from orderd.\"order\" where request_key = '" + key + "'");
}
void wait_for_state(stage& s, const std::string& key, const std::string& state)
{
    wait_until(key + " to be " + state, [&] { return of_order(s, key, "state") == state; });
}
long events(stage& s, const std::string& name)
{
    return std::stol(s.sql("select count(*) from orderd.order_event where event = '" + name + "'"));
}
/// Until a sweep has seen that the provider knows the codes of all that is accepted.
void wait_for_known_codes(stage& s)
{
    wait_until("a sweep", [&] {
        return s.sql("select (select value::timestamptz from orderd.setting where name = 'codes_known_until') > "
                     "max(accepted_at) from orderd.\"order\"") == "t";
    });
}
void end(stage& s, const std::string& code, const std::string& status)
{
    s.provider_post("/end", "{\"orderCode\": \"" + code + "\", \"status\": \"" + status + "\"}");
}
/// The codes of our orders of a line in the ledger.
std::vector<std::string> codes_of(stage& s, const std::string& line)
{
    std::vector<std::string> out;
    for (const auto& entry : s.ledger())
        if (entry.at("naturalKey").as_string() == "start:" + line) out.emplace_back(entry.at("orderCode").as_string());
    return out;
}
/// Takes row A in while the provider answers with somebody else's code, whose order then ends.
std::string be_told_a_foreign_code(stage& s)
{
    s.provider_post("/orders", foreign_start);
    auto foreign = std::string(s.ledger().back().at("orderCode").as_string());
    s.provider_settings(wrong_code_once);
    insert_start(s, "A", "CAF7000000001");
    wait_for_state(s, "A", "accepted");
    REQUIRE(of_order(s, "A", "order_code") == foreign);
    return foreign;
}

}

TEST_CASE("an order that was told somebody else's code does not end with it: it is found and ends under its own")
{
    stage s(slow());
    start_with_known_order(s);
    auto foreign = be_told_a_foreign_code(s);
    end(s, foreign, "2");
    wait_until("its own code", [&] {
        auto own = codes_of(s, "CAF7000000001");
        return own.size() == 1 && of_order(s, "A", "order_code") == own.front() &&
               of_order(s, "A", "state") == "accepted";
    });
    CHECK(events(s, "code_is_anothers") == 1);
    CHECK(s.sql("select order_code from orderd.order_event where event = 'code_is_anothers'") == foreign);
    CHECK_THAT(s.sql("select why from orderd.order_event where event = 'code_is_anothers'"),
               Contains("lineId") && Contains("CAF6000000001"));
    CHECK(of_order(s, "A", "error_code").empty());
    end(s, codes_of(s, "CAF7000000001").front(), "2");
    wait_for_state(s, "A", "completed");
    CHECK(codes_of(s, "CAF7000000001").size() == 1);
    CHECK(of_order(s, "A", "attempts") == "1");
    CHECK(s.requests("POST /orders") == 2);
}

TEST_CASE("an order that was told somebody else's code and is not found is held for a person, never sent again")
{
    stage s(slow());
    start_with_known_order(s);
    hide_what_is_younger(s, std::chrono::seconds(30));
    auto foreign = be_told_a_foreign_code(s);
    end(s, foreign, "2");
    wait_for_state(s, "A", "held");
    CHECK(of_order(s, "A", "error_code") == "wrong_order_code");
    CHECK(of_order(s, "A", "order_code").empty());
    CHECK(s.requests("POST /orders") == 2);
    auto order = "#" + of_order(s, "A", "id");
    CHECK(s.verb({"orders", "release", order}).code != 0);
    // Once it is shown, a person who has it searched again gets it back.
    s.provider_settings(R"({"search_stale_ms": 0})");
    CHECK(s.verb({"orders", "search-again", order}).code == 0);
    wait_for_state(s, "A", "accepted");
    CHECK(of_order(s, "A", "order_code") == codes_of(s, "CAF7000000001").front());
}

TEST_CASE("an answer with the code of another order of ours is told in words, and both keep their own")
{
    stage s(slow());
    start_with_known_order(s);
    auto known = s.sql("select order_code from orderd.\"order\"");
    s.provider_settings(wrong_code_once);
    insert_start(s, "A", "CAF7000000001");
    wait_for_state(s, "A", "accepted");
    CHECK(of_order(s, "A", "order_code") == codes_of(s, "CAF7000000001").front());
    CHECK(s.sql("select count(*) from orderd.\"order\" where state = 'accepted' and order_code = '" + known + "'") ==
          "1");
    CHECK_THAT(s.sql("select why from orderd.order_event where event = 'outcome_unknown'"),
               Contains(known) && Contains("belongs to order #") && !Contains("constraint"));
    CHECK_THAT(s.log(), Contains("the order code of another order here") && !Contains("order_code\\\""));
    CHECK(s.requests("POST /orders") == 2);
    s.check_ledger(2);
}

TEST_CASE("many orders among wrong codes end with their own, and nothing is there twice")
{
    stage::options o;
    o.slow_orders = true;
    stage s(o);
    s.provider_settings(
        R"({"line_guard": false, "faults": [{"operation": "POST /orders", "answer": "wrong_code", "every": 4}]})");
    s.start_and_wait();
    s.insert_starts(40);
    wait_until("the orders to be sent", [&] { return s.requests("POST /orders") >= 40; });
    wait_until("the orders to end or be held", [&] {
        auto now = s.states();
        return now["completed"] + now["held"] == 40;
    });
    CHECK(s.requests("POST /orders") == 40);
    std::map<std::string, std::string> key_of_code;
    for (const auto& entry : s.ledger())
        key_of_code[std::string(entry.at("orderCode").as_string())] = entry.at("naturalKey").as_string();
    auto wrong = 0;
    for (const auto& [code, key] : key_of_code)
        wrong += std::stoi(s.sql("select count(*) from orderd.\"order\" where order_code = '" + code +
                                 "' and natural_key <> '" + key + "'"));
    CHECK(wrong == 0);
    CHECK(s.count("completed") > 0);
}

TEST_CASE("details that get no answer are no outage of the list: they are counted, and a fact of their orders")
{
    stage s(slow());
    s.start_and_wait();
    s.insert_starts(20);
    wait_until("the orders", [&] { return s.count("accepted") == 20; });
    s.provider_settings(R"({"faults": [{"operation": "GET /orders/{orderCode}", "answer": "429", "every": 1}]})");
    auto codes =
        s.sql("select string_agg(order_code, ' ' order by id) from (select * from orderd.\"order\" order by id "
              "limit 2) o");
    end(s, codes.substr(0, codes.find(' ')), "2");
    end(s, codes.substr(codes.find(' ') + 1), "3");
    auto marked = [&] {
        return s.sql("select count(*) from orderd.\"order\" where state = 'accepted' and error_code = "
                     "'detail_unreadable'");
    };
    wait_until("the two to be marked", [&] { return marked() == "2"; });
    auto asked = s.requests("GET /orders/{orderCode}");
    wait_until("more sweeps", [&] { return s.requests("GET /orders/{orderCode}") > asked + 6; });
    CHECK(events(s, "following_failed") == 2);
    CHECK_THAT(s.log(), !Contains("order list is away") && Contains("gave no answer about some"));
    CHECK_THAT(s.verb({"status"}).output, !Contains("order list"));
    auto listed = s.verb({"orders", "list", "--error", "detail_unreadable"}).output;
    CHECK(std::count(listed.begin(), listed.end(), '#') == 2);
    CHECK_THAT(s.verb({"batches", "show", "table"}).output, Contains("detail_unreadable"));
    CHECK(s.sql("select count(*) from report.order_result where error_code = 'detail_unreadable'") == "2");
    auto marked_order = "#" + s.sql("select min(id) from orderd.\"order\" where error_code = 'detail_unreadable'");
    CHECK_THAT(s.verb({"orders", "resolve", marked_order}).errors, !Contains("only orders are resolved"));

    s.provider_settings(R"({"faults": []})");
    wait_until("their ends", [&] { return s.count("completed") == 1 && s.count("failed") == 1; });
    CHECK(marked() == "0");
    CHECK(s.sql("select count(*) from orderd.\"order\" where error_code = 'detail_unreadable'") == "0");
}

TEST_CASE("orders that the provider forgot are found by people, and told once")
{
    stage s(slow());
    s.start_and_wait();
    s.insert_starts(5);
    wait_until("the orders", [&] { return s.count("accepted") == 5; });
    wait_for_known_codes(s);
    auto accepted_at = s.sql("select min(accepted_at) from orderd.\"order\"");
    s.stop_provider();
    s.start_provider(); // it remembers nothing
    auto marked = [&] {
        return s.sql("select count(*) from orderd.\"order\" where error_code = 'unknown_at_provider'");
    };
    wait_until("the five to be marked", [&] { return marked() == "5"; });
    auto asked = s.requests("GET /orders/{orderCode}");
    wait_until("more sweeps", [&] { return s.requests("GET /orders/{orderCode}") > asked + 15; });
    CHECK(events(s, "following_failed") == 5);
    CHECK(s.count("accepted") == 5);
    CHECK(s.sql("select min(accepted_at) from orderd.\"order\"") == accepted_at);
    auto shown = s.verb({"orders", "show", "#" + s.sql("select min(id) from orderd.\"order\"")}).output;
    CHECK_THAT(shown, Contains("unknown_at_provider") && Contains("following_failed") && Contains("ask the provider"));
    CHECK_THAT(stage::get(s.operations_port(), "/").second, Contains("unknown_at_provider"));
}

TEST_CASE("an order that was answered with a code that the provider does not know is found and ends under its own")
{
    stage s(slow());
    start_with_known_order(s);
    s.provider_settings(unknown_code_once);
    insert_start(s, "A", "CAF7000000001");
    wait_until("its own code", [&] {
        auto own = codes_of(s, "CAF7000000001");
        return own.size() == 1 && of_order(s, "A", "order_code") == own.front() &&
               of_order(s, "A", "state") == "accepted";
    });
    CHECK(events(s, "code_never_known") == 1);
    CHECK(of_order(s, "A", "error_code").empty());
    end(s, codes_of(s, "CAF7000000001").front(), "2");
    wait_for_state(s, "A", "completed");
    CHECK(s.requests("POST /orders") == 2);
    CHECK(s.tally_is_true());
}

TEST_CASE("a code that one sweep has seen at the provider was known, however soon the provider forgets it")
{
    bool listed = GENERATE(true, false);
    stage s(slow());
    start_with_known_order(s);
    if (!listed) s.provider_settings(R"({"list_envelope": "errors"})"); // details alone tell
    insert_start(s, "A", "CAF7000000001");
    wait_for_state(s, "A", "accepted");
    auto operation = listed ? "GET /orders" : "GET /orders/{orderCode}";
    auto asked = s.requests(operation);
    wait_until("two sweeps", [&] { return s.requests(operation) > asked + 4; });
    s.stop_provider();
    s.start_provider(); // it remembers nothing
    wait_until("the order to be marked", [&] { return of_order(s, "A", "error_code") == "unknown_at_provider"; });
    auto swept = s.requests("GET /orders/{orderCode}");
    wait_until("more sweeps", [&] { return s.requests("GET /orders/{orderCode}") > swept + 10; });
    CHECK(events(s, "code_never_known") == 0);
    CHECK(of_order(s, "A", "state") == "accepted");
}

TEST_CASE("an order whose code was never known and that is not found is held for a person, never sent again")
{
    stage s(slow());
    start_with_known_order(s);
    hide_what_is_younger(s, std::chrono::seconds(30));
    s.provider_settings(unknown_code_once);
    insert_start(s, "A", "CAF7000000001");
    wait_for_state(s, "A", "held");
    CHECK(of_order(s, "A", "error_code") == "wrong_order_code");
    CHECK(s.requests("POST /orders") == 2);
    s.provider_settings(R"({"search_stale_ms": 0})");
    CHECK(s.verb({"orders", "search-again", "#" + of_order(s, "A", "id")}).code == 0);
    wait_for_state(s, "A", "accepted");
    CHECK(of_order(s, "A", "order_code") == codes_of(s, "CAF7000000001").front());
}

TEST_CASE("an order whose code the provider once knew stays followed, and a person resolves it")
{
    stage s(slow());
    s.start_and_wait();
    for (const char* line : {"1", "2", "3", "4"}) insert_start(s, line, "CAF700000000" + std::string(line));
    wait_until("the orders", [&] { return s.count("accepted") == 4; });
    wait_for_known_codes(s);
    CHECK(s.verb({"orders", "resolve", "#" + of_order(s, "1", "id"), "--search-again"}).code == 1); // it is known there
    // As if the provider had given them other codes since.
    s.sql("alter table orderd.order_event disable trigger order_event_is_final");
    s.sql("with told as (update orderd.order_event set order_code = 'X' || order_id where event = "
          "'accepted_by_provider') "
          "update orderd.\"order\" set order_code = 'X' || id returning 1");
    wait_until("the four to be marked", [&] {
        return s.sql("select count(*) from orderd.\"order\" where error_code = 'unknown_at_provider'") == "4";
    });
    auto swept = s.requests("GET /orders/{orderCode}");
    wait_until("more sweeps", [&] { return s.requests("GET /orders/{orderCode}") > swept + 20; });
    CHECK(s.count("accepted") == 4);
    CHECK(events(s, "code_never_known") == 0);

    auto number = [&](const char* key) { return "#" + of_order(s, key, "id"); };
    auto own = [&](const char* key) { return codes_of(s, "CAF700000000" + std::string(key)).front(); };
    auto shown = s.verb({"orders", "resolve", number("1")});
    CHECK_THAT(shown.errors, Contains("--order-code " + own("1")) && Contains("--not-ours") &&
                                 Contains("--search-again") && !Contains("--not-created"));
    CHECK(s.verb({"orders", "resolve", number("1"), "--order-code", own("1"), "--sure"}).code == 0);
    CHECK(of_order(s, "1", "order_code") == own("1"));
    CHECK(of_order(s, "1", "state") == "accepted");
    CHECK(of_order(s, "1", "error_code").empty());
    CHECK(s.verb({"orders", "search-again", number("2")}).code == 1);
    CHECK(s.verb({"orders", "resolve", number("2"), "--search-again"}).code == 0);
    CHECK(s.verb({"orders", "resolve", number("3"), "--not-ours"}).code == 1); // not without --sure
    CHECK(s.verb({"orders", "resolve", number("3"), "--not-ours", "--sure"}).code == 0);
    for (const char* key : {"2", "3"}) {
        CHECK(of_order(s, key, "line_busy") == "true"); // it is never sent again by itself
        wait_until("its own code", [&] { return of_order(s, key, "order_code") == own(key); });
        CHECK(of_order(s, key, "state") == "accepted");
    }
    CHECK(of_order(s, "4", "error_code") == "unknown_at_provider");
    CHECK(s.requests("POST /orders") == 4);
    CHECK(s.tally_is_true());
}

TEST_CASE("an order that was refused although it lives at the provider is taken by a person, or searched for")
{
    stage s(slow());
    start_with_known_order(s);
    auto refused_though_there = [&](const std::string& key, const std::string& line) {
        s.provider_post("/orders", R"({"orderType": "1", "startOrderPostData": {"customerCode": "A10000105",
            "customerSiteName": "拠点)" +
                                       key + R"(", "lineId": ")" + line + R"(", "lineAccessKey": "a1b2c3d4",
            "products": [{"productCode": "1-1-1-1-2"}]}})");
        insert_start(s, key, line);
        wait_for_state(s, key, "refused");
        REQUIRE(of_order(s, key, "error_code") == "4000139");
        return codes_of(s, line).front();
    };
    auto one = refused_though_there("A", "CAF7000000001"), two = refused_though_there("B", "CAF7000000002");
    auto number = [&](const char* key) { return "#" + of_order(s, key, "id"); };
    CHECK_THAT(s.verb({"orders", "resolve", number("A")}).output, Contains(one));
    CHECK(s.verb({"orders", "resolve", number("A"), "--order-code", two, "--sure"}).code == 1);
    CHECK(s.verb({"orders", "resolve", number("A"), "--order-code", one, "--sure"}).code == 0);
    CHECK(of_order(s, "A", "state") == "accepted");
    CHECK(of_order(s, "A", "order_code") == one);
    CHECK(s.verb({"orders", "resolve", number("B"), "--search-again"}).code == 0);
    wait_until("a decision about B", [&] {
        auto state = of_order(s, "B", "state");
        return state == "accepted" || state == "held";
    });
    CHECK(s.requests("POST /orders") == 3); // neither is sent again
    s.sql("delete from orderd.order_event where event = 'resolved_as_ours' returning 1");
    s.tell_refusal("A", {"4000102"});
    s.sql(
        "update orderd.\"order\" set state = 'refused', revision = revision + 1, order_code = null where request_key = "
        "'A' returning 1");
    CHECK(s.verb({"orders", "resolve", number("A"), "--search-again"}).code == 1); // refused for another reason
}
