#include "orderd/core/daily_window.hpp"

namespace orderd {
namespace {

using namespace std::chrono;
constexpr minutes whole_day{24 * 60};

milliseconds since_midnight(utc_time now) { return now - tokyo_time(tokyo_day(now)); }

std::optional<minutes> time_of_day(std::string_view text)
{
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    int digits[4], n = 0;
    for (char c : {text[0], text[1], text[3], text[4]}) {
        if (c < '0' || c > '9') return std::nullopt;
        digits[n++] = c - '0';
    }
    minutes at{(digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3]};
    if (digits[2] > 5 || at > whole_day) return std::nullopt;
    return at;
}

}

bool daily_window::open(utc_time now) const
{
    auto at = since_midnight(now);
    return from < to ? at >= from && at < to : at >= from || at < to;
}

milliseconds daily_window::opens_in(utc_time now) const
{
    if (open(now)) return milliseconds(0);
    auto at = since_midnight(now);
    return at < from ? from - at : whole_day - at + from;
}

std::optional<daily_window> parse_daily_window(std::string_view text)
{
    if (text.empty()) return daily_window{};
    auto dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    auto from = time_of_day(text.substr(0, dash)), to = time_of_day(text.substr(dash + 1));
    if (!from || !to || *from == *to || *from == whole_day) return std::nullopt;
    return daily_window{*from, *to};
}

}
