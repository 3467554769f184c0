#include "orderd/service/estimate.hpp"

#include <algorithm>

namespace orderd::service {

std::string grouped(long n)
{
    auto digits = std::to_string(n < 0 ? -n : n);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return (n < 0 ? "-" : "") + digits;
}

std::string duration_words(long seconds, bool japanese)
{
    auto words = [&](long n, const char* en, const char* ja) {
        return std::to_string(n) + (japanese ? std::string(ja) : std::string(" ") + en);
    };
    auto two = [&](const std::string& large, const std::string& small) {
        return large + (japanese ? "" : " ") + small;
    };
    if (seconds < 60) return words(std::max(0L, seconds), "s", "秒");
    if (seconds < 3600) return words(seconds / 60, "min", "分");
    if (seconds < 86'400) return two(words(seconds / 3600, "h", "時間"), words(seconds % 3600 / 60, "min", "分"));
    return two(words(seconds / 86'400, "d", "日"), words(seconds % 86'400 / 3600, "h", "時間"));
}

std::optional<std::string> estimate(const store::overview& o, double rate_limit, bool japanese)
{
    long left = 0;
    for (auto state : {order_state::ready, order_state::submitting, order_state::in_doubt})
        if (auto at = o.orders.find(state); at != o.orders.end()) left += at->second;
    if (left == 0) return std::nullopt;
    auto words = grouped(left) + (japanese ? "件" : " orders");
    auto a_minute = o.accepted_per_minute;
    if (rate_limit > 0) a_minute = a_minute > 0 ? std::min(a_minute, rate_limit * 60) : rate_limit * 60;
    if (a_minute <= 0 || o.circuit != "closed") return words;
    auto time = duration_words(static_cast<long>(static_cast<double>(left) / a_minute * 60), japanese);
    return words + (japanese ? "、この速さであと約" + time : ", done in about " + time + " at this pace");
}

}
