#include "orderd/submission/search.hpp"

#include "changes_beside.hpp"
#include "known_elements.hpp"
#include "second_opinion.hpp"

#include <algorithm>
#include <utility>

namespace orderd::submission {
namespace {

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

/// An answer that came and cannot be used, in words and with what the provider said.
std::string words_of(const provider::failure& f)
{
    auto words = f.text;
    if (!f.errors.empty())
        words += (words.empty() ? "" : "; ") + std::string("the provider says: ") + provider::summary(f);
    return words;
}

}

long count(const search_evidence& e, verdict v)
{
    return std::count_if(e.elements.begin(), e.elements.end(), [v](const auto& x) { return x.is == v; });
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
asio::awaitable<void> look_at(std::vector<element>& all, provider::api& api, store::order_store& orders,
                              const store::doubtful_order& order, std::size_t most, std::string& unusable)
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
        // What is known here needs no detail, unless its owner is for something else than this search showed it for.
        bool misplaced = e.only_before && owner_is_elsewhere(e, order);
        bool sure = known(e) && !misplaced && !taken_by_other_type(e, order);
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
        e.detail_missing = failed.kind == provider::failure::what_happened::not_found;
        e.detail_failed = !e.detail_missing;
        if (e.detail_failed && unusable.empty())
            unusable = "the detail of order " + e.listed.code.text + ": " + words_of(failed);
        if (provider::not_answered(failed)) asked = most; // what the list showed is kept, and asked for again
    }
}

/// Where a name or a day is told otherwise than it was sent: a known order shows whether that is how the provider
/// writes.
asio::awaitable<void> look_at_hand(search_evidence& into, std::vector<element>& all, controls& trusted,
                                   const store::doubtful_order& order, timekeeper::time_point since,
                                   std::span<const evidence_rule> rules)
{
    auto ours_if_written_so = [&](std::size_t i) {
        const auto& e = into.elements[i];
        return e.is == verdict::ours || e.rule == "wanted_day_in_another_hand";
    };
    bool matters = false;
    for (std::size_t i = 0; i < all.size(); ++i)
        matters |= ours_if_written_so(i) && (loosely_named(all[i], order) || loosely_dated(all[i], order));
    if (!matters) co_return;
    auto known = co_await trusted.positive(order.type, since); // in the hand of this very search
    if (!known) {
        if (into.unusable.empty()) into.unusable = "a search for a known order: " + words_of(known.error());
        co_return;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].known_sent = known->name_sent;
        all[i].known_told = known->name_told;
        all[i].known_day_sent = known->day_sent;
        all[i].known_day_told = known->day_told;
        all[i].hand_hidden = ours_if_written_so(i) && known->is == control::answer::bad;
        into.elements[i] = judge(all[i], order, rules);
    }
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
    if (found->broke_off) out.unusable = words_of(*found->broke_off);

    std::vector<element> all;
    all.reserve(found->items.size());
    for (auto& listed : std::exchange(found->items, {})) all.emplace_back().listed = std::move(listed);
    auto listed = static_cast<int>(all.size() + out.without_key.size());
    add_shown_before(all, order);
    if (!all.empty()) co_await look_at(all, api, orders, order, depth.details, out.unusable);
    for (const auto& e : all) out.elements.push_back(judge(e, order, depth.rules));
    co_await look_at_hand(out, all, trusted, order, begun, depth.rules);
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
        second_opinion in_progress(api, orders, trusted, order, depth.details);
        if (auto failed = co_await in_progress.ask(out, all, begun)) co_return *failed;
    }
    if (last && out.positive.is != control::answer::good) co_return out;
    auto asked = co_await trusted.positive(order.type, last ? begun : timekeeper::time_point{});
    if (!asked) co_return asked.error();
    out.positive = *asked;
    co_return out;
}

}
