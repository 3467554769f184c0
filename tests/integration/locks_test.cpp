#include "holder.hpp"
#include "program.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace orderd::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

void hand_in(stage& s)
{
    s.drop("file.csv", stage::starts_csv(2));
    s.insert_starts(2, "rows", 100);
}

std::string all_rows(stage& s) { return s.sql("select coalesce(sum(rows_taken), 0) from orderd.batch"); }

}

TEST_CASE("advisory locks that a login without any right takes keep nothing waiting")
{
    stage s;
    s.verb({"migrate"});
    program stranger(s, "stranger", "orderd_intake");
    for (auto key : {"x'696e74616b65'::bigint", "x'6f7264657264'::bigint", "4711001"})
        stranger.sql(std::string("select pg_advisory_lock(") + key + ")");
    s.start_and_wait();
    hand_in(s);
    s.wait_for_end();
    s.check_ledger(4);
}

TEST_CASE("who keeps the intake waiting for a lock is named everywhere, and it goes on when the lock is gone")
{
    auto lock = GENERATE(as<std::string>(), "lock table orderd.batch in access exclusive mode",
                         "select from orderd.setting for update", "lock table orderd.\"order\" in share mode");
    INFO(lock);
    stage s;
    s.start_and_wait();
    holder forgotten(s, lock);
    hand_in(s);
    wait_until("the log to say so",
               [&] { return s.log().find("somebody's lock keeps the daemon waiting") != std::string::npos; });
    CHECK_THAT(s.log(), Contains(forgotten.name()) && Contains("forgotten") && Contains("pg_terminate_backend"));
    CHECK_THAT(stage::get(s.operations_port(), "/metrics").second, Contains("orderd_waits_for_lock 1"));
    wait_until("check to say so", [&] { return s.verb({"check"}).output.find(forgotten.name()) != std::string::npos; });
    CHECK_THAT(s.verb({"status"}).errors, Contains(forgotten.name()));
    CHECK(fs::is_empty(s.drop_directory() + "/failed"));
    forgotten.let_go();
    wait_until("the file and the rows", [&] { return all_rows(s) == "4"; });
    wait_until("the log to say that it is over",
               [&] { return s.log().find("the lock that kept the daemon waiting is gone") != std::string::npos; });
    CHECK_THAT(stage::get(s.operations_port(), "/metrics").second, Contains("orderd_waits_for_lock 0"));
    s.wait_for_end();
    s.check_ledger(4);
}

TEST_CASE("a page that cannot be shown for somebody's lock says so, and the daemon stops all the same")
{
    stage s;
    s.start_and_wait();
    holder forgotten(s, "lock table orderd.batch in access exclusive mode");
    hand_in(s);
    wait_until("the log to say so",
               [&] { return s.log().find("somebody's lock keeps the daemon waiting") != std::string::npos; });
    auto [status, page] = stage::get(s.operations_port(), "/");
    CHECK(status == 503);
    CHECK_THAT(page, Contains("holds a lock") && Contains("Nothing is lost") && Contains(forgotten.name()));
    CHECK(s.stop_daemon() == 0);
}

TEST_CASE("a daemon that waits for another's long batch takes nobody's lock for a trouble")
{
    stage s;
    s.start_and_wait();
    s.drop("long.csv", stage::starts_csv(60'000));
    wait_until("the import", [&] {
        return s.sql("select count(*) from pg_locks where locktype = 'advisory' and granted and objid = "
                     "x'74616b65'::int::oid") != "0";
    });
    s.insert_starts(2, "rows", 100'000);
    wait_until(
        "all", [&] { return all_rows(s) == "60002"; }, std::chrono::seconds(200));
    CHECK_THAT(s.log(), !Contains("somebody's lock"));
}

TEST_CASE("a daemon that hangs while it takes rows in is named once by those that wait for it, and they go on after it")
{
    stage s;
    s.start_and_wait();
    auto within = GENERATE(as<std::string>(), "", "savepoint one; "); // as daemons lock it
    holder hangs(s, "set local application_name = 'ipoe-orderd'; " + within +
                        "select from orderd.setting where name = 'content_key' for update" +
                        (within.empty() ? "" : "; release savepoint one"));
    s.drop("some.csv", stage::starts_csv(3));
    s.insert_starts(3);
    auto told = [&] { return s.log().find("taking rows in waits for another daemon"); };
    wait_until("it to be named", [&] { return told() != std::string::npos; });
    CHECK_THAT(s.log(), Contains(hangs.name().substr(0, hangs.name().find(" (login"))) &&
                            Contains("pg_terminate_backend") && !Contains("is away"));
    CHECK(s.log().find("taking rows in waits for another daemon", told() + 1) == std::string::npos);
    CHECK(stage::get(s.operations_port(), "/").first == 200);
    hangs.let_go();
    wait_until("all", [&] { return s.count("completed") == 6; });
    wait_until("the end to be told", [&] { return s.log().find("taking rows in goes on") != std::string::npos; });
    s.check_ledger(6);
}
