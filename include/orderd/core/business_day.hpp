#pragma once
#include "orderd/core/japanese_date.hpp"

#include <set>
#include <string_view>

namespace orderd {

/// Whether the day is one of Japan's national holidays, their substitutes included. Computed, from 2022 to 2099.
/// Source: 国民の祝日に関する法律 (Act No. 178 of 1948, as in force since 2022); the equinoxes by the usual
/// approximation 20.8431 (23.2488) + 0.242194 (year - 1980) - floor((year - 1980) / 4), which holds from 1980 to 2099.
bool national_holiday(japanese_date);

/// Days on which work is done: neither Saturday nor Sunday, nor a national holiday, nor one of the company's own.
class business_calendar {
public:
    /// "2026-12-29" closes one day, "12-29" that day of every year. False: it is neither.
    bool close(std::string_view text);
    bool business_day(japanese_date) const;
    /// How many business days there are after `from`, up to and with `to`.
    int business_days_between(japanese_date from, japanese_date to) const;
    bool operator==(const business_calendar&) const = default;

private:
    std::set<japanese_date> closed_;
    std::set<std::chrono::month_day> closed_every_year_;
};

}
