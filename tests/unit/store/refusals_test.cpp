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
    CHECK(w.rows.add(1, statement_failed("lock timeout", "55P03", true), w.now));
    CHECK(w.rows.has(1, w.now));
    CHECK_FALSE(w.rows.has(1, w.now + std::chrono::seconds(5)));
    CHECK_FALSE(w.rows.add(2, statement_failed("relation does not exist", "42P01"), w.now));
    CHECK(w.rows.add(3, statement_failed("relation does not exist", "42P01", true), w.now)); // in a trigger
    CHECK_FALSE(w.rows.has(2, w.now));
}

TEST_CASE("where more rows are refused than may be left out it is the database that refuses")
{
    world w;
    for (auto id : {1, 2, 3}) CHECK(w.rows.add(id, "no", left_out_rows::left_out_for, w.now));
    CHECK_FALSE(w.rows.add(4, "no", left_out_rows::left_out_for, w.now));
    CHECK(w.rows.add(3, "no", left_out_rows::left_out_for, w.now));
    CHECK(w.rows.add(4, "no", left_out_rows::left_out_for, w.now + std::chrono::minutes(11)));
}
