#include "known_elements.hpp"

#include "orderd/submission/alike.hpp"

#include <map>
#include <set>
#include <string_view>

namespace orderd::submission {
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

}

bool taken_by_other_type(const element& e, const store::doubtful_order& order)
{
    owner_of owner(e);
    if (owner.type.empty() || owner.type == name(order.type)) return false;
    if (auto told = order_type_from(e.listed.order_type)) return *told == order.type;
    bool of_one_kind = owner.has_line() == (order.type == order_type::start);
    if (of_one_kind || !e.detail) return true;
    return !owner.has(owner.has_line(), owner.has_line() ? e.detail->line_id : e.detail->customer_site_code);
}

namespace {

/// Whether its detail tells another type, line or site than this order's.
bool surely_told_otherwise(const element& e, const store::doubtful_order& order)
{
    if (!e.detail) return false;
    auto type = order_type_from(e.detail->order_type);
    bool by_line = order.type == order_type::start;
    return (type && *type != order.type) ||
           surely_other_key(line_or_site(order.request), by_line ? e.detail->line_id : e.detail->customer_site_code);
}

}

bool owner_is_elsewhere(const element& e, const store::doubtful_order& order)
{
    owner_of owner(e);
    return !owner.type.empty() && !owner.has(order.type == order_type::start, line_or_site(order.request));
}

std::string sign_of_no_filter(const std::vector<element>& all, const store::doubtful_order& order)
{
    const auto& key = line_or_site(order.request);
    bool by_line = order.type == order_type::start;
    for (const auto& e : all) {
        if (e.only_before) {
            if (owner_is_elsewhere(e, order) && !surely_told_otherwise(e, order)) return e.listed.code.text;
            continue;
        }
        bool other_owner = owner_is_elsewhere(e, order) && owner_of(e).has_line() == by_line;
        bool told_other = by_line ? e.detail && surely_other_key(key, e.detail->line_id)
                                  : surely_other_key(key, e.listed.customer_site_code);
        if (other_owner || told_other || taken_by_other_type(e, order)) return e.listed.code.text;
    }
    return {};
}

bool known(const element& e) { return e.owned || e.seen_before || e.ruled_out; }

boost::asio::awaitable<void> mark_known(std::vector<element>& all, store::order_store& orders,
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

}
