#include "orderd/tracking/sweep_pace.hpp"

#include <catch2/catch.hpp>

using orderd::tracking::sweep_pace;
using namespace std::chrono_literals;

TEST_CASE("sweeps come further apart while nothing moves, and close again when something does")
{
    sweep_pace pace(4min, 10min);
    CHECK(pace.next() == 4min);
    pace.swept(100, 0); // a hundred more than before
    CHECK(pace.next() == 4min);
    pace.swept(100, 0);
    CHECK(pace.next() == 6min);
    pace.swept(100, 0);
    CHECK(pace.next() == 9min);
    pace.swept(100, 0);
    CHECK(pace.next() == 10min);
    pace.swept(100, 0);
    CHECK(pace.next() == 10min);
    SECTION("an order moved")
    {
        pace.swept(100, 1);
        CHECK(pace.next() == 4min);
        pace.swept(99, 0);
        CHECK(pace.next() == 6min);
    }
    SECTION("an order was accepted")
    {
        pace.swept(101, 0);
        CHECK(pace.next() == 4min);
    }
    SECTION("no order is left")
    {
        pace.swept(0, 0);
        CHECK(pace.next() == 4min);
        pace.swept(0, 0);
        CHECK(pace.next() == 4min);
    }
    SECTION("the provider did not answer")
    {
        pace.not_swept();
        CHECK(pace.next() == 4min);
    }
}

TEST_CASE("the longest time between two sweeps")
{
    auto longest = [](sweep_pace pace) {
        for (int i = 0; i < 50; ++i) pace.swept(1, 0);
        return pace.next();
    };
    CHECK(longest({4min, 0min}) == 12min);
    CHECK(longest({4min, 4min}) == 4min);
    CHECK(longest({4min, 1min}) == 4min);
    CHECK(longest({50ms, 1h}) == 1h);
}
