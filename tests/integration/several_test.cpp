#include "stage.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>

using namespace orderd::tests;
using Catch::Matchers::Contains;
using clock_type = std::chrono::steady_clock;

// Several daemons on one database, and what all of them together may do.
namespace {

void start(stage& s, const std::vector<std::string>& names)
{
    for (const auto& name : names) s.start_daemon(name);
    wait_until("the catalogue", [&] {
        return s.sql("select to_regclass('orderd.circuit')") != "" &&
               s.sql("select count(*) > 0 from orderd.product") == "t";
    });
}

stage::options quiet(const std::string& more, const std::string& settings = {})
{
    stage::options o;
    o.slow_orders = true; // what comes into doubt is settled before it ends
    o.daemon_toml = "operations.listen = \"\"\n" + more;
    o.settings_toml = settings;
    return o;
}

long paced_requests(stage& s)
{
    long all = 0;
    for (const auto& [operation, count] : s.counts())
        if (operation != "POST /accesstokens") all += count.at("requests").as_int64();
    return all;
}

}

TEST_CASE("three daemons together keep the rate, also while one is killed and another joins")
{
    stage s(quiet("submission.requests_per_second = 30\n", "latency_min_ms = 5\nlatency_max_ms = 40\n"));
    start(s, {"one", "two", "three"});
    s.insert_starts(2000);
    wait_until("the rate to settle", [&] { return paced_requests(s) > 150; });
    auto began = clock_type::now();
    auto before = paced_requests(s);
    auto pass = [&](int seconds) {
        wait_until(
            "time to pass", [&] { return clock_type::now() > began + std::chrono::seconds(seconds); },
            std::chrono::seconds(60));
    };
    pass(10);
    s.kill_daemon("two");
    pass(15);
    s.start_daemon("four");
    pass(30);
    auto took = std::chrono::duration<double>(clock_type::now() - began).count();
    auto rate = static_cast<double>(paced_requests(s) - before) / took;
    std::printf("three daemons, 30 requests a second wanted: %.2f a second over %.1f s\n", rate, took);
    INFO(s.log());
    INFO(s.sql("select string_agg(instance_id || ' ' || event || ' ' || n || ' from ' || first || ' to ' || last, "
               "E'\\n') from (select instance_id, event, "
               "count(*) n, min(at) first, max(at) last from orderd.order_event where instance_id > 0 group by 1, 2 "
               "order by 1, 2) c"));
    CHECK(rate >= 27);
    CHECK(rate <= 30.5);
    for (auto name : {"one", "three", "four"}) CHECK(s.daemon(name).running());
    CHECK(s.sql("select count(distinct instance_id) from orderd.order_event where event = 'accepted_by_provider'") ==
          "4");
}

TEST_CASE("a daemon that stands by without places or work is ready, and sends when the other is gone")
{
    stage s(quiet("submission.max_in_flight = 1\n"));
    start(s, {"one"});
    s.set_keys("operations.listen = \"127.0.0.1:" + std::to_string(s.operations_port()) + "\"");
    s.start_and_wait("two");
    CHECK(s.sql("select string_agg(places::text, ' ' order by id) from orderd.instance") == "1 0");
    CHECK_THAT(stage::get(s.operations_port(), "/readyz").second, Contains("token ok"));
    s.stop_daemon("one");
    s.insert_starts(3);
    wait_until("the orders", [&] { return s.count("accepted") + s.count("completed") == 3; });
}

TEST_CASE("an idle daemon has a token when the one before has run out")
{
    stage s(stage::options{.daemon_toml = "tracking.interval = \"1h\"\ntracking.sites_interval = \"1h\"\n",
                           .settings_toml = "token_lifetime_seconds = 3\n"});
    s.start_and_wait();
    auto tokens = s.requests("POST /accesstokens");
    wait_until("the next token", [&] { return s.requests("POST /accesstokens") > tokens + 1; });
    CHECK(s.requests("POST /orders") == 0);
    wait_until("readiness", [&] { return stage::get(s.operations_port(), "/readyz").first == 200; });
}

TEST_CASE("the places on the wire are shared: never more than configured, whoever comes and goes")
{
    stage s(quiet("submission.max_in_flight = 10\n", "latency_min_ms = 50\nlatency_max_ms = 150\n"));
    start(s, {"one"});
    s.insert_starts(900);
    wait_until("the first to have them all", [&] { return s.requests("POST /orders") > 60; });
    CHECK(s.sql("select places from orderd.instance") == "10");
    s.start_daemon("two");
    s.start_daemon("three");
    wait_until("an even share", [&] {
        return s.sql("select string_agg(places::text, ' ' order by places) from orderd.instance") == "3 3 4";
    });
    s.kill_daemon("one");
    wait_until("its places to be taken over", [&] {
        return s.sql("select string_agg(places::text, ' ') from orderd.instance where lost_at is null") == "5 5";
    });
    s.wait_for_end();
    s.check_ledger(900);
    CHECK(s.counts()["POST /orders"].at("peak_in_flight").as_int64() <= 10);
    CHECK(s.counts()["POST /orders"].at("peak_in_flight").as_int64() >= 8);
}

TEST_CASE("one daemon sees the provider fail, all of them stop, and a look at it costs no order")
{
    stage s(quiet("submission.max_in_flight = 8\nsubmission.circuit_threshold = 5\n"));
    start(s, {"one", "two"});
    s.insert_starts(1, "known", 9000); // by which searches can be tried
    wait_until("a known order", [&] { return s.count("accepted") == 1; });
    s.provider_settings(R"({"faults": [{"operation": "*", "answer": "503", "every": 1}]})");
    s.insert_starts(200);
    wait_until("the circuit to open", [&] { return s.sql("select state from orderd.circuit") == "open"; });
    wait_until("what is on the wire to come home", [&] { return s.count("submitting") == 0; });
    auto sent = s.requests("POST /orders");
    CHECK(sent <= 3 * 8 + 1);
    wait_until("some probes", [&] { return s.sql("select failed_probes >= 3 from orderd.circuit") == "t"; });
    CHECK(s.requests("POST /orders") == sent); // they asked for the products
    s.provider_settings(R"({"faults": []})");
    wait_until("the circuit to close", [&] { return s.sql("select state from orderd.circuit") == "closed"; });
    s.wait_for_end();
    CHECK(s.count("completed") == 201);
    s.check_ledger(201);
    CHECK(s.sql("select max(attempts) <= 2 from orderd.\"order\"") == "t");
}

TEST_CASE("a 403 stops all daemons with an alarm that says what to mend")
{
    stage s(quiet(""));
    start(s, {"one", "two"});
    s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "403", "every": 1}]})");
    s.insert_starts(300);
    wait_until("the halt", [&] { return s.sql("select state from orderd.circuit") == "halted"; });
    wait_until("what is on the wire to come home", [&] { return s.count("submitting") == 0; });
    CHECK(s.count("ready") == 300);
    CHECK_THAT(s.log(), Contains("check api.base_url, the client credentials and the contract"));
    CHECK(s.sql("select max(attempts) from orderd.\"order\"") == "0");
    CHECK(s.ledger().empty());
}

TEST_CASE("a daemon that wakes after its lease keeps what the provider told it, and moves nothing")
{
    stage s(quiet("api.request_timeout = \"20s\"\nsubmission.settle_time = \"20s\"\n",
                  "latency_min_ms = 1500\nlatency_max_ms = 1500\n"));
    start(s, {"one"});
    s.insert_starts(1);
    wait_until("the order to be on the wire", [&] { return s.requests("POST /orders") == 1; });
    s.daemon("one").send(SIGSTOP);
    s.start_daemon("two");
    wait_until("the take-over", [&] { return s.count("in_doubt") == 1; });
    wait_until("the answer to be sent", [&] { return s.ledger().size() == 1; });
    s.daemon("one").send(SIGCONT);
    wait_until("the late answer",
               [&] { return s.sql("select count(*) from orderd.order_event where event = 'late_answer'") == "1"; });
    CHECK(s.count("in_doubt") == 1);
    auto code = std::string(s.ledger()[0].at("orderCode").as_string());
    CHECK_THAT(s.sql("select why from orderd.order_event where event = 'late_answer'"), Contains(code));
    CHECK(s.sql("select count(*) from orderd.instance where lost_at is not null") == "1");
    s.sql("update orderd.\"order\" set not_before = now() returning 1"); // its settle time is over
    s.wait_for_end();
    s.check_ledger(1);
}

TEST_CASE("an order that the provider creates after the first search is found by the second, and not sent again")
{
    // Sent at 0 s, given up at 1 s, searched at 3 s, created at 4.5 s, searched again after 5 s.
    stage s(quiet("submission.settle_time = \"2s\"\n"));
    start(s, {"one"});
    s.insert_starts(1, "known", 9000); // by which searches can be tried
    wait_until("a known order", [&] { return s.count("accepted") == 1; });
    s.provider_settings(R"({"line_guard": false, "faults": [
        {"operation": "POST /orders", "answer": "late", "delay_ms": 4500, "every": 1, "times": 5}]})");
    s.insert_starts(5);
    s.wait_for_end();
    s.check_ledger(6);
    CHECK(s.count("completed") == 6);
    CHECK(s.sql("select max(attempts) from orderd.\"order\"") == "1");
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'not_found_yet'") == "5");
}

TEST_CASE("a settle time that is proven too short holds what is not found, instead of sending it again")
{
    stage s(quiet("", "progress_min_ms = 20000\nprogress_max_ms = 20000\n"));
    start(s, {"one"});
    s.insert_starts(1, "known", 9000); // by which searches can be tried
    wait_until("a known order that searches show",
               [&] { return s.sql("select accepted_at < now() - interval '5 seconds' from orderd.\"order\"") == "t"; });
    // The provider's search is four seconds behind, the settle time is one: two searches find nothing, and two more the
    // order.
    s.provider_settings(R"({"search_stale_ms": 4000, "faults": [
        {"operation": "POST /orders", "answer": "500", "after": true, "every": 1, "times": 1}]})");
    s.insert_starts(1);
    wait_until("the proof", [&] { return s.log().find("raise submission.settle_time") != std::string::npos; });
    s.wait_for_end();
    s.check_ledger(2);
    CHECK(s.sql("select value from orderd.setting where name = 'settle_time_too_short_ms'") == "1000");
    // The next one is not there either; nobody can know whether it comes late.
    s.provider_settings(R"({"search_stale_ms": 0, "faults": [
        {"operation": "POST /orders", "answer": "500", "every": 1, "times": 1}]})");
    s.insert_starts(1, "table", 1);
    wait_until("a person to be called", [&] { return s.count("held") == 1; });
    CHECK(s.sql("select event from orderd.order_event where to_state = 'held'") == "late_creation_possible");
    CHECK(s.verb({"orders", "release", "T1"}).code == 1);
    CHECK(s.verb({"orders", "resolve", "T1", "--not-created"}).code == 0);
    s.wait_for_end();
    s.check_ledger(3);
}

TEST_CASE("outside the hours of the day in which orders are sent they wait")
{
    auto hours_from_now = [](int hours) {
        auto minute = (std::time(nullptr) / 60 + 9 * 60 + hours * 60) % (24 * 60);
        char text[8];
        std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(minute / 60), static_cast<int>(minute % 60));
        return std::string(text);
    };
    stage s(quiet("submission.window = \"" + hours_from_now(2) + "-" + hours_from_now(4) + "\"\n"));
    start(s, {"one"});
    s.insert_starts(5);
    wait_until("the rows", [&] { return s.count("ready") == 5; });
    auto beat = s.sql("select heartbeat_at from orderd.instance");
    wait_until("a second more", [&] { // the submitter looks twice a second
        return s.sql("select max(heartbeat_at) > '" + beat +
                     "'::timestamptz + interval '1.5 s' from orderd.instance") == "t";
    });
    CHECK(s.requests("POST /orders") == 0);
    CHECK(s.count("ready") == 5);
    CHECK(s.stop_daemon("one") == 0);
    auto config = read_file(s.config_file());
    auto at = config.find("submission.window");
    config.replace(at, config.find('\n', at) - at,
                   "submission.window = \"" + hours_from_now(-2) + "-" + hours_from_now(2) + "\"");
    write_file(s.config_file(), config);
    s.start_daemon("two");
    s.wait_for_end();
    s.check_ledger(5);
}

TEST_CASE("a daemon that is started again after a crash does not wait for its own old lease")
{
    // None ends before it is searched for: what has ended is for a person.
    stage s(quiet("submission.lease = \"1h\"\n", "latency_min_ms = 300\nlatency_max_ms = 600\nprogress_min_ms = 25000\n"
                                                 "progress_max_ms = 30000\n"));
    start(s, {"one"});
    s.insert_starts(100);
    wait_until("requests on the wire", [&] { return s.requests("POST /orders") >= 30; });
    s.kill_daemon("one");
    s.start_daemon("two");
    s.wait_for_end();
    s.check_ledger(100);
    CHECK(s.count("completed") == 100);
    CHECK(s.sql("select count(*) > 0 from orderd.order_event where event = 'instance_lost'") == "t");
}

TEST_CASE("duties are done by one daemon, and by another when it is gone")
{
    stage s(quiet("tracking.catalogue_interval = \"1s\"\n"));
    start(s, {"one", "two"});
    wait_until("both duties to be held",
               [&] { return s.sql("select count(*) from orderd.duty where name in ('catalogue', 'sweep')") == "2"; });
    auto holder = s.sql("select instance_id from orderd.duty where name = 'catalogue'");
    auto name = s.sql("select name from orderd.instance where id = " + holder);
    auto pid = name.substr(name.find(':') + 1);
    auto dying = pid == std::to_string(s.daemon("one").pid()) ? "one" : "two";
    s.kill_daemon(dying);
    wait_until("the other to take it over", [&] {
        auto now = s.sql("select instance_id from orderd.duty where name = 'catalogue'");
        return now != holder;
    });
    auto asked = s.requests("GET /customerProducts");
    wait_until("it to read the catalogue", [&] { return s.requests("GET /customerProducts") > asked; });
}
