#include "orderd/service/person_moves.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/store/overview.hpp"

#include <set>

namespace orderd::service {
namespace {

constexpr int at_once = 500;

store::order_move move_for(const store::found_order& order, order_event event, const decision_of_person& by,
                           const std::string& code)
{
    if (searched_before_retry(order, event)) event = order_event::retry_after_search;
    store::order_move m;
    m.id = order.id;
    m.revision = order.revision;
    m.from = order.state;
    m.event = event;
    m.why = by.why;
    m.evidence_json = by.evidence_json;
    m.code = {code};
    if (!code.empty()) m.provider_status = "1";
    bool gives_back = event == order_event::resolved_as_not_ours || event == order_event::search_asked ||
                      event == order_event::retry_after_search;
    if (gives_back) m.code = {order.order_code}; // the story keeps what was given back
    // A batch that goes on keeps its times: an order with a later submit_after is not due.
    auto to = next(order.state, event);
    if (to == order_state::in_doubt || (to == order_state::ready && event != order_event::batch_resumed))
        m.delay = store::milliseconds(0);
    return m;
}

std::string refusal(const store::found_order& order, const std::string& what, const std::string& code)
{
    auto number = "order #" + std::to_string(order.id.value);
    if (what.find("order_live_natural_key") != what.npos)
        return number + ": another live order exists for the same line or site; it must end first";
    if (what.find("order_code") != what.npos)
        return number + ": the order code " + code + " belongs to another order here";
    return number + ": " + what;
}

/// Events that lead past a look at the provider, and are not for an order that may exist there.
bool decides_blindly(order_event event)
{
    return event == order_event::withdraw_asked || event == order_event::release_asked ||
           event == order_event::batch_resumed;
}

/// Moves a group in one statement; where that is refused because of one of them, one by one.
bulk_outcome move_group(store::session& s, const std::vector<store::found_order>& group, order_event event,
                        const decision_of_person& by)
{
    std::vector<store::order_move> moves;
    for (const auto& order : group)
        if (why_not(order, event).empty()) moves.push_back(move_for(order, event, by, {}));
    bulk_outcome out;
    try {
        out.moved = static_cast<long>(store::move_orders(s, moves, {}, by.operator_name).size());
    } catch (const store::statement_failed&) {
        for (const auto& order : group) out.moved += move_order(s, order, event, by).moved;
    }
    out.left = static_cast<long>(group.size()) - out.moved;
    for (const auto& order : group)
        out.for_resolve += decides_blindly(event) && (order.must_be_resolved || order.state == order_state::in_doubt);
    return out;
}

/// Moves what `find(after)` gives, until it gives nothing.
bulk_outcome move_all(store::session& s, order_event event, const decision_of_person& by,
                      const std::function<std::vector<store::found_order>(order_id after)>& find,
                      const std::function<void(long)>& tell)
{
    bulk_outcome out;
    order_id after{0};
    while (true) {
        auto group = find(after);
        if (group.empty()) return out;
        after = group.back().id;
        auto moved = move_group(s, group, event, by);
        out.moved += moved.moved;
        out.left += moved.left;
        out.for_resolve += moved.for_resolve;
        if (tell) tell(out.moved + out.left);
    }
}

}

bool searched_before_retry(const store::found_order& order, order_event event)
{
    bool open = (order.state == order_state::refused && order.may_be_elsewhere) || order.failed_open;
    return event == order_event::retry_asked && open;
}

std::string why_not(const store::found_order& order, order_event event, bool resolves)
{
    auto number = "order #" + std::to_string(order.id.value);
    bool doubtful = order.state == order_state::in_doubt || order.must_be_resolved;
    if (doubtful && decides_blindly(event) && !resolves)
        return number + " may exist at the provider; decide with `orders resolve`";
    if (event == order_event::retry_asked && order.details_gone)
        return number +
               ": its values were deleted by database.keep_details; hand the row in again under a new request_key";
    if (event == order_event::search_asked && order.state == order_state::held && !order.must_be_resolved)
        return number +
               " is held for another reason than that it may exist at the provider; `orders release` lets it go";
    bool taken = order.state == order_state::accepted && order.taken_by_person;
    if (event == order_event::resolved_as_not_ours && order.state == order_state::accepted && !taken &&
        !order.may_be_elsewhere)
        return number + " has its order code from the provider, which knows it; only what a person took for it can be "
                        "given back";
    bool found_or_refused = order.state == order_state::accepted || order.state == order_state::refused;
    bool looked_for = event == order_event::resolved_as_ours || event == order_event::search_asked;
    if (found_or_refused && looked_for && !order.may_be_elsewhere)
        return number + " is " + std::string(name(order.state)) +
               "; it is looked for only where the provider does not know its order code (unknown_at_provider), "
               "tells nothing readable of it (detail_unreadable), or refused it by what may be the answer to its own "
               "second "
               "request (4000139 …)";
    if (found_or_refused && looked_for && !resolves) return number + " is looked for by `orders resolve`";
    if (next(order.state, event)) return {};
    std::string from;
    for (const auto& t : transitions())
        if (t.event == event) from += (from.empty() ? "" : ", ") + std::string(name(t.from));
    return number + " is " + std::string(name(order.state)) + "; this can only be done in: " + from;
}

move_outcome move_order(store::session& s, const store::found_order& order, order_event event,
                        const decision_of_person& by, const std::string& code)
{
    if (auto no = why_not(order, event, by.resolves); !no.empty()) return {false, no};
    auto move = move_for(order, event, by, code);
    try {
        if (store::move_orders(s, {move}, {}, by.operator_name).empty())
            return {false, "order #" + std::to_string(order.id.value) + " changed in the meantime; look at it again"};
    } catch (const store::statement_failed& e) {
        return {false, refusal(order, e.what(), code)};
    }
    return {true, "order #" + std::to_string(order.id.value) + " (" + order.request_key + "): " +
                      std::string(name(order.state)) + " -> " + std::string(name(*next(move.from, move.event)))};
}

bulk_outcome move_matching(store::session& s, const store::order_filter& filter, order_event event,
                           const decision_of_person& by, const std::function<void(long)>& tell)
{
    auto find = [&](order_id after) { return store::orders_matching(s, filter, after, at_once); };
    return move_all(s, event, by, find, tell);
}

bool pause_batch(store::session& s, const std::string& batch, const std::string& operator_name,
                 const std::function<void(long)>& tell)
{
    // From here on nothing of it is claimed; holding what is ready only makes that visible order by order.
    if (!store::set_paused(s, batch, true, operator_name)) return false;
    store::order_filter ready;
    ready.batch = batch;
    ready.state = std::string(name(order_state::ready));
    move_matching(s, ready, order_event::batch_paused, {operator_name, "its batch is paused"}, tell);
    return true;
}

bool resume_batch(store::session& s, const std::string& batch, const std::string& operator_name,
                  const std::function<void(long)>& tell)
{
    if (!store::set_paused(s, batch, false, operator_name)) return false;
    store::batch_choice choice;
    choice.name = batch;
    auto found = store::batch_overviews(s, choice);
    if (found.empty()) return false;
    auto id = found.front().id.value;
    auto find = [&](order_id after) { return store::held_by_pause(s, id, after, at_once); };
    move_all(s, order_event::batch_resumed, {operator_name, "its batch goes on"}, find, tell);
    store::wake_submission(s);
    return true;
}

}
