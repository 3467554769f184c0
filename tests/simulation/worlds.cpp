#include "worlds.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>

namespace orderd::simulation {
namespace {

using forms = std::initializer_list<std::string_view>;

std::string any_of(scheduler& world, const forms& all)
{
    return std::string(*(all.begin() + world.below(static_cast<int>(all.size()))));
}
std::string any_but(scheduler& world, const forms& all, const forms& without)
{
    while (true) {
        auto one = any_of(world, all);
        if (std::find(without.begin(), without.end(), one) == without.end()) return one;
    }
}

/// A hand that can be read for sure.
simulator::handwriting plain_hand(scheduler& world)
{
    using namespace simulator;
    handwriting h;
    if (world.chance(0.2)) return h; // the document's own
    h.days = any_but(world, day_forms(), {"absent", "words", "day_early"});
    h.names = any_but(world, name_forms(), {"other"});
    h.numbers = any_but(world, number_forms(), {"words"});
    static const forms lists{"array", "orders", "order", "result", "data", "items", "with_total"};
    h.list_envelope = any_of(world, lists);
    static const forms nones{"list", "4000137", "404"};
    h.none_as = any_of(world, nones);
    if (world.chance(0.3)) h.limit_cap = 1 + world.below(4);
    h.filters_ignored = world.chance(0.05);
    return h;
}

/// Any hand at all.
simulator::handwriting wild_hand(scheduler& world)
{
    using namespace simulator;
    auto h = plain_hand(world);
    if (world.chance(0.4)) h.days = any_of(world, day_forms());
    if (world.chance(0.4)) h.names = any_of(world, name_forms());
    if (world.chance(0.2)) h.numbers = any_of(world, number_forms());
    if (world.chance(0.2)) h.list_envelope = any_of(world, envelope_forms());
    static const forms contracts{"ordered", "none", "site"};
    h.detail_contracts = any_of(world, contracts);
    h.filters_ignored = world.chance(0.1);
    return h;
}

}

void choose_hand(scheduler& world, memory_provider& there, world_choices& c)
{
    c.plain = world.chance(0.6);
    static const forms told{"order", "product", "none"};
    auto& m = there.usual;
    m.hand = c.plain ? plain_hand(world) : wild_hand(world);
    m.change_type_told = c.plain ? (world.chance(0.5) ? "order" : "product") : any_of(world, told);
    m.offset_base = world.below(2);
    if (!c.plain) {
        m.list_tells_one_type = world.chance(0.1);
        m.all_tell_one_type = world.chance(0.05);
        if (m.hand.filters_ignored && world.chance(0.5)) {
            m.only_first_page = true;
            m.hand.limit_cap = 3 + world.below(20);
        }
        m.hides_details_of_others = world.chance(0.2);
        static const forms members{"customerSiteName", "hopeToStartAt", "hopeToEndAt"};
        if (world.chance(0.2)) m.object_member = any_of(world, members);
        static const forms wanted{"month", "words"};
        if (world.chance(0.15)) m.wanted_days = any_of(world, wanted);
    }
    if (world.chance(0.15)) m.details_lag = world.between(1s, 2min);
    there.in_bad_weather = m;
    if (world.chance(0.4)) { // something is wrong with it for a while
        auto& bad = there.in_bad_weather;
        switch (world.below(8)) {
        case 0:
        case 1: bad.hand.list_envelope = any_of(world, simulator::unusable_forms()); break;
        case 2: bad.types_are_words = true; break;
        case 3: bad.statuses_are_words = true; break;
        case 4: bad.contracts_are_no_list = true; break;
        default: there.faults.without_code = 0.4; break;
        }
    }
    there.ends_late = world.chance(0.5);
    bool odd_members = !m.object_member.empty() || !m.wanted_days.empty();
    c.rivals = world.chance(odd_members ? 0.7 : 0.3) ? 0.3 : 0;
    c.others_before = world.chance(0.4) ? 0.4 : 0;
    c.twins = world.chance(0.3) ? 0.5 : 0;
    c.known_orders = world.chance(0.8);
    c.restores = world.chance(0.15);
    c.blind_spells = world.chance(0.2);
    if (m.hand.none_as != "404" && world.chance(0.3)) there.faults.misplaced = 0.3;
}

std::vector<std::string> names_of(const manners& m)
{
    std::vector<std::string> out{"days " + m.hand.days,
                                 "names " + m.hand.names,
                                 "numbers " + m.hand.numbers,
                                 "list " + m.hand.list_envelope,
                                 "none as " + m.hand.none_as,
                                 "contracts " + m.hand.detail_contracts,
                                 "change type by " + m.change_type_told};
    if (m.hand.limit_cap > 0) out.push_back("limit capped");
    if (m.hand.filters_ignored) out.push_back("filters ignored");
    if (m.list_tells_one_type) out.push_back("one type in the list");
    if (m.all_tell_one_type) out.push_back("one type everywhere");
    if (m.only_first_page) out.push_back("only the first page");
    if (m.hides_details_of_others) out.push_back("details of others hidden");
    if (m.offset_base == 1) out.push_back("offset counts from 1");
    if (!m.object_member.empty()) out.push_back(m.object_member + " is an object");
    if (!m.wanted_days.empty()) out.push_back("wanted days as " + m.wanted_days);
    if (m.details_lag > 0s) out.push_back("details come late");
    return out;
}

bool changes_can_be_told(const manners& m, const std::vector<product_change>& products)
{
    if (m.change_type_told == "product") return true;
    return std::all_of(products.begin(), products.end(),
                       [&](const auto& p) { return p.change_type == products.front().change_type; });
}

void add_others_before(scheduler& world, memory_provider& there, const order_request& ours)
{
    auto o = order_of(ours);
    o.foreign = true;
    // Of the same type, applied for days ago, ended.
    auto old = o;
    old.created = world.now() - std::chrono::hours(24) * (3 + world.below(200));
    old.ends = old.created + 1h;
    const char* ends[] = {"2", "3", "4", "5"};
    old.status_at_end = ends[world.below(4)];
    if (world.chance(0.7)) there.add(old);
    // Of another type, today, for the same line and site; some of them in progress.
    auto other = o;
    other.type = o.type == order_type::cancel ? order_type::change : order_type::cancel;
    other.created = world.now() - world.between(0s, 30min);
    // Where every order is told as of one type, one in progress could not be told from ours.
    bool lives = !there.usual.all_tell_one_type && world.chance(0.5);
    other.ends = lives ? world.now() + std::chrono::hours(1000) : other.created + 1s;
    other.status_at_end = "4";
    other.natural_key = key_in_book(other);
    if (o.type == order_type::start) other.site_code = "SITE7" + o.line_id.substr(5); // as real ones look
    if (world.chance(0.7)) there.add(other);
}

namespace {

std::string first_characters(const std::string& utf8, int count)
{
    auto begins_one = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    std::size_t end = 0;
    for (; end < utf8.size(); ++end)
        if (begins_one(utf8[end]) && count-- == 0) break;
    return utf8.substr(0, end);
}

}

bool months_are_days(const manners& m)
{
    static const std::set<std::string_view> needs_a_day{"with_time", "utc", "unix", "unix_ms", "day_early"};
    return needs_a_day.contains(m.hand.days);
}

bool wanted_days_look_alike(const memory_provider& there, const std::string& one, const std::string& other)
{
    auto alike = [&](const manners& m) {
        auto told = told_wanted_day(one, m);
        bool in_object = m.object_member == "hopeToEndAt" && told.is_string();
        bool readable = m.hand.days != "words" && m.wanted_days != "words" && !in_object;
        return readable && told == told_wanted_day(other, m);
    };
    return alike(there.usual) || alike(there.in_bad_weather);
}

bool names_are_seen(const manners& m)
{
    static const std::set<std::string_view> whole{"as_sent",   "half_width", "full_width", "nfkc",
                                                  "wave_dash", "html",       "padded"};
    bool in_object = m.object_member == "customerSiteName" && m.hand.names != "absent";
    return in_object || whole.contains(m.hand.names);
}

/// A day in another month, another one in the same month, the month of a day, or a month's last day.
std::string another_end(scheduler& world, const std::string& wanted)
{
    bool month = wanted.size() == 6;
    switch (world.below(3)) {
    case 0: return month ? wanted + "31" : wanted.substr(0, 6);
    case 1: return month ? wanted + "10" : wanted.substr(0, 6) + "10";
    default: return "20270228";
    }
}

created_order rival_of(scheduler& world, const memory_provider& there, const created_order& ours)
{
    auto o = ours;
    o.foreign = true;
    o.created = world.now();
    o.ends = world.now() + std::chrono::hours(1000);
    o.status_at_end = "2";
    if (world.chance(0.3)) { // just like it, and cancelled at once
        o.ends = world.now();
        o.status_at_end = "4";
        return o;
    }
    switch (o.type) {
    case order_type::start:
        if (world.chance(0.25)) { // but for a name that looks like a beginning of ours
            o.site_name = first_characters(o.site_name, 2);
            break;
        }
        if (world.chance(0.5)) o.site_name = "他社の拠点";
        o.access_key = "others99";
        o.products = {{1, "1-1-9-9-9"}};
        break;
    case order_type::change:
        if (world.chance(0.5))
            for (auto& p : o.products) p.change_type = 4 - p.change_type; // adds what we remove
        else
            o.products.push_back({1, "1-1-9-9-9"});
        break;
    case order_type::cancel:
        o.hope_to_end_at = another_end(world, ours.hope_to_end_at);
        if (wanted_days_look_alike(there, o.hope_to_end_at, ours.hope_to_end_at)) o.customer_code = "OTHER1";
        break;
    }
    o.natural_key = key_in_book(o);
    return o;
}

}
