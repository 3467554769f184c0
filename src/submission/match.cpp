#include "orderd/submission/match.hpp"

#include <algorithm>

namespace orderd::submission {

using namespace std::chrono_literals;

bool candidate(const provider::order_summary& listed, const store::doubtful_order& order,
               const std::set<order_code>& owned)
{
    if (listed.code.text.empty() || owned.contains(listed.code)) return false;
    if (!listed.order_type.empty() && listed.order_type != std::to_string(static_cast<int>(order.type))) return false;
    if (!listed.application_date.empty() &&
        listed.application_date < to_yyyymmdd(tokyo_day(order.submitted_at - 10min)))
        return false;
    // A change or cancel order carries no name of its own: the provider shows the site's.
    if (order.type == order_type::start && !order.customer_site_name.empty() && !listed.customer_site_name.empty() &&
        listed.customer_site_name != order.customer_site_name)
        return false;
    return true;
}

bool same_products(const provider::order_detail& detail, const store::doubtful_order& order)
{
    std::vector<std::string> codes;
    for (const auto& contract : detail.contracts) codes.push_back(contract.product_code);
    std::sort(codes.begin(), codes.end());
    return codes == order.product_codes;
}

reconciliation reconcile(const store::doubtful_order& order, const std::vector<order_code>& candidates,
                         bool settle_time_too_short, const decision_settings& settings, double uniform01)
{
    // Sent again because it was not there, and the answer was that its line has a live order: the one found came late.
    if (candidates.size() == 1)
        return {order_event::found_at_provider, {}, candidates.front(), 0, "found at the provider by its natural key",
                order.resent && order.line_busy};
    if (candidates.size() > 1) {
        std::string codes;
        for (const auto& c : candidates) codes += (codes.empty() ? "" : ", ") + c.text;
        return {order_event::several_candidates,
                {},
                {},
                0,
                "several orders at the provider could be this one: " + codes + "; decide with `orders resolve`",
                order.resent};
    }
    // The second search is a settle time after the first: a request that was still running then has ended.
    if (order.searches == 0)
        return {order_event::not_found_yet, settings.settle_time, {}, 1, "not at the provider; looking once more"};
    if (settle_time_too_short)
        return {order_event::late_creation_possible,
                {},
                {},
                0,
                "not at the provider in two searches, but it has created orders later than that; raise "
                "submission.settle_time, and decide about this one with `orders resolve`"};
    if (order.attempts >= settings.max_attempts)
        return {order_event::attempts_used_up,
                {},
                {},
                0,
                "not created at the provider, after " + std::to_string(order.attempts) + " attempts"};
    return {order_event::not_created,
            backoff(std::max(1, order.attempts), settings.backoff, uniform01),
            {},
            0,
            "not at the provider in two searches: it was not created and may be sent again"};
}

}
