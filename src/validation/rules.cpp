#include "orderd/validation/rules.hpp"
#include "orderd/core/text.hpp"

#include <stdexcept>

namespace orderd::validation {
namespace {

constexpr auto error = severity::error;
constexpr auto warning = severity::warning;

constexpr rule table[] = {
    // what every row has
    {"row_cell_count", error, false, "セルが{0}個ありますが、見出しは{1}列です。区切り文字や引用符を確認してください。",
     "the row has {0} cells and the header {1}; look for a missing or extra separator or quotation mark", "RFC 4180"},
    {"row_unreadable", error, false, "この行は文字コード{0}として読めない文字を含みます（{1}列目）。",
     "the row holds bytes that are not {0} (cell {1}); save the file again as CSV UTF-8", ""},
    {"row_too_long", error, false,
     "この行は{0}KBを超えています。引用符（\"）の閉じ忘れがないか確認してください。行の全体は元のファイルにあります。",
     "the row is longer than {0} KB; look for a quotation mark that is not closed. The whole row is in the file as it "
     "came",
     ""},
    {"row_quotes", error, false,
     "引用符（\"）の対応が正しくありません。引用符を含むセルは全体を\"で囲み、中の\"は\"\"と書いてください。",
     "a quotation mark is not closed or stands inside an unquoted cell; quote the whole cell and double the marks in "
     "it",
     "RFC 4180"},
    {"control_character", error, true, "{0}に改行などの制御文字が含まれています。取り除いてください。",
     "{0} holds a line break or another control character; take it out", ""},
    {"order_type_required", error, false,
     "オーダ種別がありません。1（新規）、2（変更）、3（廃止）のいずれかを入力してください。",
     "order_type is missing; 1 (start), 2 (change) or 3 (cancel) is needed", "OrderRequest.orderType"},
    {"order_type_unknown", error, false,
     "オーダ種別「{1}」は使えません。1（新規）、2（変更）、3（廃止）のいずれかを入力してください。",
     "order_type \"{1}\" is unknown; use 1 (start), 2 (change) or 3 (cancel)", "OrderRequest.orderType"},
    {"request_key_length", error, false, "管理番号は256文字以内で入力してください（{2}文字あります）。",
     "request_key has {2} characters; at most 256 are allowed", ""},
    {"customer_code_required", error, true,
     "システムIDがありません。行に入力するか、設定のapi.customer_codeに指定してください。",
     "customer_code is missing; give it in the row or as api.customer_code in the configuration", "RULINGS W2"},
    {"customer_code_format", error, true, "システムID「{1}」は半角英数字1〜256文字で入力してください。",
     "customer_code \"{1}\" must be 1 to 256 letters or digits", "RULINGS W2"},
    {"column_not_used", warning, true, "{0}は{2}のオーダでは使われません。値は送信されません。",
     "{0} is not used in a {3} order; its value is not sent", "OrderRequest"},
    {"submit_after_format", error, true,
     "送信開始日時「{1}」は日付（2027/3/1）または日時（2027/3/1 9:00）で入力してください。",
     "submit_after \"{1}\" must be a Japanese date (2027-03-01) or a date and time (2027-03-01 09:00)", ""},
    // what Excel does to values
    {"excel_scientific", error, true,
     "{0}「{1}」はExcelで指数表示に変わり、元の番号が失われています。セルを文字列にして入力し直してください。",
     "{0} \"{1}\" was turned into scientific notation by Excel and has lost digits; format the cell as text and enter "
     "it again",
     ""},
    {"excel_lost_leading_zero", error, true,
     "{0}「{1}」は先頭の0がExcelで失われたようです。セルを文字列にして入力し直してください。",
     "{0} \"{1}\" seems to have lost its leading zero in Excel; format the cell as text and enter it again", ""},
    {"excel_date", error, true, "{0}「{1}」はExcelで日付に変わったようです。セルを文字列にして入力し直してください。",
     "{0} \"{1}\" seems to have been turned into a date by Excel; format the cell as text and enter it again", ""},
    // a start order
    {"line_id_required", error, true, "回線IDがありません。", "line_id is missing", "StartOrder.lineId: required"},
    {"line_id_format", error, true, "回線ID「{1}」は{2}文字です。半角英数字11〜16文字で入力してください。",
     "line_id \"{1}\" has {2} characters; 11 to 16 letters or digits are needed",
     "StartOrder.lineId: 11-16, [a-zA-Z0-9]"},
    {"line_access_key_required", error, true, "アクセスキーがありません。", "line_access_key is missing",
     "StartOrder.lineAccessKey: required"},
    {"line_access_key_format", error, true,
     "アクセスキーは{2}文字です（値は表示しません）。半角英数字8文字で入力してください。",
     "line_access_key (not shown) has {2} characters; exactly 8 letters or digits are needed",
     "StartOrder.lineAccessKey: 8, [a-zA-Z0-9]"},
    {"customer_site_name_length", error, true, "拠点名は64文字以内で入力してください（{2}文字あります）。",
     "customer_site_name has {2} characters; at most 64 are allowed", "StartOrder.customerSiteName: 0-64"},
    {"case_name_length", error, true, "案件名は64文字以内で入力してください（{2}文字あります）。",
     "case_name has {2} characters; at most 64 are allowed", "StartOrder.caseName: 0-64"},
    {"date_format", error, true, "{0}「{1}」は存在する日付で入力してください（例 20270301、2027/3/1）。",
     "{0} \"{1}\" must be a day that exists (20270301, 2027/3/1 or 2027-03-01)", "RULINGS W10"},
    {"date_past", error, true, "{0}「{1}」は過去の日付です。今日（{2}）以降を入力してください。",
     "{0} \"{1}\" is in the past; today ({2}) or later is needed", "RULINGS W5, W16"},
    {"opening_lead_time", warning, true,
     "開通希望日「{1}」は今日から{2}日後（{3}"
     "営業日後）です。専用CPEは申込から8日以上かつ5営業日以上先の日付が必要です。",
     "hope_to_open_at \"{1}\" is {2} days ({3} business days) from today; dedicated CPE needs at least 8 days and 5 "
     "business "
     "days",
     "the provider's service description: 5 business days; RULINGS W16"},
    {"terminal_after_opening", warning, true, "到着希望日「{1}」が開通希望日「{2}」より後です。",
     "terminal_hope_to_at \"{1}\" is after hope_to_open_at \"{2}\"", "RULINGS W16"},
    {"product_codes_required", error, true, "商品コードがありません。",
     "product_codes is missing; at least one product is needed", "StartOrder.products: required; RULINGS P3"},
    {"product_code_format", error, true, "商品コード「{2}」は半角英数記号1〜256文字（空白なし）で入力してください。",
     "product code \"{2}\" must be 1 to 256 printable ASCII characters without space", "RULINGS W9"},
    {"product_unknown", error, true, "商品コード「{2}」は購入できる商品にありません。",
     "product code \"{2}\" is not in the product catalogue", "RULINGS P3"},
    {"product_duplicate", error, true, "商品コード「{2}」が2回指定されています。",
     "product code \"{2}\" is given twice", "RULINGS P3, P4"},
    {"product_main_count", error, true, "主商品は1つだけ指定してください（{2}個あります）。",
     "an order needs exactly one main product; this one has {2}", "RULINGS P3"},
    {"product_dependency", error, true, "オプション「{2}」には主商品「{3}」のいずれかが必要です。",
     "option \"{2}\" needs one of these products in the same order: {3}",
     "CustomerProduct.productDependencies; RULINGS P3"},
    {"hope_to_open_at_required", error, true, "専用CPE付きの商品には開通希望日が必要です。",
     "hope_to_open_at is needed for a product with dedicated CPE", "StartOrder.hopeToOpenAt; RULINGS W13"},
    {"installation_location_required", error, true, "専用CPE付きの商品には設置先の{0}が必要です。",
     "{0} is needed for a product with dedicated CPE", "StartOrder.installationLocation; RULINGS W13"},
    {"terminal_destination_required", error, true, "専用CPE付きの商品には送付先の{0}が必要です。",
     "{0} is needed for a product with dedicated CPE", "StartOrder.terminalDestination; RULINGS W13"},
    {"lan_address_required", error, true, "この商品（専用CPE付き、IP4タイプ以外）には{0}が必要です。",
     "{0} is needed for a product with dedicated CPE that is not of type IP4", "StartOrder.lanAddress; RULINGS W13"},
    {"dhcp_required", error, true, "専用CPE付きの商品にはDHCP使用方法（0：なし、1：Server）が必要です。",
     "dhcp_how_to_use (0: none, 1: server) is needed for a product with dedicated CPE",
     "StartOrder.dhcpServerFunction; RULINGS W13"},
    {"zip_code_format", error, true, "{0}「{1}」は数字7桁で入力してください。", "{0} \"{1}\" must be 7 digits",
     "InstallationLocationElement.zipCode: 7"},
    {"tel_format", error, true, "{0}「{1}」は数字10〜11桁で入力してください。", "{0} \"{1}\" must be 10 or 11 digits",
     "InstallationLocationElement.tel: 10-11"},
    {"prefectures_unknown", error, true, "{0}「{1}」は47都道府県のいずれかを「県」まで入力してください。",
     "{0} \"{1}\" must be one of the 47 prefectures, written in full (東京都)", "RULINGS W11"},
    {"place_text_length", error, true, "{0}は256文字以内で入力してください（{2}文字あります）。",
     "{0} has {2} characters; at most 256 are allowed", "RULINGS W11"},
    {"lan_address_incomplete", error, true,
     "{0}がありません。LAN側ネットワークアドレスとインターフェースアドレスは両方必要です。",
     "{0} is missing; lan_network_address and lan_interface_address go together", "LanAddressElement"},
    {"lan_network_address_format", error, true,
     "LAN側ネットワークアドレス「{1}」は192.168.1.0/24の形式で入力してください。",
     "lan_network_address \"{1}\" must be an IPv4 network such as 192.168.1.0/24",
     "LanAddressElement.lanNetworkAddress; RULINGS W12"},
    {"ipv4_address_format", error, true, "{0}「{1}」は192.168.1.1の形式のIPv4アドレスで入力してください。",
     "{0} \"{1}\" must be an IPv4 address such as 192.168.1.1",
     "LanAddressElement, DhcpServerFunctionElement; RULINGS W12"},
    {"address_outside_network", warning, true, "{0}「{1}」がLAN側ネットワーク「{2}」に含まれません。",
     "{0} \"{1}\" lies outside lan_network_address \"{2}\"", "RULINGS W12"},
    {"dhcp_range_reversed", warning, true, "DHCP開始アドレス「{1}」がDHCP終了アドレス「{2}」より後です。",
     "dhcp_start_address \"{1}\" is above dhcp_end_address \"{2}\"", "RULINGS W12"},
    {"dhcp_how_to_use_format", error, true, "DHCP使用方法「{1}」は0（なし）か1（Server）で入力してください。",
     "dhcp_how_to_use \"{1}\" must be 0 (none) or 1 (server)", "DhcpServerFunctionElement.howToUse"},
    {"dhcp_address_required", error, true, "DHCPサーバ機能を使う場合は{0}が必要です。",
     "{0} is needed when dhcp_how_to_use is 1", "RULINGS W15"},
    // a change or cancel order
    {"customer_site_code_required", error, true, "保守番号がありません。", "customer_site_code is missing",
     "ChangeOrder, CancelOrder: required"},
    {"customer_site_code_format", error, true,
     "保守番号「{1}」は半角英数記号1〜256文字（空白なし）で入力してください。",
     "customer_site_code \"{1}\" must be 1 to 256 printable ASCII characters without space", "RULINGS W9"},
    {"change_products_required", error, true,
     "変更商品がありません。「1:商品コード」（追加）または「3:商品コード」（廃止）を入力してください。",
     "change_products is missing; write 1:code to add and 3:code to remove, several separated by |",
     "ChangeOrder.products; RULINGS P4"},
    {"change_products_format", error, true,
     "変更商品「{2}」は「1:商品コード」（追加）または「3:商品コード」（廃止）の形式で入力してください。",
     "\"{2}\" in change_products must be 1:code (add) or 3:code (remove)",
     "ChangeProductElement.changeType; RULINGS P4"},
    {"hope_to_end_at_required", error, true, "廃止希望日がありません。", "hope_to_end_at is missing", "RULINGS W4"},
    {"hope_to_end_at_format", error, true,
     "廃止希望日「{1}」は存在する年月（202712）または年月日（20271231）で入力してください。",
     "hope_to_end_at \"{1}\" must be a month (202712) or a day (20271231) that exists", "RULINGS W5"},
    {"overwrite_check_flag_format", error, true, "上書きフラグ「{1}」は0（なし）か1（あり）で入力してください。",
     "overwrite_check_flag \"{1}\" must be 0 or 1", "OrderDetail.overwriteCheckFlag; RULINGS W4"},
    // what needs the other rows
    {"request_key_conflict", error, false,
     "管理番号「{0}」は内容の異なる行（{1}）で既に使われています。別の管理番号を付けてください。",
     "request_key \"{0}\" is already used by a row with other content ({2}); give this row another key",
     "a request_key is unique for ever"},
    {"live_order_exists", error, false, "同じ{0}の処理中のオーダ（{1}）があります。終わってから入れ直してください。",
     "a live order for the same {2} exists ({3}); hand this row in again when that one has ended", "RULINGS W17"},
};

consteval bool identifiers_are_unique()
{
    for (const auto& a : table)
        for (const auto& b : table)
            if (&a != &b && a.id == b.id) return false;
    return true;
}
static_assert(identifiers_are_unique());

const rule& known(std::string_view id)
{
    if (const auto* r = find_rule(id)) return *r;
    throw std::logic_error("no validation rule is called " + std::string(id));
}

/// At most 240 bytes of a value, so that a message stays a message.
std::string shown(const column_info& field, std::string_view value)
{
    if (field.secret) return "********";
    auto text = printable(value, 240);
    return text.size() < value.size() ? text + "…" : text;
}

}

std::span<const rule> rules() { return table; }

const rule* find_rule(std::string_view id)
{
    for (const auto& r : table)
        if (r.id == id) return &r;
    return nullptr;
}

severity reporter::level(std::string_view rule_id) const
{
    const auto& r = known(rule_id);
    if (!r.adjustable) return r.level;
    auto at = changed_.find(rule_id);
    return at == changed_.end() ? r.level : at->second;
}

void reporter::add(std::string_view rule_id, column field, std::string_view value,
                   std::initializer_list<std::string> more)
{
    auto how = level(rule_id);
    if (how == severity::off) return;
    const auto& r = known(rule_id);
    const auto& c = info(field);
    // What Excel destroyed has its finding; that the remains break other rules too helps nobody.
    for (const auto& f : found_)
        if (f.field == c.name && f.rule.starts_with("excel_")) return;
    std::vector<std::string> arguments{std::string(c.japanese), shown(c, value)};
    arguments.insert(arguments.end(), more);
    auto japanese = filled(r.japanese, arguments);
    arguments[0] = c.name;
    found_.push_back({std::string(r.id), std::string(c.name), how, std::move(japanese), filled(r.english, arguments)});
}

void reporter::add_row(std::string_view rule_id, std::initializer_list<std::string> arguments)
{
    auto how = level(rule_id);
    if (how == severity::off) return;
    const auto& r = known(rule_id);
    std::vector<std::string> all(arguments);
    found_.push_back({std::string(r.id), "", how, filled(r.japanese, all), filled(r.english, all)});
}

}
