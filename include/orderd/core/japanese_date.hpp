#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Days as the provider means them: in Asia/Tokyo (UTC+9, no summer time), whatever the server's zone.
namespace orderd {

using utc_time = std::chrono::sys_time<std::chrono::milliseconds>;
using japanese_date = std::chrono::year_month_day;

/// The day it is in Tokyo at `now`.
japanese_date tokyo_day(utc_time now);
/// YYYYMMDD of a day that exists; nothing otherwise.
std::optional<japanese_date> parse_yyyymmdd(std::string_view);
/// YYYYMM of a month that exists, as its last day; nothing otherwise.
std::optional<japanese_date> parse_yyyymm(std::string_view);
std::string to_yyyymmdd(japanese_date);
/// YYYY-MM-DD of a day that exists; nothing otherwise.
std::optional<japanese_date> parse_iso_day(std::string_view);
std::string to_iso_day(japanese_date);
/// Days from `from` to `to`, negative when `to` is earlier.
int days_between(japanese_date from, japanese_date to);
/// Midnight in Tokyo at the start of `day`, or `seconds` after it.
utc_time tokyo_time(japanese_date day, std::chrono::seconds since_midnight = {});
/// "2027-03-01T09:00:00+09:00"
std::string to_iso_tokyo(utc_time);

}
