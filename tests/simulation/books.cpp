#include "books.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

namespace orderd::simulation {

bool books::world::never_ends(const order_row& o) const
{
    bool somebody_elses_lives = std::any_of(provider.book.begin(), provider.book.end(), [&](const auto& b) {
        return b.foreign && b.natural_key == o.natural_key && b.ends - b.created > std::chrono::hours(100);
    });
    if (o.state == order_state::in_doubt)
        return daemons.retry_daily && o.error_code == "4000139" && somebody_elses_lives;
    if (o.state != order_state::accepted) return false;
    if (provider.usual.hand.numbers == "words") return true;
    // One of somebody else's that lives on: see check_adopted.
    return std::any_of(provider.book.begin(), provider.book.end(),
                       [&](const auto& b) { return b.foreign && b.code == o.code; });
}

void books::check()
{
    std::map<std::string, std::set<std::uint64_t>> created; // by natural key, the requests of ours that made one
    std::map<std::string, const created_order*> by_code;
    std::set<std::string> there_at_all;
    for (const auto& b : in_.provider.book) {
        if (!b.foreign) created[b.natural_key].insert(b.request);
        there_at_all.insert(b.natural_key);
        by_code[b.code] = &b;
    }
    std::map<std::string, int> wanted;
    for (const auto& [id, o] : in_.tables.orders) ++wanted[o.natural_key];
    for (const auto& [key, requests] : created)
        if (requests.size() > static_cast<std::size_t>(wanted[key]) && !sequential(key)) {
            ++figures_.doubled;
            broken_(key + " was created " + std::to_string(requests.size()) + " times");
        }
    for (const auto& [id, o] : in_.tables.orders) {
        if (o.background) continue;
        auto name =
            "order " + std::to_string(id) + " (" + o.natural_key + ", " + std::string(orderd::name(o.state)) + ")";
        figures_.doubts += static_cast<std::uint64_t>(o.doubts);
        if (o.state == order_state::held)
            check_held(o, name);
        else if (!final(o.state) && in_.never_ends(o)) {
            if (o.state == order_state::accepted) check_adopted(o, name, by_code);
        } else if (!final(o.state)) {
            ++figures_.lost;
            broken_(name + " never came to an end; its owner is instance " + std::to_string(o.owner.value));
        } else if (o.state == order_state::refused) {
            // Refused because its line was busy: with the order of a copy of its own request, or of somebody else.
            if (!there_at_all.contains(o.natural_key)) broken_(name + " was refused though nothing stood in its way");
        } else
            check_adopted(o, name, by_code);
    }
}

void books::check_adopted(const order_row& o, const std::string& name,
                          const std::map<std::string, const created_order*>& by_code)
{
    auto there = by_code.find(o.code);
    if (there == by_code.end()) {
        ++figures_.lost;
        return broken_(name + " is not at the provider as \"" + o.code + "\"");
    }
    const auto& b = *there->second;
    if (!b.foreign && b.natural_key == o.natural_key) return;
    // Somebody else's order that agrees in everything, applied for at the same time and never seen before, cannot
    // be told from ours by anybody.
    auto noted = in_.tables.seen.find(o.code);
    auto wanted = order_of(o.request).hope_to_end_at;
    bool seen_before = noted != in_.tables.seen.end() && noted->second < o.first_submitted.value_or(o.received);
    if (b.foreign && b.natural_key == o.natural_key && in_.rivalled.contains(o.natural_key) && !seen_before &&
        b.access_key == order_of(o.request).access_key && b.customer_code == order_of(o.request).customer_code &&
        !told_by_its_name(b, order_of(o.request)) &&
        (b.hope_to_end_at == wanted || wanted_days_look_alike(in_.provider, b.hope_to_end_at, wanted)) &&
        b.status_at_end == "2") {
        ++figures_.indistinguishable;
        return;
    }
    ++figures_.adopted_wrongly;
    broken_(name + " was taken for " + b.code + (b.foreign ? ", which is somebody else's" : ", which is another one"));
}

/// Whether two orders tell themselves apart by their names, in every hand that this provider has.
bool books::told_by_its_name(const created_order& there, const created_order& ours) const
{
    return there.site_name != ours.site_name && in_.chosen.known_orders && names_are_seen(in_.provider.usual) &&
           names_are_seen(in_.provider.in_bad_weather);
}

std::vector<std::string> books::codes_in(const order_row& o, std::initializer_list<std::string_view> verdicts)
{
    std::vector<std::string> out;
    boost::system::error_code none;
    auto evidence = boost::json::parse(o.evidence.empty() ? "{}" : o.evidence, none);
    if (none || !evidence.as_object().contains("elements")) return out;
    for (const auto& e : evidence.at("elements").as_array())
        if (std::find(verdicts.begin(), verdicts.end(), e.at("verdict").as_string()) != verdicts.end())
            out.emplace_back(e.at("orderCode").as_string());
    return out;
}
bool books::is_owned(const std::string& code) const
{
    return std::any_of(in_.tables.orders.begin(), in_.tables.orders.end(),
                       [&](const auto& entry) { return entry.second.codes_ever.contains(code); });
}
const created_order& books::in_book(const std::string& code) const
{
    return *std::find_if(in_.provider.book.begin(), in_.provider.book.end(),
                         [&](const auto& b) { return b.code == code; });
}
bool books::found_when_it_had_ended(const order_row& o) const
{
    for (const auto& code : codes_in(o, {"perhaps_ours"})) {
        const auto& b = in_book(code);
        if (!b.foreign && b.natural_key == o.natural_key && b.ends <= o.held_at) return true;
    }
    return false;
}
void books::check_candidates(const order_row& o, const std::string& name)
{
    for (const auto& code : codes_in(o, {"ours", "perhaps_ours"})) {
        for (const auto& [id, other] : in_.tables.orders)
            if (other.id != o.id && other.code == code && other.accepted + 1min < o.held_at)
                broken_(name + " is held for " + code + ", which was order " + std::to_string(id) + "'s long before");
        auto noted = in_.tables.seen.find(code);
        if (noted != in_.tables.seen.end() && noted->second + 1min < o.first_submitted.value_or(o.received))
            broken_(name + " is held for " + code + ", which was there long before");
    }
}

void books::check_held(const order_row& o, const std::string& name)
{
    ++figures_.held;
    auto why = std::string(o.held_by.empty() ? "hold_asked" : o.held_by);
    ++figures_.held_by[why];
    check_candidates(o, name);
    if (why == orderd::name(order_event::control_impossible) && in_.chosen.known_orders)
        broken_(name + " is held for want of a control, though orders are known");
    if (why == orderd::name(order_event::attempts_used_up))
        for (const auto& b : in_.provider.book)
            if (o.line_busy && !b.foreign && b.natural_key == o.natural_key && b.ends > o.held_at &&
                b.created + in_.daemons.settle * 4 < o.held_at && !is_owned(b.code))
                broken_(name + " is held as not created, and is there as " + b.code);
    if (!in_.chosen.plain || !in_.daemons.within_bounds || in_.chosen.restores) return;
    if (why == orderd::name(order_event::attempts_used_up) || why == "hold_asked") return;
    if (why == orderd::name(order_event::control_impossible) && !in_.chosen.known_orders) return;
    // Two of ours that are just alike look as if one had been created late.
    if (why == orderd::name(order_event::late_creation_possible) && !in_.twins.empty()) return;
    if (in_.rivalled.contains(o.natural_key) || in_.twins.contains(o.natural_key)) return;
    if (found_when_it_had_ended(o)) return;
    if (in_.chosen.hides || in_.chosen.wrong_codes) return;
    // No known order may have shown how it tells a month.
    if (wanted_day(o.request).size() == 6 && months_are_days(in_.provider.usual)) return;
    if (in_.chosen.repeats) return; // what was created by a refused request has ended when it is looked for
    if (in_.provider.usual.hand.filters_ignored) return; // then a search that finds nothing proves nothing
    if (const auto* change = std::get_if<change_order>(&o.request);
        change && !changes_can_be_told(in_.provider.usual, change->products))
        return;
    broken_(name + " is held (" + why + ") though its doubt could be settled: " + o.evidence);
}

bool books::sequential(const std::string& key) const
{
    if (in_.daemons.within_bounds) return false;
    time_point last_end{};
    for (const auto& b : in_.provider.book) {
        if (b.natural_key != key || b.foreign) continue;
        if (b.created < last_end) return false;
        last_end = b.ends;
    }
    return true;
}

}
