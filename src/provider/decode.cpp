#include "json_members.hpp"
#include "list.hpp"
#include "orderd/core/bytes.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/codec.hpp"
#include "orderd/provider/told.hpp"
#include "readable.hpp"

#include <algorithm>
#include <ctime>
#include <initializer_list>
#include <span>

namespace orderd::provider {
namespace {

/// Whether a text can be a key: it names something, and can be kept and sent as it is (RULINGS T17).
bool usable_key(std::string_view key)
{
    bool control = any_byte(key, [](unsigned char b) { return b < 0x20; });
    return !key.empty() && ascii(key) && !control && key.size() <= 256 && key.find("\xEF\xBF\xBD") == key.npos &&
           valid_utf8(key);
}
std::string without_key(std::string_view member, const std::string& key)
{
    if (usable_key(key)) return {};
    return (key.empty() ? "it has no " : "it has an unusable ") + std::string(member);
}

constexpr std::size_t longest_name = 256; // of an error, or of a value that is none of those known

/// A name is still one when it is cut.
void cut_name(std::string& name)
{
    if (name.size() > longest_told) name = std::string(beginning(std::move(name), longest_told));
}

/// Why an element cannot be read that has a longer text than any, "" when it has none.
std::string too_long(const std::string& whose, std::initializer_list<const std::string*> texts)
{
    bool any = std::any_of(texts.begin(), texts.end(), [](const auto* t) { return t->size() > longest_told; });
    return any ? whose + " has a text of more than 4 KiB" : std::string();
}

template <class T>
std::optional<list_page<T>> whole_page(std::unique_ptr<page_reader<T>> reader, std::string_view json)
{
    if (!reader->take(json).empty()) return std::nullopt;
    return reader->end();
}

std::string without_order_code(const std::string& code)
{
    if (auto why = without_key("orderCode", code); !why.empty()) return why;
    return can_be_order_code(code) ? "" : "its orderCode \"" + beginning(code, 64) + "\" cannot be one";
}

/// Reads a member of a product's detail that decides which columns an order needs; why it cannot be read, else "".
/// Nothing is guessed from an object or a list, also not from a list of one.
std::string read_deciding(const json::object& detail, std::string_view member, std::span<const choice> words,
                          std::string& to)
{
    if (!tells(detail, member)) return {};
    const auto& v = detail.at(member);
    if (!v.is_object() && !v.is_array()) to = told_choice(text(detail, member), words);
    if (told_number(to)) return {};
    to.clear();
    auto told = v.is_object() ? "an object" : v.is_array() ? "a list" : "\"" + beginning(scalar(v), 60) + "\"";
    return "its " + std::string(member) + " cannot be read: " + told;
}

std::string read_detail(const json::object& o, product& p)
{
    auto* detail = object_in(o, "detail");
    if (!detail) return tells(o, "detail") ? "its detail cannot be read" : "";
    static constexpr choice cpes[] = {{1, "専用CPE付き"}, {1, "専用CPE"}, {2, "パートナーCPE"}};
    static constexpr choice addresses[] = {{0, "動的IP"}, {1, "IP1(D)タイプ"}, {1, "IP1(D)"}, {2, "IP4タイプ"},
                                           {2, "IP4"},    {5, "IP1タイプ"},    {5, "IP1"}};
    if (auto why = read_deciding(*detail, "cpe", cpes, p.cpe); !why.empty()) return why;
    if (auto why = read_deciding(*detail, "ipaddress", addresses, p.ipaddress); !why.empty()) return why;
    p.course = told_digits(text(*detail, "course"));
    p.plan = told_digits(text(*detail, "plan"));
    p.service = told_digits(text(*detail, "service"));
    p.line = told_digits(text(*detail, "line"));
    return {};
}

/// A price. What is more than any product costs is not known, and sums of it would overflow.
std::optional<long> price(const json::object& o, std::string_view member)
{
    auto yen = number(o, member);
    return yen && *yen <= 9'999'999'999 ? yen : std::nullopt;
}

std::string decode_product(const json::object& o, product& p)
{
    p.code = key(o, "productCode");
    if (auto why = without_key("productCode", p.code); !why.empty()) return why;
    static constexpr choice types[] = {
        {1, "主商品"},         {1, "メイン商品"}, {1, "main"}, {2, "オプション"}, {2, "オンサイト保守オプション"},
        {2, "オプション商品"}, {2, "option"}};
    auto type = told_number(told_choice(text(o, "productType"), types));
    if (type != 1 && type != 2)
        return "product " + p.code + " has the productType \"" + beginning(text(o, "productType"), 60) + "\"";
    p.type = static_cast<int>(*type);
    p.name = text(o, "productName");
    cut_name(p.name);
    p.customer_product_id = text(o, "customerProductId");
    if (auto why = read_detail(o, p); !why.empty()) return "product " + p.code + ": " + why;
    p.purchase_price = price(o, "purchasePrice");
    p.monthly_price = price(o, "monthlyPrice");
    p.shortest_period = number(o, "shortestPeriod");
    if (auto* list = o.if_contains("productDependencies"); list && list->is_array())
        for (const auto& d : list->as_array())
            if (auto* needed = d.if_object())
                if (auto code = key(*needed, "productCode"); !code.empty()) p.dependencies.push_back(std::move(code));
    for (const auto& code : p.dependencies)
        if (auto why = too_long("product " + p.code, {&code}); !why.empty()) return why;
    return too_long("product " + p.code,
                    {&p.customer_product_id, &p.cpe, &p.ipaddress, &p.course, &p.plan, &p.service, &p.line});
}

/// A type or status. One in a list may be of something else, too: nobody knows what it says.
std::string told_plainly(order_summary& s, const json::object& o, std::string_view member)
{
    bool plain = !tells(o, member) || !(o.at(member).is_array() || o.at(member).is_object());
    if (!plain) s.unreadable.emplace_back(member);
    return plain ? text(o, member) : std::string();
}

void note_unreadable(order_summary& s, const json::object& o, std::initializer_list<std::string_view> members)
{
    for (auto member : members)
        if (beyond_text(o, member)) s.unreadable.emplace_back(member);
}

/// Whether something is added or removed.
std::string change_type(const std::string& told)
{
    static constexpr choice kinds[] = {{1, "追加"}, {1, "新規"}, {1, "add"},    {3, "廃止"},
                                       {3, "削除"}, {3, "解約"}, {3, "remove"}, {3, "delete"}};
    return told_choice(told, kinds);
}

void fill_summary(order_summary& s, const json::object& o)
{
    s.code = {key(o, "orderCode")};
    static constexpr choice types[] = {{1, "新規"}, {1, "新規登録"}, {2, "変更"}, {3, "廃止"}, {3, "廃止登録"}};
    static constexpr choice statuses[] = {{1, "進行中"},       {2, "完了"},       {3, "エラー"},
                                          {4, "キャンセル済"}, {4, "キャンセル"}, {5, "一部エラー"}};
    s.order_type = told_choice(told_plainly(s, o, "orderType"), types);
    s.change_type = change_type(told_plainly(s, o, "changeType"));
    s.customer_site_code = text(o, "customerSiteCode");
    s.customer_site_name = text(o, "customerSiteName");
    s.status = told_choice(told_plainly(s, o, "status"), statuses);
    s.application_date = text(o, "applicationDate");
    s.hope_to_start_at = text(o, "hopeToStartAt");
    s.hope_to_end_at = text(o, "hopeToEndAt");
    note_unreadable(s, o, {"customerSiteCode", "customerSiteName", "applicationDate", "hopeToStartAt", "hopeToEndAt"});
}

// What one error may say, and how many of them: they are kept with their order, and found by their names.
constexpr std::size_t longest_text = 4096, most_errors = 100;

api_error decode_error(const json::object& o)
{
    auto words = [&](std::string_view member) { return beginning(text(o, member), longest_text); };
    return {beginning(key(o, "errorCode"), longest_name), words("errorMessage"), words("developerMessage"),
            words("moreInfo"), beginning(text(o, "requestId"), longest_name)};
}

api_error decode_fault(const json::object& fault)
{
    auto* detail = object_in(fault, "detail");
    auto message = beginning(text(fault, "faultstring"), longest_text);
    return {detail ? beginning(key(*detail, "errorcode"), longest_name) : std::string(), message, message, "", ""};
}

bool blank(const site_contract& c)
{
    return c.product_code.empty() && c.product_name.empty() && c.product_type.empty() && c.start_at.empty() &&
           c.end_at.empty();
}

site_detail decode_site_object(const json::object& site, const json::object& around)
{
    site_detail d;
    d.values = scalars(&site);
    for (auto& [name, value] : d.values)
        if (name == "status" || name == "customerType") value = told_digits(std::move(value));
    d.code = {key(site, "customerSiteCode")};
    for (auto member : {"contract", "contracts"}) {
        auto* list = site.if_contains(member);
        if (!list) list = around.if_contains(member);
        if (!list || !list->is_array()) continue;
        for (const auto& element : list->as_array())
            if (auto* o = element.if_object()) {
                site_contract c{text(*o, "productCode"), text(*o, "productName"), told_digits(text(*o, "productType")),
                                text(*o, "startAt"), text(*o, "endAt")};
                d.too_many_contracts = d.contracts.size() == most_contracts && !blank(c);
                if (d.too_many_contracts) break;
                if (!blank(c)) d.contracts.push_back(std::move(c));
            }
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
    auto v = parsed(source, most_values_of_one);
    auto* o = v ? v->if_object() : nullptr;
    if (!o) return std::nullopt;
    token_answer out;
    out.access_token = text(*o, "accessToken");
    if (out.access_token.empty()) return std::nullopt;
    if (auto seconds = number(*o, "expiresIn"); seconds && *seconds > 0 && *seconds <= 31'536'000)
        out.expires_in = std::chrono::seconds(*seconds);
    return out;
}

std::unique_ptr<page_reader<product>> read_products(list_bounds most, std::size_t received)
{
    return make_reader<product>({"customerproduct", "customerproducts", "product", "products"}, most, received,
                                decode_product);
}

std::unique_ptr<page_reader<order_summary>> read_orders(list_bounds most, std::size_t received)
{
    auto one = [](const json::object& o, order_summary& s) {
        fill_summary(s, o);
        cut_name(s.customer_site_name);
        if (auto why = without_order_code(s.code.text); !why.empty()) return why;
        return too_long("order " + s.code.text, {&s.order_type, &s.change_type, &s.customer_site_code, &s.status,
                                                 &s.application_date, &s.hope_to_start_at, &s.hope_to_end_at});
    };
    return make_reader<order_summary>({"order", "orders", "orderlist", "orderlistresponse"}, most, received, one);
}

std::optional<list_page<product>> decode_products(std::string_view json) { return whole_page(read_products(), json); }
std::optional<list_page<order_summary>> decode_orders(std::string_view json) { return whole_page(read_orders(), json); }
std::optional<list_page<site_summary>> decode_sites(std::string_view json) { return whole_page(read_sites(), json); }

std::optional<order_detail> decode_order(std::string_view source)
{
    auto v = parsed(source, most_values_of_one);
    const json::object* o = v ? v->if_object() : nullptr;
    if (!o || tells_error(*o)) return std::nullopt;
    for (auto member : {"order", "orderDetail", "result", "data"}) // wrapped once, as lists are
        if (auto* inside = object_in(*o, member); inside && !tells(*o, "orderCode")) o = inside;
    if (tells_error(*o)) return std::nullopt;
    order_detail d;
    fill_summary(d, *o);
    // The document does not require the code here; an order has a status.
    if (d.code.text.empty() ? d.status.empty() : !can_be_order_code(d.code.text)) return std::nullopt;
    d.customer_code = text(*o, "customerCode");
    d.overwrite_check_flag = text(*o, "overwriteCheckFlag");
    d.case_name = text(*o, "caseName");
    d.line_bundle_type = text(*o, "lineBundleType");
    d.line_type = text(*o, "lineType");
    d.line_id = text(*o, "lineId");
    d.line_access_key = text(*o, "lineAccessKey");
    d.terminal_bundle_type = text(*o, "terminalBundleType");
    d.global_ip = text(*o, "globalIp");
    note_unreadable(d, *o, {"customerCode", "overwriteCheckFlag", "caseName", "lineId", "lineAccessKey"});
    auto* list = o->if_contains("contracts");
    for (auto member : {"contract", "products"}) // the document calls them so elsewhere
        if (!list) list = o->if_contains(member);
    d.contracts_unreadable = list && !list->is_null() && !list->is_array();
    if (list && list->is_array())
        for (const auto& element : list->as_array()) {
            auto* c = element.if_object();
            if (!c || key(*c, "productCode").empty() || d.contracts.size() == most_contracts)
                d.contracts_unreadable = true;
            else
                d.contracts.push_back({key(*c, "productCode"), text(*c, "productName"),
                                       told_digits(text(*c, "productType")), told_digits(text(*c, "status")),
                                       text(*c, "errorMessage"), change_type(text(*c, "changeType"))});
        }
    d.installation_location = scalars(object_in(*o, "installationLocation"));
    d.terminal_destination = scalars(object_in(*o, "terminalDestination"));
    d.lan_address = scalars(object_in(*o, "lanAddress"));
    d.dhcp_server_function = scalars(object_in(*o, "dhcpServerFunction"));
    d.ipip_param = scalars(object_in(*o, "ipipParam"));
    return d;
}

std::unique_ptr<page_reader<site_summary>> read_sites(list_bounds most, std::size_t received)
{
    auto one = [](const json::object& o, site_summary& s) {
        s.code = {key(o, "customerSiteCode")};
        if (auto why = without_key("customerSiteCode", s.code.text); !why.empty()) return why;
        if (!can_be_site_code(s.code.text))
            return "its customerSiteCode \"" + beginning(s.code.text, 64) + "\" cannot be one";
        auto told = [&](std::string_view member) {
            auto* v = o.if_contains(member);
            return v ? scalar(*v) : std::string();
        };
        s.status = told_digits(told("status"));
        if (s.status != "1" && s.status != "2")
            return "site " + s.code.text + " has the status \"" + beginning(s.status, longest_name) + "\"";
        s.name = told("customerSiteName");
        s.case_name = told("caseName");
        s.line_id = told("lineId");
        s.start_at = told("startAt");
        s.end_at = told("endAt");
        for (auto* name : {&s.name, &s.case_name}) cut_name(*name);
        return too_long("site " + s.code.text, {&s.line_id, &s.start_at, &s.end_at});
    };
    return make_reader<site_summary>({"customersite", "customersites", "site", "sites"}, most, received, one);
}

std::optional<site_detail> decode_site(std::string_view source)
{
    auto v = parsed(source, most_values_of_one);
    auto* o = v ? v->if_object() : nullptr;
    if (!o || tells_error(*o)) return std::nullopt;
    auto* site = object_in(*o, "customerSite");
    auto detail = decode_site_object(site ? *site : *o, *o);
    if (detail.code.text.empty()) return std::nullopt;
    return detail;
}

std::optional<order_code> decode_created(std::string_view source)
{
    auto v = parsed(source, most_values_of_one);
    auto* o = v ? v->if_object() : nullptr;
    if (!o || tells_error(*o)) return std::nullopt;
    order_code code{key(*o, "orderCode")};
    if (!can_be_order_code(code.text)) return std::nullopt;
    return code;
}

std::vector<api_error> decode_errors(std::string_view source)
{
    auto v = parsed(source, most_values_of_one);
    auto* o = v ? v->if_object() : nullptr;
    if (!o) return {};
    std::vector<api_error> out;
    if (auto* list = o->if_contains("errors"); list && tells(*o, "errors") && list->is_array()) {
        for (const auto& element : list->as_array()) {
            if (out.size() == most_errors) break;
            if (auto* e = element.if_object()) out.push_back(decode_error(*e));
        }
    } else if (auto* one = object_in(*o, "errors"))
        out.push_back(decode_error(*one));
    else if (auto* fault = object_in(*o, "fault")) // the gateway's own (RULINGS T12)
        out.push_back(decode_fault(*fault));
    else if (tells(*o, "errorCode") || tells(*o, "errorMessage"))
        out.push_back(decode_error(*o));
    return out;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now)
{
    constexpr long longest = 15 * 60; // whoever asks for more is asked again then
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
