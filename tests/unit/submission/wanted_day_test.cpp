#include "orderd/submission/wanted_day.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace orderd::submission;

namespace {

/// Whether what is told is taken for what was sent, where the known order shows this hand.
bool taken(const written& known, const written& other)
{
    return may_be_day(other).value_or(true) && day_in_the_same_hand(known, other);
}

constexpr written nothing_known{"", ""};

}

TEST_CASE("a month may be told as its first or last day by a provider that is seen to; a day in its midst is another")
{
    for (const char* told : {"202712", "2027-12", "2027/12", "2027年12月"}) {
        INFO(told);
        CHECK(taken(nothing_known, {"202712", told}));
    }
    for (const char* told :
         {"20271201", "20271231", "2027-12-31", "2027年12月1日", "2027-11-30T15:00:00Z", "2027-12-30T15:00:00Z"}) {
        INFO(told);
        CHECK(may_be_day({"202712", told}) == true);
        CHECK_FALSE(taken(nothing_known, {"202712", told})); // it may be somebody else's, for that day
    }
    for (const char* told : {"20271215", "20271203", "20271229", "202711", "202801", "20271130", "20280101", "20271202",
                             "20271230", "2027-12-15T00:00:00+09:00", "20261231"}) {
        INFO(told);
        CHECK_FALSE(taken(nothing_known, {"202712", told}));
    }
    for (int day = 3; day <= 29; ++day) {
        auto told = "202712" + std::string(day < 10 ? "0" : "") + std::to_string(day);
        INFO(told);
        CHECK(may_be_day({"202712", told}) == false);
        CHECK_FALSE(taken({"202711", "20271115"}, {"202712", told})); // whatever a known order shows
        CHECK_FALSE(taken({"202711", "202711"}, {"202712", told}));
    }
}

TEST_CASE("a day is told as a month only by a provider that tells that of a known order so")
{
    const written as_month{"20271210", "202712"};
    CHECK_FALSE(taken(nothing_known, as_month));
    CHECK_FALSE(taken({"20271105", "20271105"}, as_month));
    CHECK_FALSE(taken({"20271105", "2027-11-05"}, as_month));
    CHECK_FALSE(taken({"202711", "202711"}, as_month)); // shows nothing of days
    CHECK_FALSE(taken({"20271105", ""}, as_month));
    CHECK(taken({"20271105", "202711"}, as_month));
    CHECK(taken({"20271105", "2027年11月"}, as_month));
    CHECK_FALSE(taken({"20271105", "202711"}, {"20271210", "202711"}));
    CHECK(taken({"20271105", "202711"}, {"20271210", "20271210"}));
    CHECK_FALSE(taken({"20271105", "20271105"}, {"20271210", "20271211"}));
}

TEST_CASE("a month is told as the known one is")
{
    struct row {
        const char* known;
        const char* good;
        const char* bad;
    };
    for (const auto& r : {row{"202711", "202712", "20271231"}, row{"20271130", "20271231", "20271201"},
                          row{"20271101", "20271201", "20271231"}, row{"20271129", "20271230", "20271231"},
                          row{"20271201", "20280101", "20271231"}, row{"20271031", "20271130", "20271231"}}) {
        INFO(r.known);
        CHECK(taken({"202711", r.known}, {"202712", r.good}));
        CHECK_FALSE(taken({"202711", r.known}, {"202712", r.bad}));
    }
    CHECK_FALSE(taken({"20271105", "20271105"}, {"202712", "20271231"})); // a known day shows nothing of months
    CHECK_FALSE(taken({"202711", "words"}, {"202712", "20271231"}));
}

TEST_CASE("what names no day is told of nothing")
{
    CHECK(may_be_day({"202712", "来年"}) == std::nullopt);
    CHECK(may_be_day({"202712", ""}) == std::nullopt);
    CHECK(may_be_day({"", "20271231"}) == std::nullopt);
    CHECK_FALSE(told_in_another_unit({"202712", "202712"}));
    CHECK_FALSE(told_in_another_unit({"20271210", "20271210"}));
    CHECK_FALSE(told_in_another_unit({"20271210", "20271211"}));
    CHECK(told_in_another_unit({"20271210", "202712"}));
    CHECK(told_in_another_unit({"202712", "20271231"}));
}
