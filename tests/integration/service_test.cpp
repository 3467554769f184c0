#include "listener.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <csignal>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// What an administrator relies on: the service manager, reloads, upgrades, clocks, restored backups, retention.

TEST_CASE("the service manager hears that it is ready, how it is, that it reloads and that it stops")
{
    stage s;
    notify_listener manager(s.directory() + "/notify");
    s.add_environment(manager.environment());
    s.add_environment({"WATCHDOG_USEC=300000"});
    s.start_and_wait();
    s.insert_starts(3);
    s.wait_for_end();
    wait_until("READY", [&] { return manager.count("READY=1") == 1; });
    wait_until("pings", [&] { return manager.count("WATCHDOG=1") > 5; });
    wait_until("a line about the orders",
               [&] { return manager.heard().find("STATUS=sending: ") != std::string::npos; });
    s.daemon().send(SIGHUP);
    wait_until("the end of the reload",
               [&] { return manager.count("RELOADING=1") == 1 && manager.count("READY=1") == 2; });
    CHECK_THAT(manager.heard(), Contains("MONOTONIC_USEC="));
    CHECK(s.stop_daemon() == 0);
    CHECK(manager.count("STOPPING=1") == 1);
}

TEST_CASE("a stuck event loop pings no more; killed by the watchdog and started anew, it loses and doubles nothing")
{
    stage s({.settings_toml = "latency_min_ms = 100\nlatency_max_ms = 300\n", .slow_orders = true});
    notify_listener manager(s.directory() + "/notify");
    s.add_environment(manager.environment());
    s.add_environment({"WATCHDOG_USEC=300000"});
    s.start_and_wait();
    s.insert_starts(200);
    wait_until("orders on the wire", [&] { return s.requests("POST /orders") > 20; });
    {
        stuck_thread loop(s.daemon().pid()); // the event loop runs on the main thread
        auto before = manager.count("WATCHDOG=1");
        std::this_thread::sleep_for(std::chrono::milliseconds(1'000)); // three of systemd's intervals
        CHECK(manager.count("WATCHDOG=1") <= before + 1);
        s.kill_daemon(); // what systemd does then
    }
    s.start_and_wait();
    s.wait_for_end();
    s.check_ledger(200);
}

TEST_CASE("a reload applies rates, severities, intervals and the log level; a broken file changes nothing")
{
    stage s({.daemon_toml = "submission.requests_per_second = 20\nlog.level = \"info\"\n"});
    s.start_and_wait();
    // A rule that is an error becomes a warning; the rate goes away.
    s.set_keys(
        "submission.requests_per_second = 0\nlog.level = \"debug\"\nvalidation.severity.line_id_format = \"warning\"\n"
        "database.connections = 5\n");
    s.daemon().send(SIGHUP);
    wait_until("the reload", [&] { return s.log().find("configuration read again") != std::string::npos; });
    CHECK_THAT(s.log(), Contains("applied=\"submission.requests_per_second, log.level, validation.severity\"") &&
                            Contains("at_the_next_restart=database.connections"));
    s.drop("soft.csv", "order_type,line_id,line_access_key,product_codes\n1,CAF12,a1b2c3d4,1-1-1-1-2\n");
    wait_until("the row",
               [&] { return s.sql("select count(*) from orderd.\"order\" where state <> 'rejected'") == "1"; });
    auto page = stage::get(s.operations_port(), "/metrics").second;
    CHECK_THAT(page, Contains("orderd_requests_per_second_limit 0"));
    // Broken: told, and the one before stays.
    s.set_keys("submission.requests_per_second = 5\ntracking.interval = \"soon\"\n");
    s.daemon().send(SIGHUP);
    wait_until("the refusal", [&] { return s.log().find("the one before stays in force") != std::string::npos; });
    CHECK_THAT(s.log(), Contains("tracking.interval must be a duration"));
    CHECK_THAT(stage::get(s.operations_port(), "/metrics").second, Contains("orderd_requests_per_second_limit 0"));
    CHECK(s.verb({"check", "--configuration-only"}).code == 2); // what ExecReload asks first
    s.insert_starts(40);
    s.wait_for_end();
}

TEST_CASE("a clock that jumps an hour, forward and back, doubles and loses nothing")
{
    const std::string library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    WARN("a sanitizer wants to be loaded before libfaketime; the clock is not moved");
    return;
#endif
    if (::access(library.c_str(), R_OK) != 0) {
        WARN("libfaketime is not installed; the clock is not moved");
        return;
    }
    stage s({.settings_toml = "latency_min_ms = 20\nlatency_max_ms = 60\n"});
    auto clock = s.directory() + "/clock";
    write_file(clock, "+0");
    s.add_environment({"LD_PRELOAD=" + library, "FAKETIME_TIMESTAMP_FILE=" + clock, "FAKETIME_NO_CACHE=1",
                       "FAKETIME_DONT_FAKE_MONOTONIC=1", "TZ=America/New_York"});
    s.start_and_wait();
    s.insert_starts(150, "first");
    wait_until("some to be accepted", [&] { return s.requests("POST /orders") > 30; });
    write_file(clock, "+3600");
    s.insert_starts(150, "second", 1000);
    wait_until("more to be accepted", [&] { return s.requests("POST /orders") > 200; });
    write_file(clock, "-3600");
    s.insert_starts(50, "third", 2000);
    s.drop("after.csv", stage::starts_csv(20));
    s.wait_for_end();
    s.check_ledger(370);
    CHECK(s.log().find("silent for longer than its lease") == std::string::npos);
}

TEST_CASE("a database of a newer program is refused, and nothing in it is touched")
{
    stage s;
    CHECK(s.verb({"migrate"}).code == 0);
    s.sql("insert into public.orderd_migration (version, name) values (9999, 'of the future')");
    auto refused = s.verb({"migrate"});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.errors, Contains("9999 is newer than this program"));
    s.start_daemon();
    CHECK(s.daemon().wait() == 2);
    CHECK_THAT(s.log(), Contains("install the newer ipoe-orderd"));
    CHECK_THAT(s.verb({"check"}).output, Contains("newer than this program"));
}

TEST_CASE("restored from yesterday's backup and reconciled, nothing is sent twice and nothing is lost")
{
    // Orders go on for days; here until they are told to end.
    stage s({.daemon_toml = "submission.requests_per_second = 60\n",
             .settings_toml = "line_guard = false\nprogress_min_ms = 600000\nprogress_max_ms = 600000\n"});
    auto end_all = [&] {
        for (const auto& entry : s.ledger())
            if (entry.at("status").as_string() == "1")
                s.provider_post("/end",
                                json::serialize(json::object{{"orderCode", entry.at("orderCode")}, {"status", "2"}}));
    };
    auto all_accepted = [&](const std::string& how_many) {
        wait_until("all to be accepted", [&] {
            return s.sql("select count(*) from orderd.\"order\" where state in ('accepted', 'completed')") == how_many;
        });
    };
    s.start_and_wait();
    s.insert_starts(40, "before");
    wait_until("some to be sent", [&] { return s.requests("POST /orders") > 10; });
    auto backup = s.directory() + "/backup";
    auto made_at = s.sql("select now()::text");
    REQUIRE(run({"/usr/bin/pg_dump", "-Fc", "-f", backup, s.database_url()}, s.directory()).code == 0);
    // Life goes on: the rest is sent, and rows come that the backup does not know.
    all_accepted("40");
    s.drop("later.csv", stage::starts_csv(20));
    all_accepted("60");
    CHECK(s.stop_daemon() == 0);
    CHECK(s.ledger().size() == 60);

    s.sql("drop schema orderd, intake, report cascade; drop table public.orderd_migration");
    auto restored = run({"/usr/bin/pg_restore", "-d", s.database_url(), backup}, s.directory());
    INFO(restored.errors);
    REQUIRE(restored.code == 0);
    s.sql("update orderd.instance set heartbeat_at = heartbeat_at - interval '1 day'"); // the backup is a day old
    auto nonsense = s.verb({"orders", "reconcile", "--since", "tomorrow"});
    CHECK(nonsense.code == 2);
    auto told = s.verb({"orders", "reconcile", "--since", made_at});
    INFO(told.output << told.errors);
    CHECK(told.code == 0);
    CHECK_THAT(told.output, Contains("orders are searched for at the provider") && Contains("are not known here"));
    s.start_and_wait();
    s.drop("later again.csv", stage::starts_csv(20)); // the very rows of before, handed in again
    s.insert_starts(5, "new", 500);                   // and some that are really new
    all_accepted("65");
    CHECK(s.verb({"orders", "reconcile", "--done"}).code == 0);
    s.insert_starts(5, "new", 600);
    all_accepted("70");
    end_all();
    s.wait_for_end();
    CHECK(s.ledger().size() == 70);
    s.check_ledger(70);
    CHECK(s.sql("select count(*) from orderd.\"order\" where state <> 'completed'") == "0");
}

TEST_CASE("what is older than configured is deleted, in small steps, and what must be kept is kept")
{
    stage s({.daemon_toml =
                 "database.keep_events = \"1d\"\ndatabase.keep_details = \"1d\"\ndatabase.keep_rejected = \"1d\"\n"});
    s.start_and_wait();
    s.drop("old.csv", "order_type,line_id,line_access_key,product_codes\n1,CAF12,a1b2c3d4,1-1-1-1-2\n");
    s.drop("good.csv", stage::starts_csv(3));
    wait_until("the rows", [&] { return s.sql("select count(*) from orderd.\"order\"") == "4"; });
    s.wait_for_end();
    CHECK(s.stop_daemon() == 0);
    CHECK(s.sql("select count(*) from orderd.\"order\" where details is not null") == "3");
    s.sql("update orderd.\"order\" set finished_at = finished_at - interval '3 days'; "
          "update orderd.batch set received_at = received_at - interval '3 days'");
    s.insert_starts(2, "young");
    s.start_and_wait();
    s.wait_for_end();
    wait_until("the deletion",
               [&] { return s.log().find("what was older than configured was deleted") != std::string::npos; });
    CHECK(s.sql("select count(*) from orderd.\"order\"") == "5");
    CHECK(s.sql("select string_agg(name, ',' order by name) from orderd.batch") == "good,young");
    CHECK(s.sql("select count(*) from orderd.\"order\" where details is not null") == "2"); // the young ones
    // The order codes are remembered; the young ones' story is whole.
    CHECK(s.sql("select count(*) from orderd.order_event e join orderd.\"order\" o on o.id = e.order_id where "
                "o.batch_id = (select id from orderd.batch where name = 'good') and e.order_code is null and "
                "through_order_id is null") == "0");
    CHECK(s.sql("select count(*) from orderd.order_event e join orderd.\"order\" o on o.id = e.order_id where "
                "o.batch_id = (select id from orderd.batch where name = 'good') and through_order_id is null") == "3");
    CHECK(s.sql("select count(*) >= 8 from orderd.order_story e join orderd.\"order\" o on o.id = e.order_id where "
                "o.batch_id = (select id from orderd.batch where name = 'young')") == "t");
    CHECK(s.sql("select rows_taken || ' ' || completed from report.batch where batch_name = 'good'") == "3 3");
    // What was emptied cannot be sent again.
    s.sql("update orderd.\"order\" set state = 'failed', revision = revision + 1 where request_key = 'K0'");
    auto again = s.verb({"orders", "retry", "K0", "--yes"});
    CHECK(again.code == 1);
    CHECK_THAT(again.errors, Contains("its values were deleted by database.keep_details"));
    CHECK(s.verb({"orders", "retry", "--state", "failed", "--yes"}).code == 1);
    CHECK(s.count("failed") == 1);
    // Its key stays taken.
    s.drop("again.csv", stage::starts_csv(3));
    wait_until("the duplicates", [&] { return s.sql("select sum(rows_duplicate) from orderd.batch") == "3"; });
}
