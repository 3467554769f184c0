#include "changes_beside.hpp"

#include "known_elements.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderd::submission {
namespace {

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

}

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

}
