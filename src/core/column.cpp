#include "orderd/core/column.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <unordered_map>

namespace orderd {

namespace {

/// Headers are the same with and without long-vowel marks: オーダ種別 and オーダー種別, インタフェース and
/// インターフェース.
std::string key_of(std::string_view header)
{
    constexpr std::string_view mark = "ー";
    auto key = header_key(header);
    for (auto at = key.find(mark); at != key.npos; at = key.find(mark, at)) key.erase(at, mark.size());
    return key;
}

}

const std::array<column_info, column_count>& columns()
{
    using enum value_kind;
    using c = column;
    // The API has the place names once for each of two objects; only the installation's may stand alone.
    static const std::array<column_info, column_count> table{{
        {c::request_key, "request_key", "管理番号", "", code, false, false},
        {c::order_type, "order_type", "オーダ種別", "orderType", choice, false, false},
        {c::customer_code, "customer_code", "システムID", "customerCode", code, false, false},
        {c::customer_site_name, "customer_site_name", "拠点名", "customerSiteName", value_kind::name, false, true},
        {c::case_name, "case_name", "案件名", "caseName", value_kind::name, false, true},
        {c::line_id, "line_id", "回線ID", "lineId", code, false, false},
        {c::line_access_key, "line_access_key", "アクセスキー", "lineAccessKey", code, true, false},
        {c::hope_to_open_at, "hope_to_open_at", "開通希望日", "hopeToOpenAt", date, false, false},
        {c::product_codes, "product_codes", "商品コード", "productCode", list, false, false},
        {c::installation_zip_code, "installation_zip_code", "設置先郵便番号", "installationLocation.zipCode", digits,
         false, true},
        {c::installation_prefectures, "installation_prefectures", "設置先都道府県", "installationLocation.prefectures",
         value_kind::name, false, true},
        {c::installation_address, "installation_address", "設置先住所", "installationLocation.address",
         value_kind::name, false, true},
        {c::installation_company_name, "installation_company_name", "設置先会社名", "installationLocation.companyName",
         value_kind::name, false, true},
        {c::installation_department_name, "installation_department_name", "設置先部署名",
         "installationLocation.departmentName", value_kind::name, false, true},
        {c::installation_client_name, "installation_client_name", "設置先担当者", "installationLocation.clientName",
         value_kind::name, false, true},
        {c::installation_tel, "installation_tel", "設置先電話番号", "installationLocation.tel", digits, false, true},
        {c::terminal_zip_code, "terminal_zip_code", "送付先郵便番号", "terminalDestination.zipCode", digits, false,
         true},
        {c::terminal_prefectures, "terminal_prefectures", "送付先都道府県", "terminalDestination.prefectures",
         value_kind::name, false, true},
        {c::terminal_address, "terminal_address", "送付先住所", "terminalDestination.address", value_kind::name, false,
         true},
        {c::terminal_company_name, "terminal_company_name", "送付先会社名", "terminalDestination.companyName",
         value_kind::name, false, true},
        {c::terminal_department_name, "terminal_department_name", "送付先部署名", "terminalDestination.departmentName",
         value_kind::name, false, true},
        {c::terminal_client_name, "terminal_client_name", "送付先担当者", "terminalDestination.clientName",
         value_kind::name, false, true},
        {c::terminal_tel, "terminal_tel", "送付先電話番号", "terminalDestination.tel", digits, false, true},
        {c::terminal_hope_to_at, "terminal_hope_to_at", "到着希望日", "hopeToAt", date, false, false},
        {c::lan_network_address, "lan_network_address", "LAN側ネットワークアドレス", "lanNetworkAddress", code, false,
         false},
        {c::lan_interface_address, "lan_interface_address", "LAN側インターフェースアドレス", "lanInterfaceAddress",
         code, false, false},
        {c::dhcp_how_to_use, "dhcp_how_to_use", "DHCP使用方法", "howToUse", choice, false, false},
        {c::dhcp_start_address, "dhcp_start_address", "DHCP開始アドレス", "startAddress", code, false, false},
        {c::dhcp_end_address, "dhcp_end_address", "DHCP終了アドレス", "endAddress", code, false, false},
        {c::dhcp_dns1, "dhcp_dns1", "DNS1", "dns1", code, false, false},
        {c::dhcp_dns2, "dhcp_dns2", "DNS2", "dns2", code, false, false},
        {c::customer_site_code, "customer_site_code", "保守番号", "customerSiteCode", code, false, false},
        {c::change_products, "change_products", "変更商品", "", list, false, false},
        {c::hope_to_end_at, "hope_to_end_at", "廃止希望日", "hopeToEndAt", month_or_date, false, false},
        {c::overwrite_check_flag, "overwrite_check_flag", "上書きフラグ", "overwriteCheckFlag", choice, false, false},
        {c::submit_after, "submit_after", "送信開始日時", "", moment, false, false},
    }};
    return table;
}

const column_info& info(column c) { return columns()[static_cast<std::size_t>(c)]; }

std::optional<column> column_from_header(std::string_view header)
{
    static const auto keys = [] {
        std::unordered_map<std::string, column> all;
        for (const auto& c : columns())
            for (auto text : {c.name, c.japanese, c.api})
                if (!text.empty()) all.emplace(key_of(text), c.id);
        return all;
    }();
    auto at = keys.find(key_of(header));
    if (at == keys.end()) return std::nullopt;
    return at->second;
}

std::string nearest_header(std::string_view header)
{
    struct forms {
        std::vector<std::string> keys;
        std::vector<std::string_view> shown;
    };
    static const auto known = [] {
        std::array<forms, 3> all;
        for (std::size_t i = 0; i < all.size(); ++i)
            for (const auto& c : columns()) {
                auto text = std::array{c.name, c.japanese, c.api}[i];
                if (text.empty()) continue;
                all[i].keys.push_back(key_of(text));
                all[i].shown.push_back(text);
            }
        return all;
    }();
    auto key = key_of(header);
    for (const auto& form : known) {
        auto found = nearest(key, form.keys);
        if (found.empty()) continue;
        auto at = std::find(form.keys.begin(), form.keys.end(), found) - form.keys.begin();
        return std::string(form.shown[static_cast<std::size_t>(at)]);
    }
    return {};
}

}
