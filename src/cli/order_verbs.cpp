#include "named_batch.hpp"
#include "order_moves.hpp"
#include "orderd/core/text.hpp"
#include "orderd/submission/resolution.hpp"
#include "orderd/validation/rules.hpp"
#include "progress.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

namespace orderd::cli {
namespace {

bool valid_day(const std::string& day) // YYYY-MM-DD
{
    return day.size() == 10 && day[4] == '-' && day[7] == '-' &&
           parse_yyyymmdd(day.substr(0, 4) + day.substr(5, 2) + day.substr(8)).has_value();
}

}

std::optional<store::found_order> named_order(store::session& session, const std::string& word)
{
    auto found = store::find_orders(session, word);
    if (found.size() == 1) return found.front();
    if (found.empty()) {
        warn() << "ipoe-orderd: there is no order \"" << word
               << "\" (neither number, nor request_key, nor order code, nor a requestId of the provider)\n";
        return std::nullopt;
    }
    warn() << "ipoe-orderd: \"" << word << "\" may be " << found.size() << " orders; nothing was done with it:\n";
    print_orders(store::names_of_orders(session, found), false, warn());
    warn() << "name the one that is meant by its number, in quotation marks: '#" << found.front().id.value
           << "' (in a shell, # without them begins a comment)\n";
    return std::nullopt;
}

void print_orders(store::table orders, bool json, terminal& to)
{
    for (std::size_t i = 0; i < orders.columns.size() && !json; ++i)
        if (orders.columns[i] == "id")
            for (auto& row : orders.rows) row[i] = "#" + row[i].value_or("");
    print(orders, json, to);
}

bool move_order(store::session& session, const store::found_order& order, order_event event,
                const service::decision_of_person& by, const std::string& code)
{
    auto outcome = service::move_order(session, order, event, by, code);
    (outcome.moved ? say() : warn() << "ipoe-orderd: ") << outcome.words << "\n";
    return outcome.moved;
}

int check_filter(const store::order_filter& filter)
{
    if (filter.state && !order_state_from(*filter.state)) {
        std::vector<std::string> names;
        for (int state = 0; state <= static_cast<int>(order_state::withdrawn); ++state)
            names.emplace_back(name(static_cast<order_state>(state)));
        warn() << "ipoe-orderd: there is no state \"" << *filter.state << "\"; there are " << join(names, ", ") << "\n";
        return usage;
    }
    for (const auto& day : {filter.since, filter.until})
        if (day && !valid_day(*day)) {
            warn() << "ipoe-orderd: \"" << *day << "\" is not a day; write it as 2027-03-01\n";
            return usage;
        }
    return all_well;
}

int orders_list_verb(const surroundings& s, const store::order_filter& filter)
{
    if (int wrong = check_filter(filter); wrong != all_well) return wrong;
    auto session = s.open();
    if (filter.batch && !known_batch(*session, *filter.batch)) return usage;
    print_orders(store::order_list(*session, filter), s.json);
    return all_well;
}

void show_story(store::session& session, order_id id, story_of which)
{
    bool for_decision = which == story_of::decision;
    auto line = store::order_line(session, id);
    auto events = store::order_events(session, id);
    for (std::size_t i = 0; i < line.columns.size(); ++i) {
        if (!line.rows[0][i] || *line.rows[0][i] == "[]" || (for_decision && line.columns[i] == "error_message"))
            continue;
        say() << line.columns[i] << std::string(20 - std::min<std::size_t>(19, line.columns[i].size()), ' ')
              << (line.columns[i] == "id" ? "#" : "") << *line.rows[0][i] << "\n";
    }
    say() << "\n";
    for (const auto& e : events.rows) {
        say() << *e[0] << "  " << e[1].value_or("") << (e[1] ? " -> " : "") << e[2].value_or("") << "  ("
              << e[3].value_or("") << ")";
        if (e[5]) say() << "  attempt " << *e[5];
        if (e[6]) say() << "  HTTP " << *e[6];
        if (e[7]) say() << "  requestId " << *e[7];
        if (e[11]) say() << "  by " << *e[11];
        say() << "\n";
        if (e[4]) say() << "    " << *e[4] << "\n";
        if (e[8]) say() << "    the provider said: " << *e[8] << "\n";
        if (e[9]) say() << "    the answer, as it came: " << *e[9] << "\n";
        if (e[12] && !for_decision) say() << laid_out{indented(submission::evidence_words(*e[12], japanese()))};
    }
}

int orders_show_verb(const surroundings& s, const std::string& word)
{
    auto session = s.open();
    auto order = named_order(*session, word);
    if (!order) return usage;
    if (s.json) {
        print(store::order_line(*session, order->id), true);
        print(store::order_events(*session, order->id), true);
        return all_well;
    }
    show_story(*session, order->id, story_of::order);
    return all_well;
}

int move_each(const surroundings& s, order_event event, const move_arguments& a, const may_move& may)
{
    auto session = s.open();
    int worst = all_well;
    std::vector<store::found_order> orders;
    for (const auto& word : a.orders) {
        if (auto order = named_order(*session, word))
            orders.push_back(std::move(*order));
        else
            worst = usage;
    }
    if (worst != all_well) {
        if (a.orders.size() > 1) warn() << "ipoe-orderd: nothing was done with the others either\n";
        return worst;
    }
    for (const auto& order : orders)
        if (!may(*session, order) || !move_order(*session, order, event, {operator_name(), a.why}))
            worst = std::max<int>(worst, some_failed);
    store::wake_submission(*session);
    return worst;
}

namespace {

std::string states_words(const std::vector<store::state_count>& counts)
{
    std::string out;
    for (const auto& c : counts)
        out += (out.empty() ? "" : ", ") + std::to_string(c.count) + " " + std::string(name(c.state));
    return out;
}

/// What of it `event` can be asked for, by state alone; a filter without a state means these.
long movable(const std::vector<store::state_count>& counts, order_event event)
{
    long sum = 0;
    for (const auto& c : counts) {
        store::found_order one{{}, 0, c.state, {}, {}};
        if (service::why_not(one, event).empty()) sum += c.count - c.must_be_resolved;
        one.must_be_resolved = true;
        if (service::why_not(one, event).empty()) sum += c.must_be_resolved;
    }
    return sum;
}

/// Those that may exist at the provider, where `event` is not for them.
long only_for_resolve(const std::vector<store::state_count>& counts, order_event event)
{
    if (event != order_event::release_asked && event != order_event::withdraw_asked) return 0;
    long sum = 0;
    for (const auto& c : counts) sum += c.state == order_state::in_doubt ? c.count : c.must_be_resolved;
    return sum;
}

void point_to_resolve(long many)
{
    if (many > 0)
        warn() << many
               << " of them may exist at the provider: `orders search-again` has held ones searched for again, `orders "
                  "resolve` shows what was found of each and decides\n";
}

/// The first five that the verb can move.
std::vector<store::found_order> examples(store::session& session, order_event event, const store::order_filter& filter)
{
    constexpr int at_once = 500;
    std::vector<store::found_order> out;
    order_id after{0};
    while (true) {
        auto group = store::orders_matching(session, filter, after, at_once);
        for (auto& order : group)
            if (service::why_not(order, event).empty() && out.size() < 5) out.push_back(order);
        if (group.empty() || out.size() == 5) return out;
        after = group.back().id;
    }
}

/// What a filter matches, shown before anything is done with it; whether to go on.
bool agreed(store::session& session, order_event event, const move_arguments& a,
            const std::vector<store::state_count>& counts, long many)
{
    warn() << "matching: " << (counts.empty() ? "none" : states_words(counts)) << "\n";
    point_to_resolve(only_for_resolve(counts, event));
    if (many == 0) {
        warn() << "none of them can be moved by this verb\n";
        return false;
    }
    warn() << "for example:\n";
    print_orders(store::names_of_orders(session, examples(session, event, a.filter)), false, warn());
    std::string question =
        "`" + std::string(name(event)) + "` for " + std::to_string(many) + (many == 1 ? " order?" : " orders?");
    if (a.yes || person_says_yes(question)) return true;
    warn() << "nothing was done; with --yes it is\n";
    return false;
}

}

int orders_bulk_verb(const surroundings& s, order_event event, const move_arguments& a)
{
    if (int wrong = check_filter(a.filter); wrong != all_well) return wrong;
    auto session = s.open();
    if (a.filter.batch && !known_batch(*session, *a.filter.batch)) return usage;
    auto counts = store::count_matching(*session, a.filter);
    auto many = movable(counts, event);
    if (!agreed(*session, event, a, counts, many)) return many == 0 ? all_well : some_failed;
    service::bulk_outcome out;
    {
        progress_bar progress(std::string(name(event)));
        out = service::move_matching(*session, a.filter, event, {operator_name(), a.why}, [&](long done) {
            progress.show(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(std::max(done, many)),
                          std::to_string(done) + " orders");
        });
    }
    store::wake_submission(*session);
    if (s.json)
        say() << json_text(boost::json::object{{"moved", out.moved}, {"left", out.left}}) << "\n";
    else
        say() << out.moved << " orders moved" << (out.left ? ", " + std::to_string(out.left) + " left as they are" : "")
              << (out.for_resolve ? ", " + std::to_string(out.for_resolve) + " of these for `orders resolve`" : "")
              << "\n";
    return out.moved < many ? some_failed : all_well;
}

int orders_move_verb(const surroundings& s, order_event event, const move_arguments& a)
{
    if (a.orders.empty() == a.filter.empty()) {
        warn() << "ipoe-orderd: name orders, or say which by --state, --batch, --line, --site, --error, --since, "
                  "--until or --text (an order's number in quotation marks, '#17': in a shell, # without them begins "
                  "a comment)\n";
        return usage;
    }
    if (a.orders.empty()) return orders_bulk_verb(s, event, a);
    return move_each(s, event, a, [](store::session&, const store::found_order&) { return true; });
}

int rules_verb(bool json, bool markdown)
{
    if (markdown) {
        say() << laid_out{validation::rules_document()};
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
        say() << r.id << "  " << name(r.level) << (r.adjustable ? "" : " (fixed)") << "  " << r.orders
              << (r.fields.empty() ? "" : ": ") << (r.fields == "*" ? "any column" : r.fields) << "\n    "
              << filled(r.japanese, gaps) << "\n    " << filled(r.english, gaps) << "\n    source: " << r.source
              << "\n";
    return all_well;
}

}
