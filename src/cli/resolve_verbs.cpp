#include "ask_provider.hpp"
#include "order_moves.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/submission/reconcile.hpp"
#include "orderd/submission/resolution.hpp"

#include <iostream>

namespace orderd::cli {
namespace {

using searched = provider::result<submission::search_evidence>;

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

/// What the provider has that could be this order, as the daemon's own search finds it.
searched search(const surroundings& s, const store::doubtful_order& order)
{
    std::function<boost::asio::awaitable<searched>(asked)> question = [order](asked of) {
        return submission::search_provider(of.api, of.orders, of.controls, order);
    };
    return ask<searched>(s, question);
}

/// Orders in progress there for the same line or site.
provider::result<std::vector<provider::order_summary>> live_orders(const surroundings& s,
                                                                   const store::doubtful_order& order)
{
    auto by = provider::filter_by(order.type, line_or_site(order.request));
    using listed = provider::result<provider::listing<provider::order_summary>>;
    std::function<boost::asio::awaitable<listed>(asked)> question = [by](asked of) { return of.api.list_orders(by); };
    auto found = ask<listed>(s, question);
    if (!found) return found.error();
    // What does not tell its type or status may be live.
    std::erase_if(found->items, [&](const auto& o) {
        bool other_type = !o.order_type.empty() && order_type_from(o.order_type) != order.type;
        return provider::ended(o.status) || other_type;
    });
    return found->items;
}

/// What was found, and the three things a person can do about it.
void show(const store::found_order& order, const searched& found)
{
    auto number = "'#" + std::to_string(order.id.value) + "'";
    auto told = submission::tell(*found);
    std::cout << "\n" << (japanese() ? told.japanese : told.english);
    std::vector<order_code> codes = submission::shown(*found, false).may_be_ours;
    auto code = codes.empty() ? std::string("CODE") : codes.front().text;
    std::cerr << (japanese() ? "\n次のいずれかで判断してください：\n" : "\nDecide with one of:\n")
              << "  ipoe-orderd orders resolve " << number << " --order-code " << code
              << (japanese() ? "   提供元のそのオーダがこのオーダである。以後その進捗を追います。\n"
                             : "   it is that order at the provider; it is followed from now on\n")
              << "  ipoe-orderd orders resolve " << number << " --not-created"
              << (japanese() ? "   提供元に存在しない。再送します。\n"
                             : "   the provider does not have it; it is sent again\n")
              << "  ipoe-orderd orders resolve " << number << " --give-up"
              << (japanese() ? "   取り下げる。送信せず、追跡もしません。\n"
                             : "   it is not sent and not followed any more\n")
              << (japanese() ? "検索結果に反する判断には --sure が必要です。理由は --why で記録できます。\n"
                             : "A decision against what was found needs --sure; --why keeps a reason with it.\n");
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
    auto found = wanted ? search(s, *wanted) : searched(submission::search_evidence{});
    if (!decided) {
        if (!found) {
            std::cerr << "ipoe-orderd: the provider cannot be searched now: " << provider::summary(found.error())
                      << "; try again later\n";
            return unreachable;
        }
        if (s.json)
            std::cout << submission::to_json(*found) << "\n";
        else
            show(*order, found);
        return usage;
    }
    auto event = a.give_up       ? order_event::withdraw_asked
                 : a.not_created ? order_event::resolved_as_not_created
                                 : order_event::resolved_as_ours;
    bool line_busy = wanted && wanted->line_busy;
    auto seen = found ? submission::shown(*found, line_busy) : submission::shown("", line_busy);
    if (wanted) seen = submission::with_facts(seen, *wanted, s.config.submission.settle_time);
    if (auto against = submission::objection_to(event, {a.order_code}, seen); !against.english.empty() && !a.sure) {
        std::cerr << "ipoe-orderd: order " << order->id.value << ": "
                  << (japanese() ? against.japanese : against.english) << "\n";
        if (found) {
            auto told = submission::tell(*found);
            std::cerr << (japanese() ? told.japanese : told.english);
        } else
            std::cerr << "the provider cannot be searched now: " << provider::summary(found.error()) << "\n";
        std::cerr << (japanese() ? "それでも実行する場合は --sure を付けてください。\n"
                                 : "If you know better, say --sure.\n");
        return found ? some_failed : unreachable;
    }
    service::decision_of_person by{operator_name(), a.why, true};
    if (found) by.evidence_json = submission::to_json(*found);
    bool moved = cli::move_order(*session, *order, event, by, a.order_code);
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
