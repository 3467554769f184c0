#include "orderd/submission/search.hpp"

#include "orderd/submission/alike.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace orderd::submission {
namespace {

using listed_orders = provider::listing<provider::order_summary>;

constexpr std::size_t long_list = 1'000; // elements

long count(const search_evidence& e, verdict v)
{
    return std::count_if(e.elements.begin(), e.elements.end(), [v](const auto& x) { return x.is == v; });
}

constexpr finding_rule table[] = {
    {"answer_unusable", finding::inconclusive, [](const search_evidence& e) { return !e.unusable.empty(); }},
    {"element_without_key", finding::inconclusive, [](const search_evidence& e) { return !e.without_key.empty(); }},
    {"element_unreadable", finding::inconclusive,
     [](const search_evidence& e) { return count(e, verdict::unreadable) > 0; }},
    {"several_ours", finding::several_ours, [](const search_evidence& e) { return count(e, verdict::ours) > 1; }},
    {"some_perhaps_ours", finding::perhaps_ours,
     [](const search_evidence& e) { return count(e, verdict::perhaps) > 0; }},
    {"one_ours", finding::one_ours, [](const search_evidence& e) { return count(e, verdict::ours) == 1; }},
    {"negative_control_bad", finding::inconclusive,
     [](const search_evidence& e) { return !e.none_told_as.empty() && e.negative.is != control::answer::good; }},
    {"positive_control_bad", finding::inconclusive,
     [](const search_evidence& e) {
         return e.positive.is == control::answer::bad || e.positive.is == control::answer::not_asked;
     }},
    {"filter_not_heeded", finding::inconclusive, [](const search_evidence& e) { return !e.not_heeded.empty(); }},
    {"in_progress_elsewhere", finding::inconclusive, [](const search_evidence& e) { return !e.elsewhere.empty(); }},
    {"positive_control_impossible", finding::not_there_unvouched,
     [](const search_evidence& e) { return e.positive.is == control::answer::impossible; }},
    {"nothing_that_may_be_ours", finding::not_there, [](const search_evidence&) { return true; }},
};

/// Whether nothing came at all, which says nothing about what was asked for.
bool not_answered(const provider::failure& f) { return f.status == 0 && !f.answer_begun; }

/// An answer that came and cannot be used, in words and with what the provider said.
std::string words_of(const provider::failure& f)
{
    auto words = f.text;
    if (!f.errors.empty())
        words += (words.empty() ? "" : "; ") + std::string("the provider says: ") + provider::summary(f);
    return words;
}

}

std::string_view name(finding f)
{
    switch (f) {
    case finding::inconclusive: return "inconclusive";
    case finding::one_ours: return "one_ours";
    case finding::perhaps_ours: return "perhaps_ours";
    case finding::several_ours: return "several_ours";
    case finding::not_there: return "not_there";
    case finding::not_there_unvouched: return "not_there_unvouched";
    }
    return "inconclusive";
}

std::span<const finding_rule> finding_rules() { return table; }

finding read(const search_evidence& e, std::span<const finding_rule> rules)
{
    for (const auto& rule : rules)
        if (rule.holds(e)) return rule.then;
    return finding::inconclusive;
}

namespace {

/// The order here that an element's code was told of: its type, and its line or site. Empty: nobody here has it.
struct owner_of {
    explicit owner_of(const element& e)
    {
        auto colon = e.owner_key.find(':');
        if (colon == e.owner_key.npos) return;
        type = std::string_view(e.owner_key).substr(0, colon);
        key = std::string_view(e.owner_key).substr(colon + 1);
    }
    bool has_line() const { return type == name(order_type::start); }
    bool has(bool line, std::string_view other) const
    {
        return line == has_line() && (line ? line_form(other) == line_form(key) : other == key);
    }
    std::string_view type, key;
};

/// Whether an order of another type here was told the code of one that may be of our type: it may be this one. One of
/// which nobody can tell the type is the owner's where its detail is for the owner's line or site, and ours is no such.
bool taken_by_other_type(const element& e, const store::doubtful_order& order)
{
    owner_of owner(e);
    if (owner.type.empty() || owner.type == name(order.type)) return false;
    if (auto told = order_type_from(e.listed.order_type)) return *told == order.type;
    bool of_one_kind = owner.has_line() == (order.type == order_type::start);
    if (of_one_kind || !e.detail) return true;
    return !owner.has(owner.has_line(), owner.has_line() ? e.detail->line_id : e.detail->customer_site_code);
}

/// A sign that the search was not for this line or site alone: something that surely is for another, or that an order
/// here of another line, site or type has for its own.
std::string sign_of_no_filter(const std::vector<element>& all, const store::doubtful_order& order)
{
    const auto& key = line_or_site(order.request);
    bool by_line = order.type == order_type::start;
    for (const auto& e : all) {
        if (e.only_before) continue;
        owner_of owner(e);
        bool comparable = !owner.type.empty() && owner.has_line() == by_line;
        bool other_owner = comparable && !owner.has(by_line, key);
        bool told_other = by_line ? e.detail && surely_other_key(key, e.detail->line_id)
                                  : surely_other_key(key, e.listed.customer_site_code);
        if (other_owner || told_other || taken_by_other_type(e, order)) return e.listed.code.text;
    }
    return {};
}

/// Whether an element is another's without a look at its detail.
bool known(const element& e) { return e.owned || e.seen_before || e.ruled_out; }

/// Marks those that belong to an order here, that were there before this one was first sent, or that were ruled out.
asio::awaitable<void> mark_known(std::vector<element>& all, store::order_store& orders,
                                 const store::doubtful_order& order)
{
    std::vector<order_code> codes;
    for (const auto& e : all) codes.push_back(e.listed.code);
    auto owned_here = co_await orders.owned_codes(codes);
    auto before = co_await orders.seen_before(order.id, codes);
    std::set<order_code> seen(before.begin(), before.end());
    std::set<order_code> ruled_out(order.ruled_out.begin(), order.ruled_out.end());
    std::map<order_code, std::string> owned;
    for (auto& one : owned_here)
        if (one.owner != order.id || one.ended) owned.emplace(one.code, one.natural_key);
    for (auto& e : all) {
        if (auto at = owned.find(e.listed.code); at != owned.end()) {
            e.owned = true;
            e.owner_key = at->second;
        }
        e.seen_before = seen.contains(e.listed.code);
        e.ruled_out = ruled_out.contains(e.listed.code);
    }
}

/// What earlier searches showed, and not as another's, must be told to be something else before this order is absent:
/// an index may come and go, and leave out what has ended.
void add_shown_before(std::vector<element>& all, const store::doubtful_order& order)
{
    auto among = [](const std::vector<order_code>& codes, const order_code& code) {
        return std::find(codes.begin(), codes.end(), code) != codes.end();
    };
    auto listed = all.size();
    for (const auto& code : order.shown_before) {
        bool shown = std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(listed),
                                 [&](const auto& e) { return e.listed.code == code; });
        if (shown || among(order.given_back, code) || among(order.ruled_out, code)) continue;
        auto& e = all.emplace_back();
        e.listed.code = code;
        e.only_before = true;
    }
}

/// Looks at every element: which are known here, and the details of those that may be ours. Lists tell no lines: of
/// those that were there before, some are looked at to see whether the search was for this line.
asio::awaitable<std::optional<provider::failure>> look_at(std::vector<element>& all, provider::api& api,
                                                          store::order_store& orders,
                                                          const store::doubtful_order& order, std::size_t most,
                                                          std::string& unusable)
{
    co_await mark_known(all, orders, order);
    std::vector<order_code> of_nobody_here;
    for (const auto& e : all)
        if (!known(e)) of_nobody_here.push_back(e.listed.code);
    if (!of_nobody_here.empty()) co_await orders.note_seen(of_nobody_here);
    constexpr int looked_at_for_line = 3;
    std::size_t asked = 0;
    int for_line = order.type == order_type::start ? looked_at_for_line : 0;
    for (auto& e : all) {
        bool sure = known(e) && !taken_by_other_type(e, order); // what is known here needs no detail
        if (sure && (e.owned || for_line-- <= 0)) continue;
        if (!sure && ++asked > most) continue;
        auto asked_for = e.listed.code;
        auto detail = co_await api.get_order(asked_for);
        if (detail) {
            if (e.only_before) static_cast<provider::order_summary&>(e.listed) = *detail;
            if (e.only_before && e.listed.code.text.empty()) e.listed.code = asked_for;
            e.detail = std::move(*detail);
            continue;
        }
        auto failed = detail.error();
        if (sure) continue;
        if (failed.kind == provider::failure::what_happened::not_found)
            e.detail_missing = true;
        else if (not_answered(failed))
            co_return failed;
        else
            e.detail_failed = true;
        if (e.detail_failed && unusable.empty()) // the list was answered: this is about the order
            unusable = "the detail of order " + e.listed.code.text + ": " + words_of(failed);
    }
    co_return std::nullopt;
}

/// Whether an order that the search does not show is for our line or site, which may be told cut. A start of the same
/// name and access key is, whatever line it tells, and so is one of the same name that tells no line.
bool may_be_for(const store::doubtful_order& order, const provider::order_detail& there, bool named)
{
    const auto& key = line_or_site(order.request);
    const auto* start = std::get_if<start_order>(&order.request);
    const auto& told = start ? there.line_id : there.customer_site_code;
    if (told.empty()) return start ? named : true;
    if (alike_key(key, told) || alike(key, told)) return true;
    return start && named && !start->line_access_key.empty() && start->line_access_key == there.line_access_key;
}

/// The list of what is in progress as a second opinion: an order of our type that is nobody's here and was not there
/// before, whose line or site is ours or is not told, and that the search does not show.
asio::awaitable<std::optional<provider::failure>>
look_elsewhere(search_evidence& into, const std::vector<element>& shown, provider::api& api, store::order_store& orders,
               controls& trusted, const store::doubtful_order& order, std::size_t most, timekeeper::time_point since)
{
    auto listed = co_await trusted.in_progress(since);
    async::turns::turn turn; // of those who look through a long list, each in its own copy
    if (listed && *listed && (*listed)->orders.size() > long_list) {
        listed = std::optional<orders_in_progress>();
        turn = co_await trusted.looking_through.take();
        listed = co_await trusted.in_progress(since);
    }
    if (!listed) co_return listed.error();
    if (!*listed) {
        into.unusable = "the provider's list of orders in progress could not be read";
        co_return std::nullopt;
    }
    auto is_known = [&](const auto& o) { return o.code == into.positive.in_progress; };
    if (!into.positive.in_progress.text.empty() &&
        std::none_of((*listed)->orders.begin(), (*listed)->orders.end(), is_known)) {
        into.unusable = "the list of orders in progress leaves out the known order " + into.positive.in_progress.text;
        co_return std::nullopt;
    }
    const auto& key = line_or_site(order.request);
    const auto* start = std::get_if<start_order>(&order.request);
    auto of_other_type = [&](const provider::order_summary& o) {
        auto type = order_type_from(o.order_type);
        return type && *type != order.type;
    };
    std::vector<element> candidates;
    for (const auto& o : (*listed)->orders) {
        bool in_search =
            std::any_of(shown.begin(), shown.end(), [&](const auto& e) { return e.listed.code == o.code; });
        if (of_other_type(o) || in_search || (!start && !alike_key(key, o.customer_site_code))) continue;
        candidates.emplace_back().listed = o;
    }
    // Where a known order has its name, another name is another order.
    const auto& control = into.positive;
    bool names_count =
        !control.name_sent.empty() && !control.name_told.empty() && alike(control.name_sent, control.name_told);
    auto named_so = [&](const element& e) {
        return start && alike(start->customer_site_name, e.listed.customer_site_name);
    };
    auto surely_named_otherwise = [&](const element& e) {
        return start && names_count && !e.listed.customer_site_name.empty() && !named_so(e);
    };
    for (const auto& [why, told] : (*listed)->unnamed) {
        element e;
        if (told) e.listed = *told;
        bool another = of_other_type(e.listed) || surely_named_otherwise(e) ||
                       (!start && !alike_key(key, e.listed.customer_site_code));
        if (another) continue;
        into.unusable =
            "the list of orders in progress has an order that may be this one and has no order code: " + why;
        co_return std::nullopt;
    }
    if (candidates.empty()) co_return std::nullopt;
    // Lists tell no line: those first whose name is ours.
    std::stable_partition(candidates.begin(), candidates.end(), named_so);
    co_await mark_known(candidates, orders, order);
    std::size_t asked = 0;
    for (auto& c : candidates) {
        if (known(c) && !taken_by_other_type(c, order)) continue;
        const auto& name = c.listed.customer_site_name;
        bool named = !name.empty() && named_so(c);
        auto detail = provider::result<provider::order_detail>(provider::failure{});
        if (++asked <= most) {
            detail = co_await api.get_order(c.listed.code);
            if (!detail && not_answered(detail.error())) co_return detail.error();
        }
        if (detail ? !may_be_for(order, *detail, named) : surely_named_otherwise(c)) continue;
        into.elsewhere = c.listed.code.text;
        into.elsewhere_unread = !detail;
        if (detail) break;
    }
    co_return std::nullopt;
}

bool same_products(const order_request& a, const order_request& b)
{
    auto sorted = [](const order_request& request) {
        std::vector<std::pair<std::string, int>> out;
        for (const auto& p : std::get<change_order>(request).products) out.emplace_back(p.product_code, p.change_type);
        std::sort(out.begin(), out.end());
        return out;
    };
    return sorted(a) == sorted(b);
}

/// What agrees in everything with this order may be one just like it that is followed here: the search does not show
/// the code that the provider told of that one, and may write it otherwise.
void may_be_told_otherwise(search_evidence& into, const std::vector<element>& all, const store::doubtful_order& order,
                           const store::doubtful_order& other, const order_code& code)
{
    bool shown = std::any_of(all.begin(), all.end(), [&](const auto& e) { return e.listed.code == code; });
    if (code.text.empty() || shown || !same_products(order.request, other.request)) return;
    auto number = "#" + std::to_string(other.id.value);
    for (auto& e : into.elements) {
        if (e.is != verdict::ours) continue;
        e.is = verdict::unreadable; // the search may only be late
        e.rule = "may_be_told_otherwise";
        e.english = "agrees in everything, and so does order " + number + " here, whose order code " + code.text +
                    " the search does not show";
        e.japanese = "すべて一致していますが、同じ内容のオーダ " + number + "（オーダー番号 " + code.text +
                     "）が検索に表れないため、どちらのものか判断できません";
    }
}

/// Of several changes of one site that are in doubt here, each has its own order there: what may be this one, and
/// agrees in everything with another of them, is that one's. Only where one agrees in everything with this order, so
/// that nothing is taken for absent by it.
asio::awaitable<void> look_beside(search_evidence& into, const std::vector<element>& all, store::order_store& orders,
                                  const store::doubtful_order& order, std::span<const evidence_rule> rules)
{
    if (count(into, verdict::ours) == 0 || order.type != order_type::change) co_return;
    auto beside = co_await orders.changes_beside(order.id);
    for (const auto& [other, code] : beside) may_be_told_otherwise(into, all, order, other, code);
    if (count(into, verdict::ours) != 1 || count(into, verdict::perhaps) == 0) co_return;
    for (const auto& [other, code] : beside) {
        if (!code.text.empty()) continue;
        auto seen_by_other = all;
        co_await mark_known(seen_by_other, orders, other);
        std::vector<std::size_t> its;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (judge(seen_by_other[i], other, rules).is == verdict::ours) its.push_back(i);
        // Where several may be its own, or that of this order, too, nobody can tell them apart.
        if (its.size() != 1 || into.elements[its.front()].is != verdict::perhaps) continue;
        auto& e = into.elements[its.front()];
        e.is = verdict::another;
        e.rule = "agrees_with_another_in_doubt";
        e.english =
            "agrees in everything with order #" + std::to_string(other.id.value) + " here, which is in doubt, too";
        e.japanese = "同じく確認中のオーダ #" + std::to_string(other.id.value) + " とすべて一致しています";
        e.members.clear();
    }
}

/// Where a name or a day is told otherwise than it was sent: a known order shows whether that is how the provider
/// writes.
asio::awaitable<std::optional<provider::failure>> look_at_hand(search_evidence& into, std::vector<element>& all,
                                                               controls& trusted, const store::doubtful_order& order,
                                                               timekeeper::time_point since,
                                                               std::span<const evidence_rule> rules)
{
    auto ours_if_written_so = [&](std::size_t i) {
        const auto& e = into.elements[i];
        return e.is == verdict::ours || e.rule == "wanted_day_in_another_hand";
    };
    bool matters = false;
    for (std::size_t i = 0; i < all.size(); ++i)
        matters |= ours_if_written_so(i) && (loosely_named(all[i], order) || loosely_dated(all[i], order));
    if (!matters) co_return std::nullopt;
    auto known = co_await trusted.positive(order.type, since); // in the hand of this very search
    if (!known) co_return known.error();
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].known_sent = known->name_sent;
        all[i].known_told = known->name_told;
        all[i].known_day_sent = known->day_sent;
        all[i].known_day_told = known->day_told;
        all[i].hand_hidden = ours_if_written_so(i) && known->is == control::answer::bad;
        into.elements[i] = judge(all[i], order, rules);
    }
    co_return std::nullopt;
}

}

asio::awaitable<provider::result<search_evidence>> search_provider(provider::api& api, store::order_store& orders,
                                                                   controls& trusted, store::doubtful_order order,
                                                                   search_depth depth)
{
    search_evidence out;
    const auto& text = line_or_site(order.request);
    out.asked = (order.type == order_type::start ? "lineId " : "customerSiteCode ") + text;
    auto by = provider::filter_by(order.type, text);
    by.compared = true;
    // The last search, after which an order is sent again, is vouched for before and after: searches may have stopped
    // working since the control that serves this minute.
    bool last = depth.as_last || order.searches > 0;
    if (last) {
        auto before = co_await trusted.positive(order.type);
        if (!before) co_return before.error();
        out.positive = *before;
    }
    auto begun = trusted.now();
    auto found = co_await api.list_orders(by);
    if (!found) {
        auto failed = found.error();
        if (provider::cannot_be_asked(failed)) {
            // No answer to this search alone, while others are answered, is no outage: somebody must hear of it in the
            // end.
            auto others = co_await trusted.positive(order.type, begun);
            if (!others || others->is == control::answer::bad) co_return failed;
        }
        out.unusable = words_of(failed);
        co_return out;
    }
    for (const auto& e : found->unreadable) out.without_key.push_back(e.why);
    if (found->beyond_reach) out.unusable = "the list could not be read to its end";
    if (!found->not_whole.empty()) out.unusable = found->not_whole;

    std::vector<element> all;
    all.reserve(found->items.size());
    for (auto& listed : std::exchange(found->items, {})) all.emplace_back().listed = std::move(listed);
    auto listed = static_cast<int>(all.size() + out.without_key.size());
    add_shown_before(all, order);
    if (!all.empty()) {
        auto failed = co_await look_at(all, api, orders, order, depth.details, out.unusable);
        if (failed) co_return *failed;
    }
    for (const auto& e : all) out.elements.push_back(judge(e, order, depth.rules));
    if (auto failed = co_await look_at_hand(out, all, trusted, order, begun, depth.rules)) co_return *failed;
    co_await look_beside(out, all, orders, order, depth.rules);
    out.not_heeded = sign_of_no_filter(all, order);

    bool may_be_ours =
        std::any_of(out.elements.begin(), out.elements.end(), [](const auto& e) { return e.is != verdict::another; });
    if (!may_be_ours && listed < order.shown_unnamed)
        out.unusable = "an earlier search showed an order without an order code, and this one shows fewer orders";
    if (may_be_ours || !out.unusable.empty() || !out.without_key.empty()) co_return out;
    if (found->none_by_error) {
        auto seen = told_by(*found->none_by_error);
        out.none_told_as = provider::summary(*found->none_by_error);
        auto asked = co_await trusted.negative(order.type, seen);
        if (!asked) co_return asked.error();
        out.negative = *asked;
    }
    if (last) {
        auto failed = co_await look_elsewhere(out, all, api, orders, trusted, order, depth.details, begun);
        if (failed) co_return *failed;
    }
    if (last && out.positive.is != control::answer::good) co_return out;
    auto asked = co_await trusted.positive(order.type, last ? begun : timekeeper::time_point{});
    if (!asked) co_return asked.error();
    out.positive = *asked;
    co_return out;
}

}
