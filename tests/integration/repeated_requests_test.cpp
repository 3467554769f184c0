#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// A gateway repeats a request; the provider made the order at the first and says of the second that its line is taken.
namespace {

constexpr const char* repeated_once =
    R"({"faults": [{"operation": "POST /orders", "answer": "repeated", "every": 1, "times": 1}]})";

stage::options patient(const std::string& toml = {})
{
    stage::options o;
    o.settings_toml = "progress_min_ms = 3600000\nprogress_max_ms = 3600000\n";
    o.daemon_toml = toml;
    return o;
}
void start_with_known_order(stage& s)
{
    s.start_and_wait();
    s.insert_starts(1, "known", 9000);
    wait_until("the known order", [&] { return s.count("accepted") == 1; });
    s.provider_settings(repeated_once);
}
std::string state(stage& s) { return s.sql("select state from orderd.\"order\" where request_key = 'T1'"); }
void order_and_be_refused(stage& s)
{
    s.insert_starts(1, "rows", 1);
    wait_until("the order to be refused", [&] { return state(s) == "refused"; });
    REQUIRE(s.ledger().size() == 2);
}
void end_last_order(stage& s)
{
    auto code = std::string(s.ledger().back().at("orderCode").as_string());
    s.provider_post("/end", "{\"orderCode\": \"" + code + "\", \"status\": \"2\"}");
}
std::string number(stage& s) { return "#" + s.sql("select id from orderd.\"order\" where request_key = 'T1'"); }

}

TEST_CASE("an order refused because its own twin is there is found by a retry, and not sent again")
{
    stage s(patient());
    start_with_known_order(s);
    order_and_be_refused(s);
    auto asked = s.verb({"orders", "retry", number(s)});
    CHECK(asked.code == 1);
    CHECK_THAT(asked.output, Contains(std::string(s.ledger().back().at("orderCode").as_string())));
    auto retry = s.verb({"orders", "retry", number(s), "--yes"});
    CHECK(retry.code == 0);
    CHECK_THAT(retry.output, Contains("refused -> in_doubt"));
    wait_until("its order to be found", [&] { return state(s) == "accepted"; });
    CHECK(s.requests("POST /orders") == 2);
    s.check_ledger(2);
}

TEST_CASE("an order whose own twin has ended is held by a retry, also by one of many, and not sent again")
{
    stage s(patient());
    start_with_known_order(s);
    order_and_be_refused(s);
    end_last_order(s);
    CHECK(s.verb({"orders", "retry", "--error", "4000139", "--yes"}).code == 0);
    wait_until("a person to be asked", [&] { return state(s) == "held"; });
    CHECK(s.sql("select error_code from orderd.\"order\" where request_key = 'T1'") == "perhaps_at_provider");
    CHECK(s.requests("POST /orders") == 2);
    CHECK(s.ledger().size() == 2);
}

TEST_CASE("an order that is tried again daily while its line is taken is searched for first")
{
    stage s(patient("submission.retry_line_state = true\n"));
    start_with_known_order(s);
    s.insert_starts(1, "rows", 1);
    wait_until("the next try to be set", [&] { return state(s) == "in_doubt"; });
    CHECK(s.sql("select not_before > now() + interval '23 hours' from orderd.\"order\" where request_key = 'T1'") ==
          "t");
    s.sql("update orderd.\"order\" set not_before = now() where request_key = 'T1' returning 1");
    wait_until("its order to be found", [&] { return state(s) == "accepted"; });
    CHECK(s.requests("POST /orders") == 2);
    s.check_ledger(2);
}

TEST_CASE("an order refused for its line is sent again by a retry when it is proven not to be there, each time")
{
    stage s(patient());
    start_with_known_order(s);
    s.provider_settings(R"({"faults": []})");
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, line_id, "
          "line_access_key, product_codes) values ('rows', 'T1', '1', '拠点', 'CAF9990000001', 'a1b2c3d4', "
          "'1-1-1-1-2') returning 1");
    for (int sent = 2; sent <= 4; ++sent) {
        wait_until("it to be refused", [&] { return state(s) == "refused" && s.requests("POST /orders") == sent; });
        if (sent < 4) REQUIRE(s.verb({"orders", "retry", number(s)}).code == 0);
    }
    CHECK(s.ledger().size() == 1);
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'not_created'") == "2");
}

TEST_CASE("a retry looks at every error of the refusal, not at the first alone")
{
    stage s(patient());
    start_with_known_order(s);
    order_and_be_refused(s);
    s.tell_refusal("T1", {"4000144", "4000139"});
    CHECK_THAT(s.verb({"orders", "retry", number(s), "--yes"}).output, Contains("refused -> in_doubt"));
    wait_until("its order to be found", [&] { return state(s) == "accepted"; });
    s.check_ledger(2);
}
