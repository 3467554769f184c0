#include "service/reload_notice.hpp"
#include "unit/kept_log.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using Catch::Matchers::Contains;

TEST_CASE("reloads that change nothing are one line, and then only counted")
{
    tests::kept_log log;
    service::reload_notice notice(log);
    for (int n = 0; n < 200; ++n) notice.read({}, {"an old key is still there"});
    CHECK(log.lines.size() == 2); // the warning is one
    CHECK_THAT(log.lines.at(1), Contains("configuration read again") && Contains("nothing changed"));
    CHECK(log.seldom.size() == 199);
}

TEST_CASE("a reload that changes something, or ends otherwise than the one before, is told")
{
    tests::kept_log log;
    service::reload_notice notice(log);
    notice.read({}, {});
    notice.read({{"log.level"}, {}}, {});
    notice.read({{"log.level"}, {}}, {});
    CHECK(log.lines.size() == 3);
    notice.read({{}, {"api.base_url"}}, {});
    REQUIRE(log.lines.size() == 4);
    CHECK_THAT(log.lines.at(3), Contains("api.base_url"));
    notice.read({{}, {"api.base_url"}}, {});
    CHECK(log.lines.size() == 4);
    notice.read({{}, {"api.base_url"}}, {"now with a warning"});
    CHECK(log.lines.size() == 6);
}

TEST_CASE("a configuration that stays wrong is told once, and again when it is wrong in another way")
{
    tests::kept_log log;
    service::reload_notice notice(log);
    for (int n = 0; n < 100; ++n) notice.refused("line 7: unknown key");
    CHECK(log.lines.size() == 1);
    notice.refused("line 8: unknown key");
    CHECK(log.lines.size() == 2);
    notice.read({}, {});
    notice.refused("line 8: unknown key");
    CHECK(log.lines.size() == 4);
}
