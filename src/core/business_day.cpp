#include "orderd/core/business_day.hpp"

#include <cmath>

namespace orderd {
namespace {

using namespace std::chrono;

/// The day in March (20.8431) or September (23.2488) on which day and night are equal.
day equinox(int year, double base)
{
    auto since = year - 1980;
    return day(static_cast<unsigned>(base + 0.242194 * since - std::floor(since / 4.0)));
}

/// A holiday that the law names; substitutes come on top.
bool named_holiday(japanese_date date)
{
    auto year = static_cast<int>(date.year());
    for (auto fixed : {January / 1, February / 11, February / 23, April / 29, May / 3, May / 4, May / 5, August / 11,
                       November / 3, November / 23, March / equinox(year, 20.8431), September / equinox(year, 23.2488)})
        if (date == japanese_date{date.year() / fixed}) return true;
    for (auto moved : {January / Monday[2], July / Monday[3], September / Monday[3], October / Monday[2]})
        if (date == japanese_date{sys_days{date.year() / moved}}) return true;
    return false;
}

japanese_date next_to(japanese_date date, int by) { return japanese_date{sys_days{date} + days(by)}; }

}

bool national_holiday(japanese_date date)
{
    if (named_holiday(date)) return true;
    // A holiday on a Sunday moves to the next day that is none; a day between two holidays is one.
    for (auto before = next_to(date, -1); named_holiday(before); before = next_to(before, -1))
        if (weekday{sys_days{before}} == Sunday) return true;
    return named_holiday(next_to(date, -1)) && named_holiday(next_to(date, 1));
}

bool business_calendar::close(std::string_view text)
{
    bool every_year = text.size() == 5 && text[2] == '-';
    if (!every_year && !(text.size() == 10 && text[4] == '-' && text[7] == '-')) return false;
    std::string digits = every_year ? "2024" : ""; // a leap year: 02-29 exists
    for (char c : text)
        if (c != '-') digits += c;
    auto date = parse_yyyymmdd(digits);
    if (!date) return false;
    if (every_year)
        closed_every_year_.insert(date->month() / date->day());
    else
        closed_.insert(*date);
    return true;
}

bool business_calendar::business_day(japanese_date date) const
{
    auto on = weekday{sys_days{date}};
    return on != Saturday && on != Sunday && !national_holiday(date) && !closed_.contains(date) &&
           !closed_every_year_.contains(date.month() / date.day());
}

int business_calendar::business_days_between(japanese_date from, japanese_date to) const
{
    int count = 0;
    for (auto day = sys_days{from} + days(1); day <= sys_days{to}; day += days(1))
        count += business_day(japanese_date{day});
    return count;
}

}
