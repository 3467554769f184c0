#include "second_opinion.hpp"

#include "known_elements.hpp"
#include "orderd/submission/alike.hpp"

#include <algorithm>

namespace orderd::submission {
namespace {

constexpr std::size_t long_list = 1'000; // elements

/// Where a known order has its name, another name is another order.
bool names_are_told(const control& known)
{
    return !known.name_sent.empty() && !known.name_told.empty() && alike(known.name_sent, known.name_told);
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

}

second_opinion::second_opinion(provider::api& api, store::order_store& orders, controls& trusted,
                               const store::doubtful_order& order, std::size_t most)
    : api_(api),
      orders_(orders),
      trusted_(trusted),
      order_(order),
      start_(std::get_if<start_order>(&order.request)),
      most_(most)
{
}

bool second_opinion::of_other_type_or_site(const provider::order_summary& o) const
{
    auto type = order_type_from(o.order_type);
    if (type && *type != order_.type) return true;
    return !start_ && !alike_key(line_or_site(order_.request), o.customer_site_code); // lists tell no line
}

bool second_opinion::named_so(const provider::order_summary& o) const
{
    return start_ && alike(start_->customer_site_name, o.customer_site_name);
}

bool second_opinion::surely_named_otherwise(const provider::order_summary& o, bool names_count) const
{
    return start_ && names_count && !o.customer_site_name.empty() && !named_so(o);
}

asio::awaitable<second_opinion::listed_orders> second_opinion::list(timekeeper::time_point since)
{
    auto listed = co_await trusted_.in_progress(since);
    if (listed && *listed && (*listed)->orders.size() > long_list) {
        listed = std::optional<orders_in_progress>();
        turn_ = co_await trusted_.looking_through.take();
        listed = co_await trusted_.in_progress(since);
    }
    co_return listed;
}

std::string second_opinion::why_no_answer(const std::optional<orders_in_progress>& listed, const control& known) const
{
    if (!listed) return "the provider's list of orders in progress could not be read";
    auto is_known = [&](const auto& o) { return o.code == known.in_progress; };
    if (!known.in_progress.text.empty() && std::none_of(listed->orders.begin(), listed->orders.end(), is_known))
        return "the list of orders in progress leaves out the known order " + known.in_progress.text;
    for (const auto& [why, told] : listed->unnamed) {
        auto o = told ? *told : provider::order_summary();
        if (!of_other_type_or_site(o) && !surely_named_otherwise(o, names_are_told(known)))
            return "the list of orders in progress has an order that may be this one and has no order code: " + why;
    }
    return {};
}

std::vector<element> second_opinion::candidates(const std::vector<provider::order_summary>& listed,
                                                const std::vector<element>& shown) const
{
    std::vector<element> out;
    for (const auto& o : listed) {
        bool in_search =
            std::any_of(shown.begin(), shown.end(), [&](const auto& e) { return e.listed.code == o.code; });
        if (!in_search && !of_other_type_or_site(o)) out.emplace_back().listed = o;
    }
    std::stable_partition(out.begin(), out.end(), [&](const auto& e) { return named_so(e.listed); });
    return out;
}

asio::awaitable<void> second_opinion::look_at(std::vector<element>& all, search_evidence& into, bool names_count)
{
    co_await mark_known(all, orders_, order_);
    std::size_t asked = 0;
    for (auto& c : all) {
        if (known(c) && !taken_by_other_type(c, order_)) continue;
        bool named = !c.listed.customer_site_name.empty() && named_so(c.listed);
        auto detail = provider::result<provider::order_detail>(provider::failure{});
        if (++asked <= most_) {
            detail = co_await api_.get_order(c.listed.code);
            if (!detail && provider::not_answered(detail.error())) asked = most_; // it is kept, and asked for again
        }
        if (detail ? !may_be_for(order_, *detail, named) : surely_named_otherwise(c.listed, names_count)) continue;
        into.elsewhere = c.listed.code.text;
        into.elsewhere_unread = !detail;
        if (detail) break;
    }
}

asio::awaitable<std::optional<provider::failure>>
second_opinion::ask(search_evidence& into, const std::vector<element>& shown, timekeeper::time_point since)
{
    auto listed = co_await list(since);
    if (!listed) co_return listed.error();
    if (auto why = why_no_answer(*listed, into.positive); !why.empty()) {
        into.unusable = why;
        co_return std::nullopt;
    }
    auto may_be_ours = candidates((*listed)->orders, shown);
    if (!may_be_ours.empty()) co_await look_at(may_be_ours, into, names_are_told(into.positive));
    co_return std::nullopt;
}

}
