#include "orderd/core/business_day.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace orderd;

namespace {

japanese_date day(std::string_view text) { return *parse_yyyymmdd(text); }

std::set<std::string> holidays(int year)
{
    std::set<std::string> all;
    auto first = std::chrono::sys_days{std::chrono::year{year} / 1 / 1};
    for (auto d = first; d < std::chrono::sys_days{std::chrono::year{year + 1} / 1 / 1}; d += std::chrono::days(1))
        if (national_holiday(japanese_date{d})) all.insert(to_yyyymmdd(japanese_date{d}).substr(4));
    return all;
}

}

TEST_CASE("the national holidays are those that the Cabinet Office announced")
{
    CHECK(holidays(2026) == std::set<std::string>{"0101", "0112", "0211", "0223", "0320", "0429", "0503", "0504",
                                                  "0505", "0506", "0720", "0811", "0921", "0922", "0923", "1012",
                                                  "1103", "1123"});
    CHECK(holidays(2027) == std::set<std::string>{"0101", "0111", "0211", "0223", "0321", "0322", "0429", "0503",
                                                  "0504", "0505", "0719", "0811", "0920", "0923", "1011", "1103",
                                                  "1123"});
    CHECK(holidays(2024) == std::set<std::string>{"0101", "0108", "0211", "0212", "0223", "0320", "0429",
                                                  "0503", "0504", "0505", "0506", "0715", "0811", "0812",
                                                  "0916", "0922", "0923", "1014", "1103", "1104", "1123"});
    CHECK(national_holiday(day("20320921"))); // between two holidays
    for (int year = 2022; year < 2100; ++year) {
        INFO(year);
        CHECK(holidays(year).size() >= 16);
        CHECK(holidays(year).size() <= 22);
    }
}

TEST_CASE("business days leave out weekends, holidays and the company's own")
{
    business_calendar calendar;
    CHECK(calendar.business_day(day("20261124")));
    CHECK_FALSE(calendar.business_day(day("20261123"))); // a holiday
    CHECK_FALSE(calendar.business_day(day("20261121"))); // a Saturday
    CHECK(calendar.business_days_between(day("20261120"), day("20261124")) == 1);
    CHECK(calendar.business_days_between(day("20270428"), day("20270507")) == 3); // over the Golden Week
    CHECK(calendar.business_days_between(day("20261124"), day("20261124")) == 0);
    CHECK(calendar.close("2026-11-24"));
    CHECK(calendar.close("12-29"));
    CHECK_FALSE(calendar.business_day(day("20261124")));
    CHECK(calendar.business_day(day("20271124")));
    CHECK_FALSE(calendar.business_day(day("20261229")));
    CHECK_FALSE(calendar.business_day(day("20271229")));
    for (auto wrong : {"20261124", "2026-13-01", "13-01", "2026-02-30", "", "yesterday"})
        CHECK_FALSE(calendar.close(wrong));
}
