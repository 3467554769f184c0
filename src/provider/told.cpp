#include "orderd/provider/told.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::provider {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_digits = 18;

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Takes digits off the front, at most `most`.
std::string_view take_digits(std::string_view& text, std::size_t most)
{
    auto front = text.substr(0, most);
    auto n = static_cast<std::size_t>(std::find_if_not(front.begin(), front.end(), digit) - front.begin());
    auto digits = text.substr(0, n);
    text.remove_prefix(n);
    return digits;
}
bool take(std::string_view& text, std::string_view word)
{
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}
int number(std::string_view digits)
{
    int value = 0;
    for (char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// The digits of a whole number without its sign, point and exponent; nothing when it is none.
std::optional<std::string> whole_digits(std::string_view text)
{
    take(text, "+");
    auto before = take_digits(text, 64);
    auto after = take(text, ".") ? take_digits(text, 64) : std::string_view();
    if (before.empty()) return std::nullopt;
    int exponent = 0;
    if (take(text, "e") || take(text, "E")) {
        bool minus = take(text, "-");
        if (!minus) take(text, "+");
        auto digits = take_digits(text, 3);
        if (digits.empty()) return std::nullopt;
        exponent = minus ? -number(digits) : number(digits);
    }
    if (!text.empty()) return std::nullopt;
    auto digits = std::string(before) + std::string(after);
    exponent -= static_cast<int>(after.size());
    for (; exponent < 0 && !digits.empty(); ++exponent, digits.pop_back())
        if (digits.back() != '0') return std::nullopt;
    if (exponent < 0 || exponent > static_cast<int>(most_digits)) return std::nullopt;
    digits.append(static_cast<std::size_t>(exponent), '0');
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.size() > most_digits) return std::nullopt;
    return digits.empty() ? "0" : digits;
}

/// A day of the years in which an order can have been applied for.
std::optional<japanese_date> plausible(std::string_view yyyymmdd)
{
    auto day = parse_yyyymmdd(yyyymmdd);
    if (!day || day->year() < std::chrono::year(2000) || day->year() > std::chrono::year(2099)) return std::nullopt;
    return day;
}

/// What stands behind a day: a time, perhaps with a zone; a zone alone; a weekday.
struct behind_day {
    bool understood = false, has_time = false;
    std::optional<std::chrono::minutes> zone; // east of Greenwich
    std::chrono::seconds since_midnight{0};
};

bool read_time(std::string_view& rest, std::chrono::seconds& out)
{
    auto hour = take_digits(rest, 2);
    bool colons = take(rest, ":");
    if (!colons) take(rest, "時");
    auto minute = take_digits(rest, 2);
    if (hour.empty() || minute.empty() || number(hour) > 24 || number(minute) > 59) return false;
    if (colons ? take(rest, ":") : (take(rest, "分"), true)) {
        if (auto second = take_digits(rest, 2); !second.empty()) {
            if (number(second) > 60) return false;
            out += std::chrono::seconds(number(second));
        }
        take(rest, "秒");
        if (take(rest, ".") || take(rest, ",")) take_digits(rest, 9);
    }
    out += std::chrono::hours(number(hour)) + std::chrono::minutes(number(minute));
    return true;
}

bool read_zone(std::string_view& rest, std::optional<std::chrono::minutes>& out)
{
    take(rest, " ");
    if (take(rest, "Z") || take(rest, "z") || take(rest, "UTC") || take(rest, "GMT")) out = 0min;
    if (take(rest, "JST") || take(rest, "[Asia/Tokyo]")) out = 9h;
    bool minus = rest.starts_with('-');
    if (minus || rest.starts_with('+')) {
        rest.remove_prefix(1);
        auto hours = take_digits(rest, 2);
        take(rest, ":");
        auto minutes = take_digits(rest, 2);
        if (hours.size() != 2 || number(hours) > 14 || (!minutes.empty() && number(minutes) > 59)) return false;
        auto offset = std::chrono::minutes(number(hours) * 60 + (minutes.empty() ? 0 : number(minutes)));
        out = minus ? -offset : offset;
        take(rest, "[Asia/Tokyo]");
    }
    return rest.empty();
}

behind_day read_behind(std::string_view rest)
{
    behind_day out;
    static constexpr std::string_view weekdays[] = {"月", "火", "水", "木", "金", "土", "日"};
    auto inner = rest;
    take(inner, " ");
    if (take(inner, "("))
        for (auto day : weekdays)
            if (take(inner, day)) {
                take(inner, "曜日");
                if (take(inner, ")")) rest = inner;
                break;
            }
    if (rest.empty()) {
        out.understood = true;
        return out;
    }
    bool separated = take(rest, "T") || take(rest, "t");
    while (take(rest, " ")) separated = true;
    if (separated && !rest.empty() && digit(rest.front())) {
        out.has_time = true;
        if (!read_time(rest, out.since_midnight)) return out;
    }
    out.understood = read_zone(rest, out.zone);
    return out;
}

std::optional<told_day> with_behind(japanese_date day, std::string_view rest)
{
    auto behind = read_behind(rest);
    if (!behind.understood) return std::nullopt;
    if (behind.has_time && behind.zone) // the moment is known, and so is its day in Tokyo
        return told_day{tokyo_day(utc_time{std::chrono::sys_days{day} + behind.since_midnight - *behind.zone})};
    bool elsewhere = behind.zone && *behind.zone != 9h;
    return told_day{day, !behind.has_time && !elsewhere};
}

std::optional<told_day> day_in_digits(const std::string& digits)
{
    auto day = plausible(digits.substr(0, 8));
    auto n = digits.size();
    if (n == 8 && day) return told_day{*day};
    if ((n == 12 || n == 14 || n == 17) && day) return told_day{*day, false}; // YYYYMMDDhhmm[ss[fff]]
    bool seconds = n == 10 && !day, milliseconds = n == 13; // ten digits that begin with a day may be either
    if (!seconds && !milliseconds) return std::nullopt;
    auto value = std::chrono::milliseconds(std::stoll(digits) * (seconds ? 1000 : 1));
    auto told = tokyo_day(utc_time{value});
    if (!plausible(to_yyyymmdd(told))) return std::nullopt;
    return told_day{told};
}

}

std::optional<std::int64_t> told_number(std::string_view text)
{
    auto digits = whole_digits(trimmed(half_width(text)));
    if (!digits) return std::nullopt;
    return std::stoll(*digits);
}

std::string told_digits(std::string text)
{
    if (text.size() == 1 && digit(text.front())) return text; // nearly always
    auto number = told_number(text);
    return number ? std::to_string(*number) : text;
}

std::string told_choice(std::string text, std::span<const choice> choices)
{
    if (told_number(text)) return told_digits(std::move(text));
    auto plain = trimmed(half_width(text));
    std::string_view rest = plain;
    auto digits = take_digits(rest, 2);
    bool numbered = !digits.empty() && (take(rest, ":") || take(rest, "."));
    auto word = numbered ? trimmed(rest) : plain;
    for (const auto& c : choices)
        if (header_key(word) == header_key(c.word) && (!numbered || number(digits) == c.number))
            return std::to_string(c.number);
    return text;
}

namespace {

/// The text with the year of the common era where it begins with one of Reiwa: 令和9年, R9.
std::string without_era(std::string text)
{
    std::string_view rest = text;
    if (!take(rest, "令和") && !take(rest, "R")) return text;
    take(rest, " ");
    bool first = take(rest, "元");
    auto year = take_digits(rest, 2);
    if (!first && (year.empty() || number(year) == 0)) return text;
    return std::to_string(2018 + (first ? 1 : number(year))) + std::string(rest);
}

}

std::optional<told_day> day_told(std::string_view text)
{
    auto plain = without_era(trimmed(half_width(text)));
    if (auto digits = whole_digits(plain)) return day_in_digits(*digits);
    std::string_view rest = plain;
    auto year = take_digits(rest, 8);
    if (year.size() == 8) {
        auto day = plausible(year);
        return day ? with_behind(*day, rest) : std::nullopt;
    }
    if (year.size() != 4) return std::nullopt;
    auto separated = [&](std::string_view sign, std::string_view next) -> std::optional<std::string> {
        auto from = rest;
        if (!take(from, sign)) return std::nullopt;
        auto month = take_digits(from, 2);
        if (month.empty() || !take(from, next)) return std::nullopt;
        auto day = take_digits(from, 2);
        if (day.empty()) return std::nullopt;
        rest = from;
        auto padded = [](std::string_view n) { return (n.size() == 1 ? "0" : "") + std::string(n); };
        return std::string(year) + padded(month) + padded(day);
    };
    auto written = separated("年", "月");
    if (written && !take(rest, "日")) return std::nullopt;
    for (std::string_view sign : {"-", "/", "."})
        if (!written) written = separated(sign, sign);
    auto day = written ? plausible(*written) : std::nullopt;
    return day ? with_behind(*day, rest) : std::nullopt;
}

std::optional<japanese_date> month_told(std::string_view text)
{
    auto plain = trimmed(half_width(text));
    if (auto digits = whole_digits(plain)) return digits->size() == 6 ? parse_yyyymm(*digits) : std::nullopt;
    std::string_view rest = plain;
    auto year = take_digits(rest, 4);
    bool named = take(rest, "年");
    if (year.size() != 4 || !(named || take(rest, "-") || take(rest, "/") || take(rest, "."))) return std::nullopt;
    auto month = take_digits(rest, 2);
    if (month.empty() || (named && !take(rest, "月")) || !rest.empty()) return std::nullopt;
    return parse_yyyymm(std::string(year) + (month.size() == 1 ? "0" : "") + std::string(month));
}

std::string plain_day(const std::string& text)
{
    if (text.empty()) return text;
    auto told = day_told(text);
    return told ? to_yyyymmdd(told->day) : text;
}

}
