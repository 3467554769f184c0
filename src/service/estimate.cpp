#include "orderd/service/estimate.hpp"
#include "orderd/core/shown.hpp"

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
    if (a_minute <= 0 || o.circuit != "closed" || o.slowed_down()) return words;
    auto time = duration_words(static_cast<long>(static_cast<double>(left) / a_minute * 60), japanese);
    return words + (japanese ? "、この速さであと約" + time : ", done in about " + time + " at this pace");
}

std::string status_line(const store::overview& o, int on_the_wire, double rate_limit)
{
    auto count = [&](order_state state) {
        auto at = o.orders.find(state);
        return grouped(at == o.orders.end() ? 0 : at->second);
    };
    auto line = o.slowed_down()         ? "paused for " + duration_words(o.paused_ms / 1000) + ", as the provider asked"
                : o.circuit == "closed" ? std::string("sending")
                                        : "NOT sending (" + shown(o.circuit_why, 80) + ")";
    line += ": " + count(order_state::ready) + " ready, " + std::to_string(on_the_wire) + " on the wire, " +
            count(order_state::in_doubt) + " in doubt, " + count(order_state::accepted) + " in progress, " +
            count(order_state::held) + " held";
    if (auto left = estimate(o, rate_limit)) line += "; to send " + *left;
    return line;
}

}
