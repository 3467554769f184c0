#include "ask_provider.hpp"
#include "order_moves.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/submission/reconciler.hpp"

#include <algorithm>
#include <iostream>

namespace orderd::cli {
namespace {

using candidates = provider::result<std::vector<provider::order_summary>>;

store::table table_of(const std::vector<provider::order_summary>& found)
{
    store::table t{{"order_code", "status", "application_date", "customer_site_code", "customer_site_name",
                    "hope_to_start_at", "hope_to_end_at"},
                   {}};
    for (const auto& c : found)
        t.rows.push_back({c.code.text, c.status, c.application_date, c.customer_site_code, c.customer_site_name,
                          c.hope_to_start_at, c.hope_to_end_at});
    return t;
}

/// The orders at the provider that could be this one, as the daemon's own search finds them.
candidates search(const surroundings& s, const store::doubtful_order& order)
{
    std::function<boost::asio::awaitable<candidates>(asked)> question = [order](asked of) {
        return submission::find_candidates(of.api, of.orders, order);
    };
    return ask<candidates>(s, question);
}

/// Orders in progress there for the same line or site.
candidates live_orders(const surroundings& s, const store::doubtful_order& order)
{
    provider::order_filter by;
    by.order_type = std::to_string(static_cast<int>(order.type));
    by.status = "1";
    if (order.type == order_type::start) by.line_id = order.line_id;
    by.customer_site_code = order.customer_site_code;
    using listed = provider::result<provider::listing<provider::order_summary>>;
    std::function<boost::asio::awaitable<listed>(asked)> question = [by](asked of) { return of.api.list_orders(by); };
    auto found = ask<listed>(s, question);
    if (!found) return found.error();
    return found->items;
}

/// Why the decision does not fit what the provider has; "" when it does.
std::string doubt_about(const resolve_arguments& a, const candidates& found)
{
    if (!found) return "the provider cannot be asked now (" + provider::summary(found.error()) + ")";
    auto has = [&](const std::string& code) {
        return std::any_of(found->begin(), found->end(), [&](const auto& c) { return c.code.text == code; });
    };
    if (!a.order_code.empty() && !has(a.order_code))
        return "the provider shows no order " + a.order_code + " that could be this one";
    if (a.not_created && !found->empty())
        return "the provider has " + std::to_string(found->size()) +
               " that could be this one; sent again, it may be there twice";
    if (a.give_up && !found->empty())
        return "the provider has " + std::to_string(found->size()) +
               " that could be this one; given up here, nobody follows it, and it is charged";
    return {};
}

}

int orders_resolve_verb(const surroundings& s, const resolve_arguments& a)
{
    auto session = s.open();
    auto order = named_order(*session, a.order);
    if (!order) return usage;
    if (order->state != order_state::in_doubt && order->state != order_state::held) {
        std::cerr << "ipoe-orderd: order " << order->id.value << " is " << name(order->state)
                  << "; only orders in_doubt or held are resolved\n";
        return some_failed;
    }
    bool decided = !a.order_code.empty() || a.not_created || a.give_up;
    if (!decided && !s.json) orders_show_verb(s, a.order);
    auto wanted = store::order_to_search(*session, order->id);
    auto found = wanted ? search(s, *wanted) : candidates(std::vector<provider::order_summary>{});
    if (!decided) {
        if (found) {
            if (!s.json)
                std::cout << "\nat the provider, not owned by any order here: "
                          << (found->empty() ? "none that could be this one" : "") << "\n";
            if (s.json || !found->empty()) print(table_of(*found), s.json);
        } else
            std::cerr << "ipoe-orderd: the provider cannot be searched now: " << provider::summary(found.error())
                      << "\n";
        std::cerr << "\nDecide: --order-code CODE (it is this order at the provider), --not-created (send it again) or "
                     "--give-up\n";
        return found ? usage : unreachable;
    }
    if (auto doubt = doubt_about(a, found); !doubt.empty() && !a.sure) {
        std::cerr << "ipoe-orderd: order " << order->id.value << ": " << doubt << "\n";
        if (found && !found->empty()) print(table_of(*found), false);
        std::cerr << "If you know better, say --sure.\n";
        return found ? some_failed : unreachable;
    }
    auto event = a.give_up       ? order_event::withdraw_asked
                 : a.not_created ? order_event::resolved_as_not_created
                                 : order_event::resolved_as_ours;
    bool moved = move_order(*session, *order, event, {operator_name(), a.why, true}, a.order_code);
    store::wake_submission(*session);
    return moved ? all_well : some_failed;
}

int orders_retry_verb(const surroundings& s, const move_arguments& a)
{
    if (a.orders.empty()) return orders_move_verb(s, order_event::retry_asked, a);
    return move_each(s, order_event::retry_asked, a, [&](store::session& session, const store::found_order& order) {
        auto wanted = store::order_to_search(session, order.id);
        if (a.yes || !wanted || !next(order.state, order_event::retry_asked)) return true;
        auto live = live_orders(s, *wanted);
        if (live && live->empty()) return true;
        if (live) print(table_of(*live), false);
        std::cerr << "ipoe-orderd: order " << order.id.value << ": "
                  << (live ? "the provider has a live order for the same line or site"
                           : "the provider cannot be asked whether it has a live order already (" +
                                 provider::summary(live.error()) + ")")
                  << "\n";
        if (person_says_yes("Send it again all the same?")) return true;
        std::cerr << "not sent; with --yes it is\n";
        return false;
    });
}

}
