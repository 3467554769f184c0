#include "render.hpp"

#include <algorithm>

namespace orderd::simulator {
namespace {

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

/// A member that the document shows as a string here and an integer there.
json::value number(const std::string& value, bool integer_in_sample, const settings& with)
{
    return written_number(value, integer_in_sample, with.hand);
}
json::value day(const std::string& yyyymmdd, const settings& with) { return written_day(yyyymmdd, with.hand); }
json::value name(const std::string& value, const settings& with) { return written_name(value, with.hand); }

json::value part(const json::object& body, std::string_view member, std::initializer_list<std::string_view> fields)
{
    auto* from = body.if_contains(member);
    if (!from || !from->is_object()) return nullptr;
    json::object out;
    for (auto field : fields)
        if (auto* v = from->as_object().if_contains(field)) out[field] = *v;
    return out;
}

const std::initializer_list<std::string_view> place_fields{"zipCode",        "prefectures", "address", "companyName",
                                                           "departmentName", "clientName",  "tel"};
const std::initializer_list<std::string_view> terminal_fields{"zipCode",        "prefectures", "address", "companyName",
                                                              "departmentName", "clientName",  "tel",     "hopeToAt"};
const std::initializer_list<std::string_view> lan_fields{"lanNetworkAddress", "lanInterfaceAddress"};
const std::initializer_list<std::string_view> dhcp_fields{"startAddress", "endAddress", "dns1", "dns2"};

/// A place as an order tells it.
json::value place(const json::object& body, std::string_view member, std::initializer_list<std::string_view> fields,
                  const settings& with)
{
    auto out = part(body, member, fields);
    if (!out.is_object()) return out;
    for (auto& [key, value] : out.as_object()) {
        auto* text = value.if_string();
        if (!text) continue;
        if (key == "hopeToAt") value = day(std::string(*text), with);
        for (std::string_view free_text : {"address", "companyName", "departmentName", "clientName"})
            if (key == free_text) value = name(std::string(*text), with);
    }
    return out;
}

json::value change_type(const placed_order& o, std::string_view product, const settings& with)
{
    for (const auto& p : o.products)
        if (p.code == product) return number(p.change_type, false, with);
    return nullptr;
}

/// What an order's detail lists. The contracts of its site say nothing of what was ordered.
json::array order_contracts(const placed_order& o, const site* of, const settings& with)
{
    json::array out;
    auto tell = [&](const std::string& code, const std::string& status, const std::string& error) {
        const auto* sold = find_product(code);
        json::object contract{{"productCode", code},
                              {"productName", sold->name},
                              {"productType", number(std::to_string(sold->type), true, with)},
                              {"status", number(status, false, with)},
                              {"errorMessage", text_or_null(error)}};
        if (with.change_type_told == "product") contract["changeType"] = change_type(o, code, with);
        out.push_back(std::move(contract));
    };
    if (with.hand.detail_contracts == "site" && of)
        for (const auto& c : of->contracts) tell(c.code, "2", "");
    else
        for (const auto& p : o.products) tell(p.code, p.status, p.error);
    return out;
}

}

json::object render_product(const sold_product& p, const settings& with, const std::string& customer_code)
{
    json::array dependencies;
    for (const auto& d : p.dependencies) dependencies.push_back(json::object{{"productCode", d}});
    json::object detail{{"service", text_or_null(p.service)}, {"course", text_or_null(p.course)},
                        {"plan", text_or_null(p.plan)},       {"ipaddress", text_or_null(p.ipaddress)},
                        {"cpe", text_or_null(p.cpe)},         {"line", text_or_null(p.line)}};
    json::object out{{"customerProductId", p.id},
                     {"customerCode", customer_code},
                     {"productCode", p.code},
                     {"productName", p.name},
                     {"productType", number(std::to_string(p.type), true, with)},
                     {"detail", detail},
                     {"shortestPeriod", p.shortest_period},
                     {"purchasePrice", p.purchase_price},
                     {"monthlyPrice", p.monthly_price},
                     {"measuredPrice", nullptr},
                     {"productDependencies", dependencies}};
    if (auto other = with.prices.find(p.code); other != with.prices.end())
        for (const auto& [name, value] : other->second) out[name] = value;
    return out;
}

json::object render_order_summary(const placed_order& o, const settings& with)
{
    return {{"orderCode", o.code},
            {"orderType", number(o.type, true, with)},
            {"changeType", o.type == "2" && with.change_type_told != "none"
                               ? number(o.products.front().change_type, false, with)
                               : json::value(nullptr)},
            {"customerSiteCode", o.site_code},
            {"customerSiteName", name(o.site_name, with)},
            {"status", number(o.status, false, with)},
            {"applicationDate", day(o.application_date, with)},
            {"hopeToStartAt", day(o.hope_to_start_at, with)},
            {"hopeToEndAt", day(o.hope_to_end_at, with)}};
}

json::object render_order_detail(const placed_order& o, const site* of, const settings& with)
{
    auto out = render_order_summary(o, with);
    out["orderType"] = number(o.type, false, with);
    out["customerCode"] = o.customer_code;
    out["overwriteCheckFlag"] = o.overwrite.empty() ? "0" : o.overwrite;
    out["caseName"] = name(o.case_name, with);
    out["lineBundleType"] = number("1", true, with);
    out["lineType"] = nullptr;
    out["lineId"] = text_or_null(o.line_id);
    out["lineAccessKey"] = text_or_null(o.line_access_key);
    bool dedicated = std::any_of(o.products.begin(), o.products.end(),
                                 [](const auto& p) { return find_product(p.code)->cpe == "1"; });
    out["terminalBundleType"] = number(dedicated ? "1" : "2", true, with);
    out["globalIp"] = text_or_null(o.global_ip);
    if (with.hand.detail_contracts != "none") out["contracts"] = order_contracts(o, of, with);
    out["installationLocation"] = place(o.body, "installationLocation", place_fields, with);
    out["terminalDestination"] = place(o.body, "terminalDestination", terminal_fields, with);
    out["lanAddress"] = part(o.body, "lanAddress", lan_fields);
    out["dhcpServerFunction"] = part(o.body, "dhcpServerFunction", dhcp_fields);
    return out;
}

json::object render_site_summary(const site& s, const settings& with)
{
    return {{"customerSiteCode", s.code},
            {"customerSiteName", s.name},
            {"customerCode", s.customer_code},
            {"customerType", number("2", true, with)},
            {"customerName", "株式会社インフォアイピーオーイー"},
            {"status", number(s.status, false, with)},
            {"startAt", s.start_at},
            {"endAt", text_or_null(s.end_at)},
            {"caseName", text_or_null(s.case_name)},
            {"lineBundleType", number("1", true, with)},
            {"lineType", nullptr},
            {"lineId", s.line_id},
            {"lineAccessKey", s.line_access_key},
            {"terminalBundleType", number(s.dedicated ? "1" : "2", true, with)},
            {"globalIp", s.global_ip}};
}

json::object render_site_detail(const site& s, const settings& with)
{
    auto inside = render_site_summary(s, with);
    inside["customerSiteNumber"] = s.number;
    if (!s.dedicated) {
        inside["eastOrWest"] = nullptr;
        inside["terminalHostname"] = s.code;
        inside["pponeGwPreSharedKey"] = s.psk1;
        inside["pptwoGwPreSharedKey"] = s.psk2;
        inside["tunnelIf"] = s.code.substr(4);
        inside["vrf"] = nullptr;
    }
    json::array contracts;
    for (const auto& c : s.contracts) {
        const auto* sold = find_product(c.code);
        contracts.push_back(json::object{{"productCode", c.code},
                                         {"productName", sold->name},
                                         {"productType", number(std::to_string(sold->type), true, with)},
                                         {"startAt", text_or_null(c.start_at)},
                                         {"endAt", text_or_null(c.end_at)}});
    }
    bool beside = with.site_nesting == "beside";
    inside[beside ? "contract" : "contracts"] = contracts;
    json::object around;
    auto& where = beside ? around : inside;
    json::value none(nullptr);
    where["customerSiteInstallationLocation"] =
        s.dedicated ? part(s.order, "installationLocation", place_fields) : none;
    where["customerSiteLanAddress"] = s.dedicated ? part(s.order, "lanAddress", lan_fields) : none;
    where["customerSiteDhcpServerFunction"] = s.dedicated ? part(s.order, "dhcpServerFunction", dhcp_fields) : none;
    if (s.mf_course)
        where["customerSiteIpipParam"] = json::object{{"cpeIpv4Address", s.global_ip},
                                                      {"cpeIpv6Address", "2001:db8:1::" + s.number},
                                                      {"tunnelIpv6Address", "2001:db8:2::" + s.number},
                                                      {"username", s.tunnel_user},
                                                      {"password", s.tunnel_password}};
    else
        where["customerSiteIpipParam"] = nullptr;
    around["customerSite"] = inside;
    return around;
}

}
