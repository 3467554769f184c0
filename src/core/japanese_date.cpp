#include "orderd/core/japanese_date.hpp"

#include <algorithm>
#include <cstdio>

namespace orderd {
namespace {

constexpr std::chrono::hours tokyo_offset{9};

std::optional<int> number(std::string_view digits)
{
    int value = 0;
    for (char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

}

japanese_date tokyo_day(utc_time now)
{
    return japanese_date{std::chrono::floor<std::chrono::days>(now + tokyo_offset)};
}

std::optional<japanese_date> parse_yyyymmdd(std::string_view text)
{
    if (text.size() != 8) return std::nullopt;
    auto year = number(text.substr(0, 4)), month = number(text.substr(4, 2)), day = number(text.substr(6, 2));
    if (!year || !month || !day) return std::nullopt;
    japanese_date date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                       std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<japanese_date> parse_yyyymm(std::string_view text)
{
    if (text.size() != 6) return std::nullopt;
    auto year = number(text.substr(0, 4)), month = number(text.substr(4, 2));
    if (!year || !month || *month < 1 || *month > 12) return std::nullopt;
    return japanese_date{std::chrono::year{*year} / std::chrono::month(static_cast<unsigned>(*month)) /
                         std::chrono::last};
}

std::string to_yyyymmdd(japanese_date date)
{
    auto rest = static_cast<unsigned>(static_cast<int>(date.year())) * 10'000 +
                static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day());
    std::string text(8, '0');
    for (auto at = text.rbegin(); at != text.rend(); ++at, rest /= 10) *at = static_cast<char>('0' + rest % 10);
    return text;
}

std::optional<japanese_date> parse_iso_day(std::string_view text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    std::string digits(text);
    std::erase(digits, '-');
    return parse_yyyymmdd(digits);
}

std::string to_iso_day(japanese_date day)
{
    auto digits = to_yyyymmdd(day);
    return digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6);
}

int days_between(japanese_date from, japanese_date to)
{
    return static_cast<int>((std::chrono::sys_days{to} - std::chrono::sys_days{from}).count());
}

utc_time tokyo_time(japanese_date day, std::chrono::seconds since_midnight)
{
    return utc_time{std::chrono::sys_days{day} - tokyo_offset + since_midnight};
}

std::string to_iso_tokyo(utc_time time)
{
    auto local = time + tokyo_offset;
    auto day = std::chrono::floor<std::chrono::days>(local);
    std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(local - day)};
    japanese_date date{day};
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d+09:00", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

}
