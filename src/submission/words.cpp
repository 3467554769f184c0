#include "orderd/submission/words.hpp"
#include "orderd/core/column.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"

#include <algorithm>
#include <vector>

namespace orderd::submission {
namespace {

struct word {
    std::string_view name, english, japanese;
};
constexpr word statuses[] = {
    {"1", "in progress", "進行中"},
    {"2", "completed", "完了"},
    {"3", "failed", "エラー"},
    {"4", "cancelled", "キャンセル済"},
    {"5", "partially failed", "一部エラー"},
};
/// Members that no column of a row has under this name.
constexpr word members[] = {
    {"products", "products", "商品"},
    {"hopeToStartAt", "hopeToStartAt", "開通希望日"},
};
constexpr word changes[] = {{"1:", "add ", "追加 "}, {"3:", "remove ", "廃止 "}};

bool tells_changes(std::string_view products)
{
    return std::any_of(std::begin(changes), std::end(changes),
                       [&](const auto& c) { return products.starts_with(c.name); });
}

}

std::string status_words(std::string_view status, bool japanese)
{
    for (const auto& s : statuses)
        if (s.name == status) return std::string(japanese ? s.japanese : s.english);
    return std::string(status);
}

std::string member_words(std::string_view member, bool japanese)
{
    for (const auto& m : members)
        if (m.name == member) return std::string(japanese ? m.japanese : m.english);
    for (const auto& c : columns())
        if (japanese && c.api == member) return std::string(c.japanese);
    return std::string(member);
}

std::string products_words(std::string_view products, bool japanese)
{
    std::vector<std::string> out;
    for (auto& product : split(products, '|')) {
        for (const auto& c : changes)
            if (product.starts_with(c.name)) {
                product = std::string(japanese ? c.japanese : c.english) + product.substr(c.name.size());
                break;
            }
        out.push_back(std::move(product));
    }
    return join(out, japanese ? "、" : ", ");
}

std::string facts_words(std::string_view application_date, std::string_view site_name, std::string_view status,
                        bool japanese)
{
    std::vector<std::string> out;
    if (!application_date.empty()) {
        auto told = provider::day_told(std::string(application_date));
        auto day = told ? to_iso_day(told->day) : std::string(application_date);
        out.push_back((japanese ? "申込日 " : "applied for on ") + day);
    }
    if (!site_name.empty())
        out.push_back(japanese ? "拠点名「" + std::string(site_name) + "」"
                               : "site \"" + std::string(site_name) + "\"");
    if (!status.empty()) out.push_back(status_words(status, japanese));
    return join(out, japanese ? "、" : ", ");
}

bool differs(const compared_member& m)
{
    return !m.agrees || (tells_changes(m.sent) && tells_changes(m.told) && m.sent != m.told);
}

}
