#include "orderd/store/database_notice.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "unit/kept_log.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace orderd;
using namespace orderd::store;
using Catch::Matchers::Contains;
using orderd::tests::kept_log;

namespace {

template <class E>
std::exception_ptr thrown(E e)
{
    return std::make_exception_ptr(std::move(e));
}

struct world {
    kept_log log;
    left_out_rows::clock::time_point now{std::chrono::hours(1)};
    left_out_rows rows{log, "rows are refused", "rows", 3};
};

}

TEST_CASE("only a database that cannot be reached is away; what it refuses and what fails otherwise is told as that")
{
    kept_log log;
    database_notice notice(log, "sending orders");
    notice.failed(thrown(unavailable("no connection")));
    notice.failed(thrown(statement_failed("permission denied for table order", "42501")));
    notice.failed(thrown(std::logic_error("no transition")));
    notice.recovered();
    REQUIRE(log.lines.size() == 6);
    CHECK_THAT(log.lines[0], Contains("the database is away") && Contains("no connection"));
    CHECK_THAT(log.lines[1], Contains("the database is back")); // it answered
    CHECK_THAT(log.lines[2], Contains("sending orders is refused by the database") && Contains("permission denied"));
    CHECK_THAT(log.lines[3], Contains("sending orders fails") && Contains("no transition"));
    CHECK(log.troubles().all().empty());
}

TEST_CASE("a trouble is told with its state to those who ask what cannot be done")
{
    kept_log log;
    database_notice notice(log, "sending orders");
    notice.failed(thrown(statement_failed("permission denied", "42501")));
    auto all = log.troubles().all();
    REQUIRE(all.size() == 1);
    CHECK(all[0].name.what + " " + all[0].name.state == "sending orders is refused by the database");
    CHECK_FALSE(log.troubles().has("the database"));
}

TEST_CASE("somebody's lock is no trouble of the duty that waits for it")
{
    kept_log log;
    database_notice notice(log, "sending orders");
    for (int i = 0; i < 100; ++i) {
        notice.failed(thrown(statement_failed("canceling statement due to lock timeout", "55P03")));
        notice.recovered();
    }
    CHECK(log.lines.empty());
}

TEST_CASE("rows that are refused are left out for ten minutes, and named once with their number")
{
    world w;
    CHECK(w.rows.numbers(w.now) == "{}");
    CHECK(w.rows.add(17, statement_failed("not this one", "P0001"), w.now));
    CHECK(w.rows.add(4, statement_failed("not this one", "P0001"), w.now));
    CHECK(w.rows.tell());
    CHECK_FALSE(w.rows.tell());
    REQUIRE(w.log.lines.size() == 1);
    CHECK_THAT(w.log.lines[0], Contains("rows=2 for_example=4 why=not this one"));
    CHECK_FALSE(w.rows.numbers(w.now) == "{}");
    CHECK(w.rows.has(17, w.now + std::chrono::minutes(9)));
    CHECK_FALSE(w.rows.has(17, w.now + std::chrono::minutes(10)));
    CHECK(w.rows.numbers(w.now + std::chrono::minutes(10)) == "{}");
}

TEST_CASE("a locked row is left out for seconds; an error that is about no row leaves nothing out")
{
    world w;
    CHECK(w.rows.add(1, statement_failed("lock timeout", "55P03"), w.now));
    CHECK(w.rows.has(1, w.now));
    CHECK_FALSE(w.rows.has(1, w.now + std::chrono::seconds(5)));
    CHECK_FALSE(w.rows.add(2, statement_failed("relation does not exist", "42P01"), w.now));
    CHECK(w.rows.add(3, statement_failed("relation does not exist", "42P01", true), w.now)); // in a trigger
    CHECK_FALSE(w.rows.has(2, w.now));
}

TEST_CASE("a row that holds statements up is left out for half a minute, and longer each time it does so again")
{
    auto why = GENERATE(statement_failed("canceling statement due to statement timeout", took_too_long),
                        statement_failed("lock timeout in a trigger", "55P03", true));
    world w;
    auto now = w.now;
    for (int seconds : {30, 60, 120, 240, 480, 960, 1920, 3600, 3600}) {
        std::chrono::seconds pause(seconds);
        CHECK(w.rows.add(1, why, now));
        CHECK(w.rows.has(1, now + pause - std::chrono::seconds(1)));
        CHECK_FALSE(w.rows.has(1, now + pause));
        CHECK(w.rows.numbers(now + pause) == "{}");
        now += pause + std::chrono::seconds(10);
    }
    now += std::chrono::hours(3); // it went through meanwhile
    CHECK(w.rows.numbers(now) == "{}");
    CHECK(w.rows.add(1, why, now));
    CHECK_FALSE(w.rows.has(1, now + std::chrono::seconds(30)));
}

TEST_CASE("a lock that a trigger waits for is its row's matter; that of a table is not")
{
    CHECK(about_rows(statement_failed("lock timeout", "55P03", true)));
    CHECK_FALSE(about_rows(statement_failed("lock timeout", "55P03")));
    CHECK(about_rows(statement_failed("statement timeout", took_too_long)));
    CHECK_FALSE(about_rows(statement_failed("permission denied", "42501")));
}

TEST_CASE("a duty counts as refused for long from its first refusal on, until a statement of it went through")
{
    kept_log log;
    int duty = 0;
    trouble_name name("sending orders", std::string(refused_by_the_database));
    trouble_list::clock::time_point now{std::chrono::hours(1)};
    auto lasting = [&](std::chrono::seconds later) {
        return log.troubles().lasting(refused_by_the_database, std::chrono::seconds(15), now + later).size();
    };
    log.troubles().failed(&duty, name, "permission denied", now);
    log.troubles().failed(&duty, name, "another reason", now + std::chrono::seconds(10));
    log.troubles().failed(&duty, "the provider", "HTTP 503", now);
    CHECK(lasting(std::chrono::seconds(14)) == 0);
    CHECK(lasting(std::chrono::seconds(15)) == 1);
    log.troubles().recovered(&duty, name, now + std::chrono::seconds(16));
    CHECK(lasting(std::chrono::seconds(60)) == 0);
}

TEST_CASE("what waits for another daemon is told once, with its words")
{
    kept_log log;
    database_notice notice(log, "the drop directory");
    for (int i = 0; i < 10; ++i) notice.failed(thrown(waits_for_another("session 17 is silent")));
    notice.recovered();
    REQUIRE(log.lines.size() == 2);
    CHECK_THAT(log.lines[0], Contains("taking rows in waits for another daemon") && Contains("session 17 is silent"));
}

TEST_CASE("where more rows are refused than may be left out it is the database that refuses")
{
    world w;
    for (auto id : {1, 2, 3}) CHECK(w.rows.add(id, "no", left_out_rows::left_out_for, w.now));
    CHECK_FALSE(w.rows.add(4, "no", left_out_rows::left_out_for, w.now));
    CHECK(w.rows.add(3, "no", left_out_rows::left_out_for, w.now));
    CHECK(w.rows.add(4, "no", left_out_rows::left_out_for, w.now + std::chrono::minutes(11)));
}
