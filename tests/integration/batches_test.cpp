#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

TEST_CASE("a paused batch sends nothing more, others go on, and a resumed one goes on where it was")
{
    stage s({.daemon_toml = "submission.requests_per_second = 40\nsubmission.max_in_flight = 4\n"});
    s.start_and_wait();
    s.drop("shops.csv", stage::starts_csv(120));
    wait_until("some to be sent", [&] { return s.requests("POST /orders") > 5; });
    auto one = s.sql("select id from orderd.\"order\" where state = 'ready' order by id desc limit 1");
    auto held = s.verb({"orders", "hold", one, "--why", "by hand"});

    INFO(one << held.output << held.errors);
    REQUIRE(held.code == 0);
    auto paused = s.verb({"batches", "pause", "shops"});
    CHECK(paused.code == 0);
    CHECK_THAT(paused.output, Contains("batch shops is paused"));
    wait_until("the wire to be empty", [&] { return s.count("submitting") + s.count("in_doubt") == 0; });
    auto sent = s.requests("POST /orders");
    CHECK(sent < 110);
    s.insert_starts(5, "other");
    wait_until("the other batch", [&] {
        return s.sql("select count(*) from report.order_result where batch_name = 'other' and state = 'completed'") ==
               "5";
    });
    CHECK(s.requests("POST /orders") == sent + 5);
    CHECK(s.count("ready") == 0);
    CHECK_THAT(s.verb({"batches", "list"}).output, Contains("shops") && Contains("paused") && Contains("other"));
    CHECK_THAT(s.verb({"batches", "show", "shops"}).output, Contains("paused      since"));

    auto resumed = s.verb({"batches", "resume", "shops"});
    CHECK(resumed.code == 0);
    CHECK_THAT(resumed.output, Contains("1 stay held for another reason"));
    wait_until("the rest", [&] { return s.count("completed") == 124; });
    CHECK(s.count("held") == 1);
    CHECK(s.verb({"orders", "release", one}).code == 0);
    s.wait_for_end();
    s.check_ledger(125);
    auto unknown = s.verb({"batches", "pause", "shpos"});
    CHECK(unknown.code == 2);
    CHECK_THAT(unknown.errors, Contains("did you mean \"shops\""));
}

TEST_CASE("orders are held, released, retried and withdrawn by the hundred, after a look at which")
{
    stage s({.daemon_toml = "submission.window = \"00:00-00:01\"\n"});
    auto now = s.sql("select to_char(now() at time zone 'Asia/Tokyo', 'HH24')");
    if (now == "00") return; // the window is open for a minute
    s.start_and_wait();
    s.insert_starts(300, "many");
    s.insert_starts(20, "few", 1000);
    wait_until("the rows", [&] { return s.count("ready") == 320; });

    auto asked = s.verb({"orders", "hold", "--batch", "many"});
    CHECK(asked.code == 1); // nobody to say yes
    CHECK_THAT(asked.errors,
               Contains("matching: 300 ready") && Contains("for example:") && Contains("with --yes it is"));
    CHECK(s.count("held") == 0);
    CHECK_THAT(s.verb({"orders", "hold", "--batch", "many", "--yes", "--why", "wrong price"}).output,
               Contains("300 orders moved"));
    CHECK(s.count("held") == 300);
    CHECK(
        s.sql("select count(*) from orderd.order_event where event = 'hold_asked' and why = 'wrong price' and operator "
              "is not null") == "300");
    CHECK_THAT(s.verb({"orders", "release", "--line", "CAF5000000007", "--yes"}).output, Contains("1 orders moved"));
    CHECK_THAT(s.verb({"orders", "release", "--batch", "many", "--yes", "--json"}).output, Contains("\"moved\":299"));
    CHECK(s.count("ready") == 320);
    CHECK_THAT(s.verb({"batches", "withdraw", "few", "--yes"}).output, Contains("20 orders moved"));
    CHECK(s.count("withdrawn") == 20);
    // Careless: nothing named, an unknown state, a day that does not exist, nothing that matches.
    CHECK(s.verb({"orders", "hold"}).code == 2);
    CHECK_THAT(s.verb({"orders", "list", "--state", "sent"}).errors, Contains("there are received, rejected"));
    CHECK_THAT(s.verb({"orders", "list", "--since", "2027-02-30"}).errors, Contains("is not a day"));
    CHECK_THAT(s.verb({"orders", "retry", "--state", "refused", "--yes"}).errors, Contains("matching: none"));
    CHECK_THAT(s.verb({"orders", "list", "--text", "拠点29", "--limit", "3"}).output, Contains("表の拠点29"));
    CHECK_THAT(s.verb({"orders", "list", "--since", "2000-01-01", "--until", "2000-01-02", "--json"}).output,
               Contains("[]"));
    CHECK(s.tally_is_true());
}

TEST_CASE("refused orders are retried by their cause, and a requestId joins the log, the events and the provider")
{
    stage s({.daemon_toml = "log.level = \"debug\"\n"});
    s.start_and_wait();
    s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "404", "times": 0}]})");
    s.drop("refused.csv", "request_key,order_type,line_id,line_access_key,product_codes\n"
                          "R1,1,CAF9990000001,a1b2c3d4,1-1-1-1-2\nR2,1,CAF9990000002,a1b2c3d4,1-1-1-1-2\n"
                          "R3,1,CAF1230000003,a1b2c3d4,1-1-1-1-2\n");
    wait_until("the ends", [&] { return s.count("refused") == 2 && s.count("completed") == 1; });
    auto code = s.sql("select error_code from orderd.\"order\" where request_key = 'R1'");
    auto shown = s.verb({"batches", "show", "refused"});
    CHECK_THAT(shown.output, Contains("what went wrong") && Contains(code) && Contains("2 refused"));
    auto list = s.verb({"orders", "list", "--error", code});
    CHECK_THAT(list.output, Contains("R1") && Contains("R2") && !Contains("R3"));
    // The provider's requestId leads to the order.
    auto request = s.sql("select request_id from orderd.order_event where request_id is not null order by id limit 1");
    CHECK_THAT(s.verb({"orders", "show", request}).output, Contains("R"));
    auto number = s.sql("select order_id from orderd.order_event where request_id = '" + request + "' limit 1");
    CHECK_THAT(s.log(), Contains("order moved order=" + number) && Contains("request_id=" + request));
    CHECK_THAT(s.verb({"orders", "retry", "--error", code, "--yes"}).output, Contains("2 orders moved"));
    wait_until("a second refusal", [&] {
        return s.sql("select count(*) from orderd.order_event where event = 'refused_by_provider'") == "4";
    });
    CHECK(s.tally_is_true());
}
