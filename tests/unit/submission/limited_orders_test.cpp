#include "orderd/submission/limited_orders.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;

namespace {

/// Orders that are sent one after the other; pauses are made for those whose answer is everybody's matter.
struct sender {
    limited_orders limited{3};
    int pauses = 0;

    void taken(std::int64_t order) { limited.taken({order}); }
    bool pauses_for(std::int64_t order)
    {
        bool everybodys = !limited.own_matter({order}, false);
        pauses += everybodys;
        return everybodys;
    }
};

}

TEST_CASE("the first answer of an order to slow down is everybody's matter, the next ones are its own while others go")
{
    sender s;
    CHECK(s.pauses_for(1));
    CHECK(s.pauses_for(1)); // nobody was taken since
    for (int n = 100; n < 120; ++n) {
        s.taken(n);
        CHECK_FALSE(s.pauses_for(1));
    }
}

TEST_CASE("several orders that are told so each time make a pause each, and then none")
{
    sender s;
    for (int round = 0; round < 50; ++round)
        for (int odd = 1; odd <= 10; ++odd) {
            s.taken(1'000 + round * 10 + odd);
            s.pauses_for(odd);
        }
    CHECK(s.pauses <= 20);
}

TEST_CASE("a limit that meets orders in a row is everybody's, also for those that it met before")
{
    sender s;
    for (int order = 1; order <= 64; ++order) s.pauses_for(order);
    for (int n = 100; n < 500; ++n) s.taken(n);
    CHECK_FALSE(s.pauses_for(1));
    CHECK_FALSE(s.pauses_for(2));
    for (int order = 3; order <= 64; ++order) CHECK(s.pauses_for(order));
}

TEST_CASE("a quota of some orders a minute makes a pause a minute")
{
    sender s;
    std::int64_t next = 0;
    for (int minute = 0; minute < 100; ++minute) {
        for (int n = 0; n < 10; ++n) s.taken(next++);
        CHECK(s.pauses_for(next));
    }
}

TEST_CASE("what was on its way when a pause began counts once")
{
    limited_orders limited{3};
    for (std::int64_t order = 1; order <= 64; ++order) CHECK_FALSE(limited.own_matter({order}, order > 1));
    CHECK_FALSE(limited.own_matter({64}, false)); // nobody was taken
    limited.taken({100});
    limited.taken({101});
    CHECK(limited.own_matter({1}, false));
}

TEST_CASE("an order that was taken after all begins anew")
{
    sender s;
    s.pauses_for(1);
    s.taken(2);
    CHECK_FALSE(s.pauses_for(1));
    s.taken(1);
    s.taken(3);
    CHECK(s.pauses_for(1));
}
