#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// Orders whose rows PostgreSQL does not let be changed: a damaged page would do the same as this trigger.
namespace {

constexpr const char* raises = "raise exception 'invalid page in block 17' using errcode = 'XX001';";
/// Suppressed without a word; both are common ways to write "not this one".
constexpr const char* gives_nothing = "return null;";
constexpr const char* gives_the_old_row = "return old;";
constexpr const char* raises_for_some = "if old.request_key like 'T%17' then return null; end if; "
                                        "raise exception 'invalid page in block 17' using errcode = 'XX001';";

/// From now on nobody changes orders whose number of ten ends with 7, where `condition` holds of `old` and `new`.
void refuse_changes(stage& s, const std::string& condition, const std::string& how)
{
    s.sql("create sequence public.tries"); // counts those that are rolled back, too
    s.sql("create function public.refuse() returns trigger language plpgsql as $$ begin perform "
          "nextval('public.tries'); " +
          how + " end $$");
    s.sql("create trigger refuse before update on orderd.\"order\" for each row when (old.request_key like 'T%7' and " +
          condition + ") execute function public.refuse()");
}

long of_refused(stage& s, const std::string& state)
{
    return std::stol(
        s.sql("select count(*) from orderd.\"order\" where request_key like 'T%7' and state = '" + state + "'"));
}
/// A daemon that starts tries again at once what another one left out.
void let_go(stage& s, const std::string& running, const std::string& from)
{
    s.sql("drop trigger refuse on orderd.\"order\"");
    s.stop_daemon(running);
    s.start_daemon("last");
    wait_until("what is let go", [&] { return of_refused(s, from) == 0; });
}
void wait_for_words(stage& s, const std::string& words)
{
    wait_until("the log to say: " + words, [&] { return s.log().find(words) != std::string::npos; });
}

}

TEST_CASE("orders that cannot be changed at the claim stay ready and are named; all others are sent")
{
    auto how = GENERATE(as<std::string>(), raises, gives_nothing, gives_the_old_row, raises_for_some);
    INFO(how);
    stage s;
    s.start_and_wait();
    refuse_changes(s, "old.state = 'ready'", how);
    s.insert_starts(200);
    wait_until("the others to end", [&] { return s.count("completed") == 180; });
    CHECK(of_refused(s, "ready") == 20);
    wait_for_words(s, "PostgreSQL refuses to change the rows of orders (claim)");
    CHECK_THAT(s.log(), Contains(how.starts_with("return") ? "it stays as it was" : "invalid page in block 17") &&
                            !Contains("the database is away"));
    s.insert_starts(50, "later", 1'000);
    wait_until("later ones to end", [&] { return s.count("completed") == 225; });
    s.check_ledger(225);
    CHECK(std::stol(s.sql("select last_value from public.tries")) < 500); // tried now and then, not all the time
    let_go(s, "daemon", "ready");
    wait_until("all to end", [&] { return s.count("completed") == 250; });
    s.check_ledger(250);
}

TEST_CASE("an order in doubt that cannot be changed keeps only itself from being searched for")
{
    auto how = GENERATE(as<std::string>(), raises, gives_nothing, gives_the_old_row);
    INFO(how);
    stage::options o;
    o.slow_orders = true;
    stage s(o);
    s.start_and_wait();
    s.provider_settings(
        R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "every": 1, "times": 20}]})");
    refuse_changes(s, "old.state = 'in_doubt'", how);
    s.insert_starts(20);
    wait_until("the others to end", [&] { return s.count("completed") == 18; });
    CHECK(of_refused(s, "in_doubt") == 2);
    wait_for_words(s, "PostgreSQL refuses to change the rows of orders (search for orders in doubt)");
    CHECK(s.ledger().size() == 20);
    let_go(s, "daemon", "in_doubt");
}

TEST_CASE("a claimed order that cannot be changed does not keep the others of a lost instance from being taken over")
{
    auto how = GENERATE(as<std::string>(), raises, gives_nothing, gives_the_old_row);
    INFO(how);
    stage::options o;
    o.slow_orders = true;
    stage s(o);
    s.start_and_wait();
    s.provider_settings(
        R"({"faults": [{"operation": "POST /orders", "answer": "late", "delay_ms": 3000, "after": true, "every": 1}]})");
    s.insert_starts(20);
    wait_until("requests on the wire", [&] { return s.count("submitting") == 20; });
    s.kill_daemon();
    s.provider_settings(R"({"faults": []})");
    refuse_changes(s, "old.state = 'submitting'", how);
    s.start_and_wait("second");
    wait_until(
        "the others to end", [&] { return s.count("completed") == 18; }, std::chrono::seconds(120));
    CHECK(of_refused(s, "submitting") == 2);
    wait_for_words(s, "PostgreSQL refuses to change the rows of orders (take over from a lost instance)");
    CHECK(s.ledger().size() == 20);
    let_go(s, "second", "submitting");
}
