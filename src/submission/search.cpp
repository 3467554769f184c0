#include "orderd/submission/search.hpp"

#include <algorithm>
#include <set>

namespace orderd::submission {
namespace {

constexpr std::size_t details_asked = 40; // of one search; where there are more, a person looks

using listed_orders = provider::listing<provider::order_summary>;

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

std::set<order_code> as_set(const std::vector<order_code>& codes) { return {codes.begin(), codes.end()}; }

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

store::search_key key_of(const store::doubtful_order& order)
{
    return order.type == order_type::start ? store::search_key::line : store::search_key::site;
}

std::string key_text(const store::doubtful_order& order)
{
    if (const auto* start = std::get_if<start_order>(&order.request)) return start->line_id;
    if (const auto* change = std::get_if<change_order>(&order.request)) return change->customer_site_code;
    return std::get<cancel_order>(order.request).customer_site_code;
}

namespace {

/// Looks at every element: which are known here, and the details of those that may be ours.
asio::awaitable<std::optional<provider::failure>> look_at(std::vector<element>& all, provider::api& api,
                                                          store::order_store& orders,
                                                          const store::doubtful_order& order, std::string& unusable)
{
    std::vector<order_code> codes;
    for (const auto& e : all) codes.push_back(e.listed.code);
    auto owned_here = co_await orders.owned_codes(codes);
    auto seen = co_await orders.seen_before(order.id, codes);
    auto owned = as_set(owned_here), before = as_set(seen);
    std::vector<order_code> of_nobody_here;
    for (auto& e : all) {
        e.owned = owned.contains(e.listed.code);
        e.seen_before = before.contains(e.listed.code);
        if (!e.owned && !e.seen_before) of_nobody_here.push_back(e.listed.code);
    }
    if (!of_nobody_here.empty()) co_await orders.note_seen(of_nobody_here);
    std::size_t asked = 0;
    for (auto& e : all) {
        if (e.owned || e.seen_before || ++asked > details_asked) continue; // what is known here needs no detail
        auto detail = co_await api.get_order(e.listed.code);
        if (detail) {
            e.detail = std::move(*detail);
            continue;
        }
        auto failed = detail.error();
        if (failed.kind == provider::failure::what_happened::not_found)
            e.detail_missing = true;
        else if (provider::cannot_be_asked(failed))
            co_return failed;
        else if (unusable.empty())
            unusable = "the detail of order " + e.listed.code.text + ": " + words_of(failed);
    }
    co_return std::nullopt;
}

}

asio::awaitable<provider::result<search_evidence>> search_provider(provider::api& api, store::order_store& orders,
                                                                   controls& trusted, store::doubtful_order order,
                                                                   std::span<const evidence_rule> rules)
{
    search_evidence out;
    out.key = key_of(order);
    auto text = key_text(order);
    bool by_line = out.key == store::search_key::line;
    out.asked = (by_line ? "lineId " : "customerSiteCode ") + text;
    provider::order_filter by;
    (by_line ? by.line_id : by.customer_site_code) = text;
    // The last search, after which an order is sent again, is vouched for before and after: searches may have stopped
    // working since the control that serves this minute.
    bool last = order.searches > 0;
    if (last) {
        auto before = co_await trusted.positive(out.key);
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
            if (failed.status == 0) co_return failed;
            auto others = co_await trusted.positive(out.key);
            if (!others || others->is != control::answer::good) co_return failed;
        }
        out.unusable = words_of(failed);
        co_return out;
    }
    for (const auto& e : found->unreadable) out.without_key.push_back(e.why);
    if (found->beyond_reach) out.unusable = "the list could not be read to its end";

    std::vector<element> all;
    for (auto& listed : found->items) all.push_back({std::move(listed), std::nullopt});
    if (!all.empty()) {
        auto failed = co_await look_at(all, api, orders, order, out.unusable);
        if (failed) co_return *failed;
    }
    for (const auto& e : all) out.elements.push_back(judge(e, order, rules));

    bool may_be_ours =
        std::any_of(out.elements.begin(), out.elements.end(), [](const auto& e) { return e.is != verdict::another; });
    if (may_be_ours || !out.unusable.empty() || !out.without_key.empty()) co_return out;
    if (found->none_by_error) {
        const auto& e = *found->none_by_error;
        none_told seen{e.status, e.errors.empty() ? std::string() : e.errors.front().code};
        out.none_told_as = provider::summary(e);
        auto asked = co_await trusted.negative(out.key, seen);
        if (!asked) co_return asked.error();
        out.negative = *asked;
    }
    if (last && out.positive.is != control::answer::good) co_return out;
    auto asked = co_await trusted.positive(out.key, last ? begun : timekeeper::time_point{});
    if (!asked) co_return asked.error();
    out.positive = *asked;
    co_return out;
}

}
