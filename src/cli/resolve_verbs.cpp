#include "ask_provider.hpp"
#include "named_code.hpp"
#include "order_moves.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/submission/choices.hpp"
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

/// What the provider has that could be this order, as the daemon's own last search finds it. Where the second opinion
/// or a control is answered by an error, what the list shows is for the person to see, and proves nothing absent.
searched search(const surroundings& s, const store::doubtful_order& order)
{
    auto look = [&](bool as_last) {
        std::function<boost::asio::awaitable<searched>(asked)> question = [order, as_last](asked of) {
            return submission::search_provider(of.api, of.orders, of.controls, order, {.as_last = as_last});
        };
        return ask<searched>(s, question);
    };
    auto found = look(true);
    if (found || found.error().status == 0) return found;
    auto shown = look(false);
    if (shown && shown->unusable.empty())
        shown->unusable = "the provider cannot be asked for a second opinion: " + provider::summary(found.error());
    return shown;
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
    if (!found->not_whole.empty()) {
        provider::failure more;
        more.kind = provider::failure::what_happened::unusable;
        more.text = found->not_whole;
        return more;
    }
    // What does not tell its type or status may be live.
    std::erase_if(found->items, [&](const auto& o) {
        bool other_type = !o.order_type.empty() && order_type_from(o.order_type) != order.type;
        return provider::ended(o.status) || other_type;
    });
    return found->items;
}

/// The words in the language of the person at the terminal.
std::string said(const submission::objection& o) { return japanese() ? o.japanese : o.english; }

/// A line about the order, on standard error.
void complain(const store::found_order& order, const std::string& words)
{
    warn() << "ipoe-orderd: " << (japanese() ? "オーダ #" : "order #") << order.id.value << (japanese() ? "：" : ": ")
           << words << "\n";
}

void complain_of_search(const provider::failure& f)
{
    warn() << "ipoe-orderd: "
           << (japanese() ? "提供元を検索できません：" + provider::summary(f) + "。後でもう一度実行してください。"
                          : "the provider cannot be searched now: " + provider::summary(f) + "; try again later")
           << "\n";
}

std::string evidence_in_words(const submission::search_evidence& found)
{
    auto told = submission::tell(found);
    return shown_lines(japanese() ? told.japanese : told.english);
}

/// The story without what is told once below, what was found now, and what a person can do about it.
void show(store::session& session, const store::found_order& order, const submission::search_evidence& found,
          const submission::shown_evidence& seen)
{
    show_story(session, order.id, story_of::decision);
    say() << "\n" << laid_out{evidence_in_words(found)};
    warn() << (japanese() ? "\n次のいずれかで判断してください：\n" : "\nDecide with one of:\n");
    for (const auto& choice : submission::choices(order.id, seen, order.state))
        warn() << "  ipoe-orderd orders resolve " << choice.arguments << "\n      "
               << (japanese() ? choice.japanese : choice.english) << "\n";
    warn() << (japanese() ? "理由は --why で記録できます。\n" : "--why keeps a reason with it.\n");
}

void add_what_is_followed(submission::shown_evidence& to, const store::found_order& order)
{
    if (order.state != order_state::accepted) return;
    to.told_by_provider = !order.taken_by_person;
    to.followed_by = {order.order_code};
}

std::optional<order_event> decision_in(const resolve_arguments& a)
{
    if (a.give_up) return order_event::withdraw_asked;
    if (a.not_created) return order_event::resolved_as_not_created;
    if (a.search_again) return order_event::search_asked;
    if (a.not_ours) return order_event::resolved_as_not_ours;
    if (!a.order_code.empty()) return order_event::resolved_as_ours;
    return std::nullopt;
}

/// Moves the order; says what came of it.
int decided(store::session& session, const store::found_order& order, order_event event,
            const service::decision_of_person& by, const std::string& code = {})
{
    bool moved = cli::move_order(session, order, event, by, code);
    store::wake_submission(session);
    return moved ? all_well : some_failed;
}

/// A decision that needs no look at the provider now: the daemon looks.
int leave_to_search(store::session& session, const store::found_order& order, order_event event,
                    const resolve_arguments& a)
{
    submission::shown_evidence facts;
    add_what_is_followed(facts, order);
    auto against = submission::objection_to(event, {order.order_code}, facts);
    if (auto no = service::why_not(order, event, true); !no.empty()) {
        warn() << "ipoe-orderd: " << no << "\n";
        return some_failed;
    }
    if (!against.none() && !a.sure) {
        complain(order, said(against));
        warn() << (japanese() ? "実行する場合は --sure を付けてください。\n" : "To do that, say --sure.\n");
        return some_failed;
    }
    auto given_back = event == order_event::resolved_as_not_ours ? order_code{order.order_code} : order_code{};
    return decided(session, order, event,
                   {operator_name(), submission::decision_words("", given_back, {}, a.why), true});
}

}

int orders_resolve_verb(const surroundings& s, const resolve_arguments& a)
{
    auto session = s.open();
    auto order = named_order(*session, a.order);
    if (!order) return usage;
    auto event = decision_in(a);
    if (event == order_event::search_asked || event == order_event::resolved_as_not_ours)
        return leave_to_search(*session, *order, *event, a);
    auto wanted = store::order_to_search(*session, order->id);
    bool open = order->state == order_state::in_doubt || order->state == order_state::held || order->may_be_elsewhere;
    if (!open || !wanted) {
        complain(*order, "it is " + std::string(name(order->state)) +
                             "; only orders are resolved that are in_doubt or held, accepted and unknown_at_provider "
                             "or detail_unreadable, or refused by what may be the answer to its own second request" +
                             (order->taken_by_person ? " (--not-ours gives back what was taken for it)" : "") +
                             (order->failed_open ? " (`orders retry` searches for it before it is sent again)" : ""));
        return some_failed;
    }
    auto found = search(s, *wanted);
    auto seen = found ? submission::shown(*found, wanted->line_busy) : submission::shown("", wanted->line_busy);
    if (auto kept = store::last_evidence(*session, order->id))
        seen = submission::with_earlier(seen, submission::shown(kept->json, false), *wanted);
    seen = submission::with_facts(seen, *wanted, s.config.submission.settle_time);
    add_what_is_followed(seen, *order);
    if (!event) {
        if (!found) {
            complain_of_search(found.error());
            return unreachable;
        }
        if (s.json)
            say() << laid_out{shown_json(submission::to_json(*found))} << "\n";
        else
            show(*session, *order, *found, seen);
        return usage;
    }
    if (auto no = service::why_not(*order, *event, true); !no.empty()) {
        warn() << "ipoe-orderd: " << no << "\n";
        return some_failed;
    }
    order_code code;
    if (event == order_event::resolved_as_ours) {
        auto named = look_up_code(s, *session, a.order_code, *wanted, seen, a.sure);
        if (!named.code) {
            complain(*order, said(named.why));
            return named.exit;
        }
        code = *named.code;
    }
    auto against = submission::objection_to(*event, code, seen);
    if (!against.none() && !a.sure) {
        complain(*order, said(against));
        if (found)
            warn() << laid_out{evidence_in_words(*found)};
        else
            complain_of_search(found.error());
        warn() << (japanese() ? "それでも実行する場合は --sure を付けてください。\n"
                              : "If you know better, say --sure.\n");
        return found ? some_failed : unreachable;
    }
    service::decision_of_person by{operator_name(), submission::decision_words("", code, against, a.why), true};
    if (found) by.evidence_json = submission::to_json(*found);
    return decided(*session, *order, *event, by, code.text);
}

int orders_retry_verb(const surroundings& s, const move_arguments& a)
{
    if (a.orders.empty() || !a.filter.empty()) return orders_move_verb(s, order_event::retry_asked, a);
    return move_each(s, order_event::retry_asked, a, [&](store::session& session, const store::found_order& order) {
        auto wanted = store::order_to_search(session, order.id);
        if (a.yes || !wanted || !next(order.state, order_event::retry_asked)) return true;
        auto live = live_orders(s, *wanted);
        if (live && live->empty()) return true;
        if (live) print(table_of(*live), false);
        warn() << "ipoe-orderd: order " << order.id.value << ": "
               << (live ? "the provider has a live order for the same line or site"
                        : "the provider cannot be asked whether it has a live order already (" +
                              provider::summary(live.error()) + ")")
               << "\n";
        auto again = service::searched_before_retry(order, order_event::retry_asked)
                         ? "Search for it, and send it again where it is not there?"
                         : "Send it again all the same?";
        if (person_says_yes(again)) return true;
        warn() << "not sent; with --yes it is\n";
        return false;
    });
}

}
