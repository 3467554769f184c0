#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// One order, row or setting of somebody else's, and everybody beside it.
namespace {

long completed(stage& s, const std::string& batch)
{
    return std::stol(
        s.sql("select count(*) from orderd.\"order\" o join orderd.batch b on b.id = o.batch_id where b.name = '" +
              batch + "' and o.state = 'completed'"));
}

}

TEST_CASE("an order whose row somebody has locked keeps only itself waiting")
{
    stage::options o;
    o.slow_orders = true;
    stage s(o);
    s.start_and_wait();
    s.insert_starts(20);
    wait_until("the orders to be in progress", [&] { return s.count("accepted") == 20; });
    {
        pqxx::connection other(s.database_url());
        pqxx::work held(other);
        held.exec("select from orderd.\"order\" where request_key = (select min(request_key) from orderd.\"order\") "
                  "for update");
        wait_until("the others to end", [&] { return s.count("completed") == 19; });
        wait_until("a line that says so",
                   [&] { return s.log().find("orders are locked by another") != std::string::npos; });
        CHECK(s.count("accepted") == 1);
        s.insert_starts(5, "later", 100);
        wait_until("later ones to end", [&] { return s.count("completed") == 24; });
    }
    wait_until("the order that was let go", [&] { return s.count("completed") == 25; });
    s.check_ledger(25);
}

TEST_CASE("orders on which the provider always fails do not keep the others from being sent")
{
    stage s({.slow_orders = true}); // a good one that a slow machine left in doubt is found before it ends
    s.start_and_wait();
    s.insert_starts(40, "bad", 0, "[500]");
    wait_until("the circuit to open", [&] { return s.log().find("the provider is away") != std::string::npos; });
    s.insert_starts(100, "good", 1'000);
    wait_until(
        "the good ones", [&] { return completed(s, "good") == 100; }, std::chrono::seconds(120));
    CHECK(s.ledger().size() == 100);
}

TEST_CASE("an order that the provider's limit always meets waits longer each time, and alone")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(1, "limited", 0, "[429]");
    wait_until("the first answers",
               [&] { return s.log().find("the provider asks to slow down") != std::string::npos; });
    s.insert_starts(100, "good", 1'000);
    wait_until("the good ones", [&] { return completed(s, "good") == 100; });
    CHECK(s.sql("select state from orderd.\"order\" where request_key = 'T0'") != "held");
    CHECK(s.ledger().size() == 100);
}

TEST_CASE("orders that are told each time to wait for seconds make nobody else wait, and are named once")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(2, "limited", 0, "[429 2]");
    int good = 0;
    auto with_good_ones_beside = [&](const std::string& what, std::function<bool()> come) {
        auto once_more = [&] { return s.insert_starts(1, "good", 1'000 + good++), come(); };
        wait_until(what, once_more, std::chrono::seconds(120));
    };
    auto named = [&] { return s.log().find("others go on order=2") != std::string::npos; };
    with_good_ones_beside("both to be named",
                          [&] { return named() && s.log().find("others go on order=1 ") != std::string::npos; });
    auto paused_until = s.sql("select paused_until from orderd.circuit");
    auto answers = [&] { return std::stol(s.sql("select count(*) from orderd.order_event where http_status = 429")); };
    auto wanted = answers() + 6;
    with_good_ones_beside("more such answers", [&] { return answers() >= wanted; });
    CHECK(s.sql("select paused_until from orderd.circuit") == paused_until);
    wait_until("the good ones", [&] { return completed(s, "good") == good; });
    CHECK(s.log().find("others go on order=1 ") == s.log().rfind("others go on order=1 "));
}

TEST_CASE("a 401 to one order is its own, to every request everybody's, and all goes on when it is over")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(3, "first");
    s.wait_for_end();
    s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "401", "every": 1},
                                       {"operation": "GET /customerProducts", "answer": "401", "every": 1}]})");
    s.insert_starts(1, "alone", 100);
    wait_until("the alarm", [&] { return s.log().find("submission is stopped") != std::string::npos; });
    s.provider_settings(R"({"faults": []})");
    s.sql("update orderd.circuit set probe_at = now() returning 1");
    s.sql("select pg_notify('orderd_circuit', '')");
    s.wait_for_end();
    CHECK(s.count("completed") == 4);
    s.check_ledger(4);
}

TEST_CASE("a pause that the provider asks for is bounded, and told")
{
    stage s;
    s.start_and_wait();
    s.provider_settings(
        R"({"faults": [{"operation": "POST /orders", "answer": "429", "times": 1, "retry_after": 999999999}]})");
    s.insert_starts(1);
    wait_until("the pause",
               [&] { return s.sql("select paused_until > now() + interval '10 minutes' from orderd.circuit") == "t"; });
    CHECK(s.sql("select paused_until < now() + interval '16 minutes' from orderd.circuit") == "t");
    CHECK_THAT(s.log(), Contains("the provider asks to slow down"));
    CHECK_THAT(s.verb({"status"}).output, Contains("paused, the provider asked to slow down; again in 1"));
    CHECK_THAT(stage::get(s.operations_port(), "/metrics").second, Contains("orderd_paused_seconds 8"));
}

TEST_CASE("names and times are kept as they are however the database writes for its clients")
{
    stage s;
    for (std::string setting : {"client_encoding = SJIS", "standard_conforming_strings = off", "bytea_output = escape",
                                "datestyle = German", "intervalstyle = iso_8601"})
        s.sql("do $$ begin execute format('alter database %I set " + setting +
              "', current_database()); end $$; select 1");
    s.start_and_wait();
    s.sql("set client_encoding to 'UTF8'; select 1");
    s.insert_starts(3, "names", 0, "髙島屋①");
    wait_until("the orders", [&] { return completed(s, "names") == 3; });
    CHECK(s.sql("select count(*) from report.order_result where customer_site_name like '髙島屋①%'") == "3");
    CHECK(s.ledger()[0].at("body").as_object().size() > 0);
    CHECK(s.sql("select count(*) from orderd.setting where value ~ '^[0-9]{2}\\.'") == "0");
    s.insert_starts(3, "later", 10); // a sweep has kept its times meanwhile
    wait_until("later ones", [&] { return completed(s, "later") == 3; });
}

TEST_CASE("a claimed order whose row somebody changes is searched for, never sent again as if it had not been")
{
    stage::options o;
    o.slow_orders = true;
    stage s(o);
    s.start_and_wait();
    s.insert_starts(1, "known", 9'000);
    wait_until("the known order", [&] { return s.count("accepted") + s.count("completed") == 1; });
    s.provider_settings(R"({"line_guard": false, "faults": [
        {"operation": "POST /orders", "answer": "late", "delay_ms": 900, "after": true, "every": 1}]})");
    s.insert_starts(4, "changed");
    wait_until("requests on the wire", [&] { return s.count("submitting") == 4; });
    s.sql("update orderd.\"order\" set revision = revision + 1 where state = 'submitting' returning 1");
    wait_until(
        "what became of them", [&] { return s.count("completed") + s.count("held") == 5; }, std::chrono::seconds(90));
    CHECK(s.requests("POST /orders") == 5);
    CHECK(s.ledger().size() == 5);
}

TEST_CASE("a database that takes questions and gives no answer is said, and probes are answered")
{
    stage s;
    s.start_and_wait();
    pqxx::connection other(s.database_url());
    pqxx::work held(other);
    held.exec("lock table orderd.\"order\", orderd.circuit, orderd.instance, orderd.batch in access exclusive mode");
    wait_until("a line that says so",
               [&] { return s.log().find("somebody's lock keeps the daemon waiting") != std::string::npos; });
    wait_until("readiness to be denied", [&] { return stage::get(s.operations_port(), "/readyz").first == 503; });
    CHECK(stage::get(s.operations_port(), "/metrics").first == 200);
    CHECK(stage::get(s.operations_port(), "/healthz").first == 200);
    held.abort();
    wait_until("readiness", [&] { return stage::get(s.operations_port(), "/readyz").first == 200; });
    s.insert_starts(3);
    s.wait_for_end();
    CHECK(s.count("completed") == 3);
}
