#include "orderd/store/server_notices.hpp"
#include "unit/kept_log.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using Catch::Matchers::Contains;

TEST_CASE("what PostgreSQL says beside its answers is written once, its first line alone")
{
    tests::kept_log log;
    store::server_notices notices(log);
    for (int n = 0; n < 100; ++n) notices.tell("WARNING:  somebody's trigger\nCONTEXT:  a row of somebody\n");
    notices.tell("WARNING:  something else\n");
    REQUIRE(log.lines.size() == 2);
    CHECK_THAT(log.lines[0], Contains("somebody's trigger") && !Contains("CONTEXT"));
    CHECK(log.seldom.empty());
}

TEST_CASE("texts of PostgreSQL that never repeat are counted")
{
    tests::kept_log log;
    store::server_notices notices(log);
    for (int n = 0; n < 10'000; ++n) notices.tell("WARNING:  row " + std::to_string(n));
    CHECK(log.lines.size() == 100);
    CHECK(log.seldom.size() == 9'900);
}
