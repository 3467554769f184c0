#include "foreign.hpp"

namespace orderd::simulator {
namespace {

bool chance(double probability, std::mt19937_64& random)
{
    return std::uniform_real_distribution<double>(0, 1)(random) < probability;
}

/// The first product alone: taken away where it was added and the other way round, or another one of its kind.
void change_otherwise(json::object& change, std::mt19937_64& random)
{
    auto first = change.at("products").as_array().at(0).as_object();
    auto ordered = std::string(first.at("productCode").as_string());
    const auto* product = find_product(ordered);
    if (product && chance(0.5, random)) {
        std::vector<std::string> others;
        for (const auto& p : sold_products())
            if (p.type == product->type && p.code != ordered) others.push_back(p.code);
        first["productCode"] = others[random() % others.size()];
    } else {
        const auto& type = first.at("changeType");
        bool adds = type == "1" || type == 1;
        first["changeType"] = adds ? "3" : "1";
    }
    change["products"] = json::array{first};
}

/// One day or month later.
std::string later(const std::string& end)
{
    using namespace std::chrono;
    if (auto month = parse_yyyymm(end)) return to_yyyymmdd(japanese_date(sys_days(*month) + days(1))).substr(0, 6);
    auto day = parse_yyyymmdd(end);
    return day ? to_yyyymmdd(japanese_date(sys_days(*day) + days(1))) : end;
}

}

std::optional<json::value> foreign_order(const json::value& body, std::mt19937_64& random)
{
    try {
        auto other = body.as_object();
        for (auto& [member, value] : other) {
            if (member == "startOrderPostData")
                value.as_object()["customerSiteName"] = "ほかの申込者の拠点";
            else if (member == "changeOrderPostData")
                change_otherwise(value.as_object(), random);
            else if (member == "cancelOrderPostData") {
                auto& end = value.as_object().at("hopeToEndAt");
                end = later(std::string(end.as_string()));
                value.as_object()["overwriteCheckFlag"] = "0";
            }
        }
        return other;
    } catch (const std::exception&) { // a member is missing or of another type: the provider refuses such a body
        return std::nullopt;
    }
}

std::variant<std::string, api_error> place_in_company(world& at, const json::value& body, const settings& with,
                                                      clock::time_point now)
{
    auto& random = at.random();
    std::optional<json::value> foreign;
    if (chance(with.foreign_orders, random)) foreign = foreign_order(body, random);
    bool first = foreign && chance(0.5, random);
    auto order_by_somebody_else = [&] {
        auto placed = at.place(*foreign, with, now, true);
        auto* code = std::get_if<std::string>(&placed);
        if (code && chance(with.foreign_cancelled, random)) at.end_order(*code, "4");
    };
    if (first) order_by_somebody_else();
    auto placed = at.place(body, with, now);
    if (foreign && !first) order_by_somebody_else();
    return placed;
}

}
