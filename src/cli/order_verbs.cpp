#include "order_moves.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/validation/rules.hpp"

#include <boost/json.hpp>
#include <iostream>

namespace orderd::cli {

std::optional<store::found_order> named_order(store::session& session, const std::string& word)
{
    auto found = store::find_order(session, word);
    if (!found)
        std::cerr << "ipoe-orderd: there is no order \"" << word
                  << "\" (neither number, nor request_key, nor order code)\n";
    return found;
}

bool move_order(store::session& session, const store::found_order& order, order_event event, const std::string& why,
                const std::string& code)
{
    auto target = next(order.state, event);
    if (!target) {
        std::string from;
        for (const auto& t : transitions())
            if (t.event == event) from += (from.empty() ? "" : ", ") + std::string(name(t.from));
        std::cerr << "ipoe-orderd: order " << order.id.value << " is " << name(order.state)
                  << "; this can only be done in: " << from << "\n";
        return false;
    }
    store::order_move m;
    m.id = order.id;
    m.revision = order.revision;
    m.from = order.state;
    m.event = event;
    m.why = why;
    m.code = {code};
    if (!code.empty()) m.provider_status = "1";
    if (*target == order_state::ready) m.delay = store::milliseconds(0);
    try {
        if (store::move_orders(session, {m}, {}, operator_name()).empty()) {
            std::cerr << "ipoe-orderd: order " << order.id.value << " changed in the meantime; look at it again\n";
            return false;
        }
    } catch (const store::statement_failed& e) {
        std::string what = e.what();
        if (what.find("order_live_natural_key") != what.npos)
            std::cerr << "ipoe-orderd: order " << order.id.value
                      << ": another live order exists for the same line or site; it must end first\n";
        else if (what.find("order_code") != what.npos)
            std::cerr << "ipoe-orderd: order " << order.id.value << ": the order code " << code
                      << " belongs to another order here\n";
        else
            std::cerr << "ipoe-orderd: order " << order.id.value << ": " << what << "\n";
        return false;
    }
    std::cout << "order " << order.id.value << " (" << order.request_key << "): " << name(order.state) << " -> "
              << name(*target) << "\n";
    return true;
}

int orders_list_verb(const surroundings& s, const store::order_filter& filter)
{
    if (filter.state && !order_state_from(*filter.state)) {
        std::cerr << "ipoe-orderd: there is no state \"" << *filter.state << "\"; the README lists them\n";
        return usage;
    }
    auto session = s.open();
    print(store::order_list(*session, filter), s.json);
    return all_well;
}

int orders_show_verb(const surroundings& s, const std::string& word)
{
    auto session = s.open();
    auto order = named_order(*session, word);
    if (!order) return usage;
    auto line = store::order_line(*session, order->id);
    auto events = store::order_events(*session, order->id);
    if (s.json) {
        print(line, true);
        print(events, true);
        return all_well;
    }
    for (std::size_t i = 0; i < line.columns.size(); ++i)
        if (line.rows[0][i] && *line.rows[0][i] != "[]")
            std::cout << line.columns[i] << std::string(20 - std::min<std::size_t>(19, line.columns[i].size()), ' ')
                      << *line.rows[0][i] << "\n";
    std::cout << "\n";
    for (const auto& e : events.rows) {
        std::cout << *e[0] << "  " << e[1].value_or("") << (e[1] ? " -> " : "") << e[2].value_or("") << "  ("
                  << e[3].value_or("") << ")";
        if (e[5]) std::cout << "  attempt " << *e[5];
        if (e[6]) std::cout << "  HTTP " << *e[6];
        if (e[7]) std::cout << "  requestId " << *e[7];
        if (e[11]) std::cout << "  by " << *e[11];
        std::cout << "\n";
        if (e[4]) std::cout << "    " << *e[4] << "\n";
        if (e[8]) std::cout << "    the provider said: " << *e[8] << "\n";
        if (e[9]) std::cout << "    the answer, as it came: " << *e[9] << "\n";
    }
    return all_well;
}

int move_each(const surroundings& s, order_event event, const move_arguments& a, const may_move& may)
{
    auto session = s.open();
    int worst = all_well;
    for (const auto& word : a.orders) {
        auto order = named_order(*session, word);
        if (!order)
            worst = usage;
        else if (!may(*session, *order) || !move_order(*session, *order, event, a.why))
            worst = std::max<int>(worst, some_failed);
    }
    return worst;
}

int orders_move_verb(const surroundings& s, order_event event, const move_arguments& a)
{
    return move_each(s, event, a, [event](store::session&, const store::found_order& order) {
        bool doubtful = order.state == order_state::in_doubt || order.must_be_resolved;
        if (!doubtful || (event != order_event::withdraw_asked && event != order_event::release_asked)) return true;
        std::cerr << "ipoe-orderd: order " << order.id.value
                  << " may exist at the provider; decide with `orders resolve`\n";
        return false;
    });
}

int rules_verb(bool json, bool markdown)
{
    if (markdown) {
        std::cout << validation::rules_document();
        return all_well;
    }
    if (json) {
        store::table t{{"rule", "severity", "adjustable", "columns", "orders", "message_ja", "message_en", "source"},
                       {}};
        for (const auto& r : validation::rules())
            t.rows.push_back({std::string(r.id), std::string(name(r.level)), r.adjustable ? "yes" : "no",
                              std::string(r.fields), std::string(r.orders), std::string(r.japanese),
                              std::string(r.english), std::string(r.source)});
        print(t, true);
        return all_well;
    }
    const std::vector<std::string> gaps(10, "…");
    for (const auto& r : validation::rules())
        std::cout << r.id << "  " << name(r.level) << (r.adjustable ? "" : " (fixed)") << "  " << r.orders
                  << (r.fields.empty() ? "" : ": ") << (r.fields == "*" ? "any column" : r.fields) << "\n    "
                  << filled(r.japanese, gaps) << "\n    " << filled(r.english, gaps) << "\n    source: " << r.source
                  << "\n";
    return all_well;
}

}
