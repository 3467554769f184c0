#include "orderd/core/japanese_date.hpp"
#include "orderd/simulator/handwriting.hpp"

#include <chrono>
#include <optional>

namespace orderd::simulator {
namespace {

/// Year, month and day (none: a month alone, as hopeToEndAt may be) with what stands between them.
std::string joined(std::string_view yyyymmdd, std::string_view after_year, std::string_view after_month,
                   std::string_view end, bool padded = true)
{
    auto part = [&](std::size_t at) {
        auto two = yyyymmdd.substr(at, 2);
        if (!padded && two.front() == '0') two.remove_prefix(1);
        return std::string(two);
    };
    std::string out(yyyymmdd.substr(0, 4));
    out += after_year;
    out += part(4);
    if (yyyymmdd.size() == 6) return out + (end.empty() ? "" : std::string(after_month));
    return out + std::string(after_month) + part(6) + std::string(end);
}

/// "2026-11-25T15:00:00Z"
std::string in_utc(utc_time at)
{
    auto day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(at - day));
    auto two = [](auto count) { return std::string(count < 10 ? "0" : "") + std::to_string(count); };
    return to_iso_day(japanese_date(day)) + "T" + two(clock.hours().count()) + ":" + two(clock.minutes().count()) +
           ":" + two(clock.seconds().count()) + "Z";
}

}

const std::initializer_list<std::string_view>& day_forms()
{
    static const std::initializer_list<std::string_view> all{
        "compact",   "dashes", "slashes", "unpadded", "japanese", "with_time", "utc",
        "day_early", "number", "decimal", "unix",     "unix_ms",  "absent",    "words"};
    return all;
}

json::value written_day(std::string_view yyyymmdd, const handwriting& hand)
{
    const auto& form = hand.days;
    auto text = [](std::string_view t) { return json::value(json::string(t)); };
    if (yyyymmdd.empty() || form == "absent") return nullptr;
    if (form == "words") return text("申込済");
    // A form that needs a day takes the last one of a month.
    auto day = yyyymmdd.size() == 6 ? parse_yyyymm(yyyymmdd) : parse_yyyymmdd(yyyymmdd);
    if (!day) return text(yyyymmdd);
    if (form == "dashes") return text(joined(yyyymmdd, "-", "-", ""));
    if (form == "slashes") return text(joined(yyyymmdd, "/", "/", ""));
    if (form == "unpadded") return text(joined(yyyymmdd, "/", "/", "", false));
    if (form == "japanese") return text(joined(yyyymmdd, "年", "月", "日"));
    if (form == "number") return std::stoll(std::string(yyyymmdd));
    if (form == "decimal") return std::stod(std::string(yyyymmdd));
    if (form == "day_early")
        return text(to_yyyymmdd(japanese_date(std::chrono::sys_days(*day) - std::chrono::days(1))));
    auto midnight = tokyo_time(*day);
    if (form == "with_time") return text(to_iso_tokyo(midnight));
    if (form == "utc") return text(in_utc(midnight));
    if (form == "unix_ms") return midnight.time_since_epoch().count();
    if (form == "unix") return midnight.time_since_epoch().count() / 1000;
    return text(yyyymmdd);
}

}
