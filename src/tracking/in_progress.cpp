#include "orderd/tracking/in_progress.hpp"

#include <algorithm>
#include <map>

namespace orderd::tracking {
namespace {

constexpr std::size_t orders_a_list = 9'000; // of ours; the list has room for others, and takes one page then

}

std::vector<span_of_days> spans_of(std::vector<std::string> days, std::size_t most)
{
    std::sort(days.begin(), days.end());
    std::vector<span_of_days> out;
    std::size_t in_last = 0;
    for (std::size_t i = 0, next = 0; i < days.size(); i = next) {
        next = static_cast<std::size_t>(std::upper_bound(days.begin(), days.end(), days[i]) - days.begin());
        if (out.empty() || in_last + next - i > most) {
            out.push_back({days[i], days[i]});
            in_last = 0;
        }
        out.back().to = days[i];
        in_last += next - i;
    }
    return out;
}

namespace {

/// Takes the orders that a list tells as in progress; what has ended according to it is asked for by itself.
void take(orders_in_progress& into, provider::listing<provider::order_summary>& listed)
{
    for (auto& item : listed.items) {
        if (provider::ended(item.status)) continue; // the server does not heed `status`
        if (!item.status.empty() && item.status != "1")
            into.odd.push_back("order " + item.code.text + " has the status \"" + item.status.substr(0, 100) + "\"");
        into.codes.insert(std::move(item.code.text));
    }
    for (auto& e : listed.unreadable) into.odd.push_back(std::move(e.why));
}

}

asio::awaitable<provider::result<orders_in_progress>> list_in_progress(provider::api& api,
                                                                       const std::vector<store::tracked_order>& ours)
{
    orders_in_progress out;
    auto& codes = out.codes;
    bool reached_all = true; // the last list
    std::function<asio::awaitable<std::optional<provider::failure>>(provider::order_filter)> add =
        [&](provider::order_filter by) -> asio::awaitable<std::optional<provider::failure>> {
        by.status = "1";
        auto listed = co_await api.list_orders(std::move(by));
        if (!listed) co_return listed.error();
        take(out, *listed);
        reached_all = !listed->beyond_reach;
        co_return std::nullopt;
    };
    const provider::order_filter all;
    if (auto failed = co_await add(all)) co_return *failed;
    if (reached_all) co_return std::move(out);

    std::vector<std::string> days; // of those that are missing
    for (const auto& order : ours)
        if (!order.opening_day.empty() && !codes.contains(order.code.text)) days.push_back(order.opening_day);
    auto spans = spans_of(days, orders_a_list);
    while (!spans.empty()) {
        auto span = std::move(spans.back());
        spans.pop_back();
        auto on_days = all;
        on_days.hope_to_start_from = span.from;
        on_days.hope_to_start_to = span.to;
        if (auto failed = co_await add(on_days)) co_return *failed;
        if (reached_all || span.from == span.to) continue;
        std::vector<std::string> within;
        for (const auto& day : days)
            if (day >= span.from && day <= span.to) within.push_back(day);
        auto half = within.size() / 2;
        auto parts = spans_of(std::move(within), half);
        if (parts.size() < 2) continue; // all of one day
        spans.insert(spans.end(), parts.begin(), parts.end());
    }

    std::map<std::string, int> cases;
    for (const auto& order : ours)
        if (!order.case_name.empty() && !codes.contains(order.code.text)) ++cases[order.case_name];
    for (const auto& [name, orders] : cases) {
        if (orders < 2) continue; // a list costs no less than the order itself
        auto of_case = all;
        of_case.case_name = name;
        if (auto failed = co_await add(of_case)) co_return *failed;
    }
    co_return std::move(out);
}

}
