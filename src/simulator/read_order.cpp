#include "orderd/core/japanese_date.hpp"
#include "orderd/core/text.hpp"
#include "world.hpp"

#include <algorithm>

// The definitions of OrderRequest and what is below it, checked as the document words its errors.
namespace orderd::simulator {
namespace {

struct wrong {
    api_error error;
};

std::string scalar(const json::value* v)
{
    if (!v || v->is_null()) return {};
    if (v->is_string()) return std::string(v->as_string());
    if (v->is_int64() || v->is_uint64()) return json::serialize(*v);
    throw wrong{{"4000101", "リクエストの形式が正しくありません。"}};
}
std::string member(const json::object& o, std::string_view name) { return scalar(o.if_contains(name)); }

const json::object* object_member(const json::object& o, std::string_view name)
{
    auto* v = o.if_contains(name);
    return v && v->is_object() ? &v->as_object() : nullptr;
}

void length(const std::string& label, const std::string& value, std::size_t least, std::size_t most)
{
    auto n = code_points(value);
    if (n < least || n > most)
        throw wrong{{"4000102", label + "は" + std::to_string(least) + "~" + std::to_string(most) +
                                    "文字の間で入力してください。"}};
}

bool all(const std::string& text, bool (*good)(char)) { return std::all_of(text.begin(), text.end(), good); }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool alphanumeric(char c) { return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool graphic(char c) { return c > 0x20 && c < 0x7F; }

void only_alphanumeric(const std::string& label, const std::string& value)
{
    if (!all(value, alphanumeric)) throw wrong{{"4000110", label + "は半角英数で入力してください。"}};
}
void form(const std::string& label, bool good)
{
    if (!good) throw wrong{{"4000118", label + "は正しい形式で入力してください。"}};
}
void date(const std::string& label, const std::string& value)
{
    length(label, value, 8, 8);
    form(label, real_date(value));
}

void code(const std::string& label, const std::string& value)
{
    length(label, value, 1, 256);
    form(label, all(value, graphic));
}

void check_place(const json::object* place, const std::string& label)
{
    if (!place) return;
    if (auto zip = member(*place, "zipCode"); !zip.empty()) {
        length(label + "郵便番号", zip, 7, 7);
        form(label + "郵便番号", all(zip, digit));
    }
    if (auto tel = member(*place, "tel"); !tel.empty()) {
        length(label + "電話番号", tel, 10, 11);
        form(label + "電話番号", all(tel, digit));
    }
    if (auto at = member(*place, "hopeToAt"); !at.empty()) date("到着希望日", at);
}

void check_addresses(const json::object* part, std::initializer_list<std::pair<const char*, const char*>> fields)
{
    if (!part) return;
    for (auto [name, label] : fields)
        if (auto value = member(*part, name); !value.empty()) {
            length(label, value, 7, 18);
            form(label, value.find_first_not_of("0123456789./") == value.npos);
        }
}

void need(bool there, const std::string& label)
{
    if (!there) throw wrong{{"4000101", label + "を入力してください。"}};
}

/// Products and what dedicated CPE asks for.
void check_products(placed_order& order, const json::object& body)
{
    auto* list = body.if_contains("products");
    need(list && list->is_array() && !list->as_array().empty(), "商品要素");
    std::vector<const sold_product*> found;
    for (const auto& element : list->as_array()) {
        need(element.is_object(), "商品要素");
        auto wanted = member(element.as_object(), "productCode");
        code("商品コード", wanted);
        const auto* p = find_product(wanted);
        if (!p) throw wrong{{"4000137", "指定された商品要素に該当する情報が存在しません。"}};
        found.push_back(p);
        order.products.push_back({wanted, member(element.as_object(), "changeType"), "1", ""});
    }
    if (order.type != "1") return;
    const api_error bad_mix{"4000144", "商品の組み合わせに問題があるため購入できません。"};
    if (std::count_if(found.begin(), found.end(), [](auto* p) { return p->type == 1; }) != 1) throw wrong{bad_mix};
    for (const auto* p : found)
        if (!p->dependencies.empty() && std::none_of(found.begin(), found.end(), [&](auto* other) {
                return std::find(p->dependencies.begin(), p->dependencies.end(), other->code) != p->dependencies.end();
            }))
            throw wrong{bad_mix};
    const auto* main = *std::find_if(found.begin(), found.end(), [](auto* p) { return p->type == 1; });
    if (main->cpe != "1") return;
    need(!order.hope_to_start_at.empty(), "開通希望日");
    need(object_member(body, "installationLocation"), "設置場所");
    need(object_member(body, "terminalDestination"), "端末送付先");
    need(object_member(body, "dhcpServerFunction"), "DHCPサーバ機能");
    need(main->ipaddress == "2" || object_member(body, "lanAddress"), "LAN側アドレス");
}

void read_start(placed_order& order, const json::object& body)
{
    order.site_name = member(body, "customerSiteName");
    order.case_name = member(body, "caseName");
    order.line_id = member(body, "lineId");
    order.line_access_key = member(body, "lineAccessKey");
    order.hope_to_start_at = member(body, "hopeToOpenAt");
    length("拠点名", order.site_name, 0, 64);
    length("案件名", order.case_name, 0, 64);
    length("回線ID", order.line_id, 11, 16);
    only_alphanumeric("回線ID", order.line_id);
    length("アクセスキー", order.line_access_key, 8, 8);
    only_alphanumeric("アクセスキー", order.line_access_key);
    if (!order.hope_to_start_at.empty()) date("開通希望日", order.hope_to_start_at);
    check_place(object_member(body, "installationLocation"), "設置場所");
    check_place(object_member(body, "terminalDestination"), "端末送付先");
    check_addresses(object_member(body, "lanAddress"), {{"lanNetworkAddress", "LAN側ネットワークアドレス"},
                                                        {"lanInterfaceAddress", "LAN側インターフェースアドレス"}});
    if (auto* dhcp = object_member(body, "dhcpServerFunction")) {
        auto how = member(*dhcp, "howToUse");
        form("使用方法", how == "0" || how == "1");
        need(how == "0" || (dhcp->contains("startAddress") && dhcp->contains("endAddress")),
             "DHCPサーバ機能のアドレス");
        check_addresses(
            dhcp,
            {{"startAddress", "開始アドレス"}, {"endAddress", "終了アドレス"}, {"dns1", "DNS1"}, {"dns2", "DNS2"}});
    }
    check_products(order, body);
}

void read_change(placed_order& order, const json::object& body)
{
    order.site_code = member(body, "customerSiteCode");
    code("保守番号", order.site_code);
    check_products(order, body);
    for (const auto& p : order.products) form("変更種別", p.change_type == "1" || p.change_type == "3");
}

void read_cancel(placed_order& order, const json::object& body)
{
    order.site_code = member(body, "customerSiteCode");
    code("保守番号", order.site_code);
    order.hope_to_end_at = member(body, "hopeToEndAt");
    auto& end = order.hope_to_end_at;
    length("廃止希望日", end, 6, 8);
    form("廃止希望日", end.size() == 6 ? parse_yyyymm(end).has_value() : real_date(end));
    order.overwrite = member(body, "overwriteCheckFlag");
    form("上書きフラグ", order.overwrite.empty() || order.overwrite == "0" || order.overwrite == "1");
}

}

std::string today()
{
    return to_yyyymmdd(tokyo_day(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())));
}

bool real_date(std::string_view text) { return parse_yyyymmdd(text).has_value(); }

std::variant<placed_order, api_error> read_order(const json::value& body)
{
    try {
        need(body.is_object(), "リクエストボディ");
        const auto& o = body.as_object();
        placed_order order;
        order.type = member(o, "orderType");
        const char* names[] = {"startOrderPostData", "changeOrderPostData", "cancelOrderPostData"};
        form("オーダ種別", order.type == "1" || order.type == "2" || order.type == "3");
        auto index = static_cast<std::size_t>(order.type[0] - '1');
        const auto* data = object_member(o, names[index]);
        need(data, names[index]);
        order.body = *data;
        order.customer_code = member(*data, "customerCode");
        length("システムID", order.customer_code, 1, 256);
        only_alphanumeric("システムID", order.customer_code);
        if (order.type == "1")
            read_start(order, *data);
        else if (order.type == "2")
            read_change(order, *data);
        else
            read_cancel(order, *data);
        return order;
    } catch (const wrong& w) {
        return w.error;
    }
}

}
