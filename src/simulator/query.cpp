#include "query.hpp"

#include <algorithm>

namespace orderd::simulator {
namespace {

struct day_filter {
    const char* name;
    const char* label;
};
constexpr day_filter day_filters[] = {{"hopeToStartAtFrom", "開通希望日 (From)"},
                                      {"hopeToStartAtTo", "開通希望日 (To)"},
                                      {"hopeToEndAtFrom", "廃止希望日 (From)"},
                                      {"hopeToEndAtTo", "廃止希望日 (To)"},
                                      {"startAtFrom", "設置日"},
                                      {"startAtTo", "設置日"},
                                      {"endAtFrom", "廃止日"},
                                      {"endAtTo", "廃止日"}};

const std::string* given(const parameters& p, const std::string& name)
{
    auto at = p.find(name);
    return at == p.end() || at->second.empty() ? nullptr : &at->second;
}

bool equal(const parameters& p, const std::string& name, const std::string& value)
{
    auto* wanted = given(p, name);
    return !wanted || *wanted == value;
}
bool part_of(const parameters& p, const std::string& name, const std::string& value)
{
    auto* wanted = given(p, name);
    return !wanted || value.find(*wanted) != value.npos;
}
bool between(const parameters& p, const std::string& from, const std::string& to, const std::string& value)
{
    auto* low = given(p, from);
    auto* high = given(p, to);
    if (!low && !high) return true;
    return !value.empty() && (!low || value >= *low) && (!high || value <= *high);
}

}

std::optional<api_error> check_parameters(const parameters& p)
{
    for (auto [name, label] : {std::pair{"limit", "取得件数"}, {"offset", "取得開始番号"}})
        if (auto* value = given(p, name)) {
            if (value->size() > 4)
                return api_error{"4000102", std::string(label) + "は0~4文字の間で入力してください。"};
            if (value->find_first_not_of("0123456789") != value->npos)
                return api_error{"4000118", std::string(label) + "は正しい形式で入力してください。"};
        }
    for (auto [name, label] : day_filters)
        if (auto* value = given(p, name)) {
            bool site_day =
                std::string_view(name).starts_with("startAt") || std::string_view(name).starts_with("endAt");
            if (site_day && value->size() != 8)
                return api_error{"4000102", std::string(label) + "は8~8文字の間で入力してください。"};
            if (!real_date(*value))
                return api_error{"4000118", std::string(label) + "は正しい形式で入力してください。"};
        }
    return std::nullopt;
}

bool passes(const placed_order& o, const parameters& p)
{
    bool product =
        !given(p, "productName") || std::any_of(o.products.begin(), o.products.end(), [&](const auto& ordered) {
            return part_of(p, "productName", find_product(ordered.code)->name);
        });
    return product && equal(p, "status", o.status) && equal(p, "lineId", o.line_id) && equal(p, "orderType", o.type) &&
           equal(p, "orderCode", o.code) && equal(p, "customerSiteCode", o.site_code) &&
           equal(p, "customerSiteName", o.site_name) && equal(p, "caseName", o.case_name) &&
           between(p, "hopeToStartAtFrom", "hopeToStartAtTo", o.hope_to_start_at) &&
           between(p, "hopeToEndAtFrom", "hopeToEndAtTo", o.hope_to_end_at);
}

bool passes(const site& s, const parameters& p)
{
    return part_of(p, "caseName", s.case_name) && equal(p, "cpeModelName", s.dedicated ? "RTX830" : "") &&
           part_of(p, "customerName", "株式会社インフォアイピーオーイー") && equal(p, "customerSiteCode", s.code) &&
           part_of(p, "customerSiteName", s.name) && equal(p, "customerType", "2") &&
           equal(p, "globalIp", s.global_ip) && equal(p, "lineId", s.line_id) && equal(p, "status", s.status) &&
           between(p, "startAtFrom", "startAtTo", s.start_at) && between(p, "endAtFrom", "endAtTo", s.end_at);
}

bool passes(const sold_product& s, const parameters& p) { return part_of(p, "productName", s.name); }

page page_of(const parameters& p, const settings& with)
{
    page out;
    if (auto* limit = given(p, "limit")) out.count = std::stoul(*limit);
    if (auto* offset = given(p, "offset")) {
        auto n = std::stoul(*offset);
        // "11" is the 11th item where the first is number 1, and the one after 11 items where it is number 0.
        out.first = with.offset_base == 1 ? (n == 0 ? 0 : n - 1) : n;
    }
    if (auto cap = static_cast<std::size_t>(with.hand.limit_cap); cap > 0) out.count = std::min(out.count, cap);
    return out;
}

}
