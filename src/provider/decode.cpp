#include "orderd/core/text.hpp"
#include "orderd/provider/codec.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <ctime>

namespace orderd::provider {
namespace {

namespace json = boost::json;

std::optional<json::value> parsed(std::string_view text)
{
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error) return std::nullopt;
    return value;
}

/// A scalar as text: strings as they are, numbers in full, null and absent as "" (RULINGS R1, R2).
std::string scalar(const json::value& v)
{
    if (auto* s = v.if_string()) return std::string(*s);
    if (auto* i = v.if_int64()) return std::to_string(*i);
    if (auto* u = v.if_uint64()) return std::to_string(*u);
    if (auto* b = v.if_bool()) return *b ? "true" : "false";
    if (v.is_double()) return json::serialize(v);
    return {};
}

std::string text(const json::object& from, std::string_view member)
{
    auto* v = from.if_contains(member);
    return v ? scalar(*v) : std::string();
}

std::optional<long> number(const json::object& from, std::string_view member)
{
    auto digits = text(from, member);
    if (digits.empty() || digits.size() > 15 || digits.find_first_not_of("0123456789") != digits.npos)
        return std::nullopt;
    return std::stol(digits);
}

const json::object* object_in(const json::object& from, std::string_view member)
{
    auto* v = from.if_contains(member);
    return v ? v->if_object() : nullptr;
}

named_values scalars(const json::object* from)
{
    named_values out;
    if (!from) return out;
    for (const auto& [key, value] : *from)
        if (!value.is_object() && !value.is_array())
            if (auto t = scalar(value); !t.empty()) out.emplace_back(std::string(key), std::move(t));
    return out;
}

/// The array itself, the array called `member`, or the only array of an object (RULINGS R5).
const json::array* array_in(const json::value& v, std::string_view member)
{
    if (auto* a = v.if_array()) return a;
    auto* o = v.if_object();
    if (!o) return nullptr;
    if (auto* named = o->if_contains(member)) return named->if_array();
    const json::array* only = nullptr;
    for (const auto& [key, value] : *o) {
        if (auto* a = value.if_array()) {
            if (only) return nullptr;
            only = a;
        }
    }
    return only;
}

template <class T, class F>
std::optional<std::vector<T>> decode_list(std::string_view source, std::string_view member, F decode_one)
{
    auto v = parsed(source);
    if (!v) return std::nullopt;
    auto* list = array_in(*v, member);
    // An object without the list is an empty one ({} or {"customerSite": null}); any other shape is not ours.
    if (!list)
        return v->is_object() && (v->as_object().empty() || v->as_object().contains(member))
                   ? std::optional(std::vector<T>{})
                   : std::nullopt;
    std::vector<T> out;
    out.reserve(list->size());
    for (const auto& element : *list) {
        auto* o = element.if_object();
        if (!o) return std::nullopt;
        out.push_back(decode_one(*o));
    }
    return out;
}

product decode_product(const json::object& o)
{
    product p;
    p.code = text(o, "productCode");
    p.name = text(o, "productName");
    p.customer_product_id = text(o, "customerProductId");
    p.type = text(o, "productType") == "1" ? 1 : 2;
    if (auto* detail = object_in(o, "detail")) {
        p.cpe = text(*detail, "cpe");
        p.ipaddress = text(*detail, "ipaddress");
        p.course = text(*detail, "course");
        p.plan = text(*detail, "plan");
        p.service = text(*detail, "service");
        p.line = text(*detail, "line");
    }
    p.purchase_price = number(o, "purchasePrice");
    p.monthly_price = number(o, "monthlyPrice");
    p.shortest_period = number(o, "shortestPeriod");
    if (auto* list = o.if_contains("productDependencies"); list && list->is_array())
        for (const auto& d : list->as_array())
            if (auto* needed = d.if_object()) p.dependencies.push_back(text(*needed, "productCode"));
    return p;
}

void fill_summary(order_summary& s, const json::object& o)
{
    s.code = {text(o, "orderCode")};
    s.order_type = text(o, "orderType");
    s.change_type = text(o, "changeType");
    s.customer_site_code = text(o, "customerSiteCode");
    s.customer_site_name = text(o, "customerSiteName");
    s.status = text(o, "status");
    s.application_date = text(o, "applicationDate");
    s.hope_to_start_at = text(o, "hopeToStartAt");
    s.hope_to_end_at = text(o, "hopeToEndAt");
}

api_error decode_error(const json::object& o)
{
    return {text(o, "errorCode"), text(o, "errorMessage"), text(o, "developerMessage"), text(o, "moreInfo"),
            text(o, "requestId")};
}

site_detail decode_site_object(const json::object& site, const json::object& around)
{
    site_detail d;
    d.values = scalars(&site);
    d.code = {text(site, "customerSiteCode")};
    for (auto member : {"contract", "contracts"}) {
        auto* list = site.if_contains(member);
        if (!list) list = around.if_contains(member);
        if (!list || !list->is_array()) continue;
        for (const auto& element : list->as_array())
            if (auto* o = element.if_object())
                d.contracts.push_back({text(*o, "productCode"), text(*o, "productName"), text(*o, "productType"),
                                       text(*o, "startAt"), text(*o, "endAt")});
        if (!d.contracts.empty()) break;
    }
    auto part = [&](std::string_view member) {
        auto* inside = object_in(site, member);
        return scalars(inside ? inside : object_in(around, member));
    };
    d.installation_location = part("customerSiteInstallationLocation");
    d.lan_address = part("customerSiteLanAddress");
    d.dhcp_server_function = part("customerSiteDhcpServerFunction");
    d.ipip_param = part("customerSiteIpipParam");
    return d;
}

}

std::optional<token_answer> decode_token(std::string_view source)
{
    auto v = parsed(source);
    auto* o = v ? v->if_object() : nullptr;
    if (!o) return std::nullopt;
    token_answer out;
    out.access_token = text(*o, "accessToken");
    if (out.access_token.empty()) return std::nullopt;
    if (auto seconds = number(*o, "expiresIn"); seconds && *seconds > 0 && *seconds <= 31'536'000)
        out.expires_in = std::chrono::seconds(*seconds);
    return out;
}

std::optional<std::vector<product>> decode_products(std::string_view source)
{
    return decode_list<product>(source, "customerProduct", decode_product);
}

std::optional<std::vector<order_summary>> decode_orders(std::string_view source)
{
    return decode_list<order_summary>(source, "orders", [](const json::object& o) {
        order_summary s;
        fill_summary(s, o);
        return s;
    });
}

std::optional<order_detail> decode_order(std::string_view source)
{
    auto v = parsed(source);
    auto* o = v ? v->if_object() : nullptr;
    if (!o) return std::nullopt;
    order_detail d;
    fill_summary(d, *o);
    if (d.code.text.empty()) return std::nullopt;
    d.customer_code = text(*o, "customerCode");
    d.overwrite_check_flag = text(*o, "overwriteCheckFlag");
    d.case_name = text(*o, "caseName");
    d.line_bundle_type = text(*o, "lineBundleType");
    d.line_type = text(*o, "lineType");
    d.line_id = text(*o, "lineId");
    d.line_access_key = text(*o, "lineAccessKey");
    d.terminal_bundle_type = text(*o, "terminalBundleType");
    d.global_ip = text(*o, "globalIp");
    if (auto* list = o->if_contains("contracts"); list && list->is_array())
        for (const auto& element : list->as_array())
            if (auto* c = element.if_object())
                d.contracts.push_back({text(*c, "productCode"), text(*c, "productName"), text(*c, "productType"),
                                       text(*c, "status"), text(*c, "errorMessage")});
    d.installation_location = scalars(object_in(*o, "installationLocation"));
    d.terminal_destination = scalars(object_in(*o, "terminalDestination"));
    d.lan_address = scalars(object_in(*o, "lanAddress"));
    d.dhcp_server_function = scalars(object_in(*o, "dhcpServerFunction"));
    d.ipip_param = scalars(object_in(*o, "ipipParam"));
    return d;
}

std::optional<std::vector<site_summary>> decode_sites(std::string_view source)
{
    static const json::object nothing_around;
    return decode_list<site_summary>(source, "customerSite",
                                     [](const json::object& o) { return decode_site_object(o, nothing_around); });
}

std::optional<site_detail> decode_site(std::string_view source)
{
    auto v = parsed(source);
    auto* o = v ? v->if_object() : nullptr;
    if (!o) return std::nullopt;
    auto* site = object_in(*o, "customerSite");
    auto detail = decode_site_object(site ? *site : *o, *o);
    if (detail.code.text.empty()) return std::nullopt;
    return detail;
}

std::optional<order_code> decode_created(std::string_view source)
{
    auto v = parsed(source);
    auto* o = v ? v->if_object() : nullptr;
    if (!o) return std::nullopt;
    order_code code{text(*o, "orderCode")};
    if (code.text.empty()) return std::nullopt;
    return code;
}

std::vector<api_error> decode_errors(std::string_view source)
{
    auto v = parsed(source);
    auto* o = v ? v->if_object() : nullptr;
    if (!o) return {};
    std::vector<api_error> out;
    if (auto* list = o->if_contains("errors"); list && list->is_array()) {
        for (const auto& element : list->as_array())
            if (auto* e = element.if_object()) out.push_back(decode_error(*e));
    } else if (o->contains("errorCode") || o->contains("errorMessage"))
        out.push_back(decode_error(*o));
    return out;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now)
{
    constexpr long longest = 24 * 3600;
    auto plain = trimmed(value);
    if (plain.empty()) return std::nullopt;
    if (plain.find_first_not_of("0123456789") == plain.npos)
        return std::chrono::seconds(plain.size() > 6 ? longest : std::min(longest, std::stol(plain)));
    std::tm when{};
    if (!strptime(plain.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &when)) return std::nullopt;
    auto wait = timegm(&when) - std::chrono::system_clock::to_time_t(now);
    return std::chrono::seconds(std::max<long>(0, std::min<long>(wait, longest)));
}

}
