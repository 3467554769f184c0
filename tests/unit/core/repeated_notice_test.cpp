#include "orderd/core/repeated_notice.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

TEST_CASE("what happens again and again is told at once, and then together, once in a while")
{
    orderd::repeated_notice notice(1min);
    auto start = orderd::repeated_notice::clock::time_point(1h);
    CHECK(notice.due(start) == 0);
    CHECK(notice.happened(start) == 1);
    for (int i = 0; i < 299; ++i) CHECK(notice.happened(start + 1s) == 0);
    CHECK(notice.due(start + 59s) == 0);
    CHECK(notice.due(start + 60s) == 299);
    CHECK(notice.due(start + 10min) == 0);
    CHECK(notice.happened(start + 10min) == 1);
}
