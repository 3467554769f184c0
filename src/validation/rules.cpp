#include "orderd/validation/rules.hpp"
#include "orderd/core/text.hpp"

#include <stdexcept>

namespace orderd::validation {
namespace {

constexpr auto error = severity::error;
constexpr auto warning = severity::warning;

constexpr rule table[] = {
    // what every row has
    {"row_cell_count", error, false, "", "every",
     "セルが{0}個ありますが、見出しは{1}列です。区切り文字や引用符を確認してください。",
     "the row has {0} cells and the header {1}; look for a missing or extra separator or quotation mark", "RFC 4180"},
    {"row_unreadable", error, false, "", "every", "この行は文字コード{0}として読めない文字を含みます（{1}列目）。",
     "the row holds bytes that are not {0} (cell {1}); save the file again as CSV UTF-8", "the encoding of the file"},
    {"row_nul_character", error, false, "", "every",
     "この行の{0}列目に文字U+0000（NUL）が含まれています（{1}文字目）。取り除いてください。",
     "cell {0} of the row holds the character U+0000 (NUL), as its character {1}; take it out",
     "what a database can keep"},
    {"rows_not_read", error, false, "", "every",
     "{0}行目から{1}行目まで（{2}行）は行として読めませんでした。{3}。元のファイルはdoneにあります。",
     "lines {0} to {1} could not be read as rows ({2} lines): {4}. The lines are in the file as it came, below done/",
     "what one file may cost"},
    {"row_too_long", error, false, "", "every",
     "この行は{0}KBを超えています。引用符（\"）の閉じ忘れがないか確認してください。行の全体は元のファイルにあります。",
     "the row is longer than {0} KB; look for a quotation mark that is not closed. The whole row is in the file as it "
     "came",
     "what one row may hold"},
    {"row_not_stored", error, false, "", "every",
     "この行（{0}バイト）はデータベースに保存できませんでした（{1}）。値を直して入れ直すか、管理者に連絡してください。",
     "the row ({0} bytes) could not be stored ({1}); mend its values and hand it in again, or tell the administrator",
     "what the database refuses"},
    {"batch_name_too_long", error, false, "", "every",
     "バッチ名（batch_name）は{0}バイトあります。{1}バイト以内で指定してください。",
     "batch_name has {0} bytes; at most {1} are allowed", "what a name may hold here"},
    {"brought_by_too_long", error, false, "", "every",
     "依頼者（brought_by）は{0}バイトあります。{1}バイト以内で指定してください。",
     "brought_by has {0} bytes; at most {1} are allowed", "what a name may hold here"},
    {"value_too_long", error, false, "*", "every", "{0}は{2}バイトあります。{3}バイト以内で入力してください。",
     "{0} has {2} bytes; at most {3} are allowed", "what one value may hold here", true},
    {"row_quotes", error, false, "", "every",
     "引用符（\"）の対応が正しくありません。引用符を含むセルは全体を\"で囲み、中の\"は\"\"と書いてください。",
     "a quotation mark is not closed or stands inside an unquoted cell; quote the whole cell and double the marks in "
     "it",
     "RFC 4180"},
    {"control_character", error, true, "*", "every", "{0}に改行などの制御文字が含まれています。取り除いてください。",
     "{0} holds a line break or another control character; take it out",
     "the provider takes one line of text in every member"},
    {"order_type_required", error, false, "order_type", "every",
     "オーダ種別がありません。1（新規）、2（変更）、3（廃止）のいずれかを入力してください。",
     "order_type is missing; 1 (start), 2 (change) or 3 (cancel) is needed", "OrderRequest.orderType"},
    {"order_type_unknown", error, false, "order_type", "every",
     "オーダ種別「{1}」は使えません。1（新規）、2（変更）、3（廃止）のいずれかを入力してください。",
     "order_type \"{1}\" is unknown; use 1 (start), 2 (change) or 3 (cancel)", "OrderRequest.orderType"},
    {"request_key_length", error, false, "request_key", "every",
     "管理番号は256文字以内で入力してください（{2}文字あります）。",
     "request_key has {2} characters; at most 256 are allowed", "what a key may hold here"},
    {"customer_code_required", error, true, "customer_code", "every",
     "システムIDがありません。行に入力するか、設定のapi.customer_codeに指定してください。",
     "customer_code is missing; give it in the row or as api.customer_code in the configuration",
     "POST /orders: customerCode in every sample"},
    {"customer_code_format", error, true, "customer_code", "every",
     "システムID「{1}」は半角英数字1〜256文字で入力してください。",
     "customer_code \"{1}\" must be 1 to 256 letters or digits", "customerCode: 1-256, [a-zA-Z0-9]"},
    {"column_not_used", warning, true, "*", "every", "{0}は{2}のオーダでは使われません。値は送信されません。",
     "{0} is not used in a {3} order; its value is not sent", "OrderRequest"},
    {"submit_after_format", error, false, "submit_after", "every",
     "送信開始日時「{1}」は日付（2027/3/1）または日時（2027/3/1 9:00）で入力してください。",
     "submit_after \"{1}\" must be a Japanese date (2027-03-01) or a date and time (2027-03-01 09:00)",
     "when to send is decided here"},
    // what Excel does to values
    {"excel_scientific", error, true, "*", "every",
     "{0}「{1}」はExcelで指数表示に変わり、元の番号が失われています。セルを文字列にして入力し直してください。",
     "{0} \"{1}\" was turned into scientific notation by Excel and has lost digits; format the cell as text and enter "
     "it again",
     "what Excel does to long numbers", true},
    {"excel_lost_leading_zero", error, true, "installation_zip_code terminal_zip_code installation_tel terminal_tel",
     "start", "{0}「{1}」は先頭の0がExcelで失われたようです。セルを文字列にして入力し直してください。",
     "{0} \"{1}\" seems to have lost its leading zero in Excel; format the cell as text and enter it again",
     "what Excel does to leading zeros", true},
    {"excel_date", error, true, "*", "every",
     "{0}「{1}」はExcelで日付に変わったようです。セルを文字列にして入力し直してください。",
     "{0} \"{1}\" seems to have been turned into a date by Excel; format the cell as text and enter it again",
     "what Excel does to codes with hyphens", true},
    {"excel_date_number", error, true, "hope_to_open_at terminal_hope_to_at hope_to_end_at submit_after", "every",
     "{0}「{1}」はExcelが日付（{2}）を表す数値のようです。セルの表示形式を日付にして保存し直してください。",
     "{0} \"{1}\" seems to be Excel's number of the day {2}; format the cell as a date and save the file again",
     "how Excel stores days", true},
    {"date_weekday", error, true, "hope_to_open_at terminal_hope_to_at hope_to_end_at", "start, cancel",
     "{0}「{1}」の曜日が日付と合いません。この日は{2}曜日です。日付か曜日を直してください。",
     "{0} \"{1}\" names another weekday than the day has ({2}); mend the day or take the weekday out",
     "a day and its weekday written side by side", true},
    // a start order
    {"line_id_required", error, false, "line_id", "start", "回線IDがありません。", "line_id is missing",
     "StartOrder.lineId: required"},
    {"line_id_format", error, true, "line_id", "start",
     "回線ID「{1}」（{2}文字）は半角英数字11〜16文字で入力してください。他の文字は使えません。",
     "line_id \"{1}\" ({2} characters) must be 11 to 16 letters or digits and nothing else",
     "StartOrder.lineId: 11-16, [a-zA-Z0-9]"},
    {"line_access_key_required", error, true, "line_access_key", "start", "アクセスキーがありません。",
     "line_access_key is missing", "StartOrder.lineAccessKey: required"},
    {"line_access_key_format", error, true, "line_access_key", "start",
     "アクセスキーは{2}文字です（値は表示しません）。半角英数字8文字で入力してください。",
     "line_access_key (not shown) has {2} characters; exactly 8 letters or digits are needed",
     "StartOrder.lineAccessKey: 8, [a-zA-Z0-9]"},
    {"customer_site_name_length", error, true, "customer_site_name", "start",
     "拠点名は64文字以内で入力してください（{2}文字あります）。",
     "customer_site_name has {2} characters; at most 64 are allowed", "StartOrder.customerSiteName: 0-64"},
    {"case_name_length", error, true, "case_name", "start", "案件名は64文字以内で入力してください（{2}文字あります）。",
     "case_name has {2} characters; at most 64 are allowed", "StartOrder.caseName: 0-64"},
    {"date_format", error, true, "hope_to_open_at terminal_hope_to_at", "start",
     "{0}「{1}」は年を含む存在する日付で入力してください（例 20270301、2027/3/1）。",
     "{0} \"{1}\" must be a day that exists, with its year (20270301, 2027/3/1 or 2027-03-01)",
     "StartOrder.hopeToOpenAt, TerminalDestinationElement.hopeToAt: a day that exists (存在する日付)"},
    {"date_past", error, true, "hope_to_open_at terminal_hope_to_at hope_to_end_at", "start, cancel",
     "{0}「{1}」は過去の日付です。今日（{2}）以降を入力してください。",
     "{0} \"{1}\" is in the past; today ({2}) or later is needed",
     "hopeToOpenAt, hopeToAt, hopeToEndAt: days to come, in Japan"},
    {"opening_lead_time", warning, true, "hope_to_open_at", "start",
     "開通希望日「{1}」は今日から{2}日後（{3}"
     "営業日後）です。専用CPEは申込から8日以上かつ5営業日以上先の日付が必要です。",
     "hope_to_open_at \"{1}\" is {2} days ({3} business days) from today; dedicated CPE needs at least 8 days and 5 "
     "business "
     "days",
     "the service description: 5 business days; 8 days"},
    {"terminal_after_opening", warning, true, "terminal_hope_to_at", "start",
     "到着希望日「{1}」が開通希望日「{2}」より後です。", "terminal_hope_to_at \"{1}\" is after hope_to_open_at \"{2}\"",
     "the CPE must be there when the line opens"},
    {"product_codes_required", error, false, "product_codes", "start", "商品コードがありません。",
     "product_codes is missing; at least one product is needed", "StartOrder.products: required"},
    {"product_code_format", error, true, "product_codes change_products", "start, change",
     "商品コード「{2}」は半角英数記号1〜256文字（空白なし）で入力してください。",
     "product code \"{2}\" must be 1 to 256 printable ASCII characters without space",
     "ProductElement.productCode: 1-256, printable ASCII"},
    {"product_unknown", error, true, "product_codes change_products", "start, change",
     "商品コード「{2}」は購入できる商品にありません。複数の商品は「|」で区切ってください。",
     "product code \"{2}\" is not in the product catalogue; several codes are separated by |", "GET /customerProducts"},
    {"product_duplicate", error, true, "product_codes change_products", "start, change",
     "商品コード「{2}」が2回指定されています。", "product code \"{2}\" is given twice",
     "StartOrder.products, ChangeOrder.products"},
    {"product_main_count", error, true, "product_codes", "start", "主商品は1つだけ指定してください（{2}個あります）。",
     "an order needs exactly one main product; this one has {2}", "CustomerProduct.productType: one main product"},
    {"product_dependency", error, true, "product_codes", "start",
     "オプション「{2}」には主商品「{3}」のいずれかが必要です。",
     "option \"{2}\" needs one of these products in the same order: {3}", "CustomerProduct.productDependencies"},
    {"hope_to_open_at_required", error, true, "hope_to_open_at", "start", "専用CPE付きの商品には開通希望日が必要です。",
     "hope_to_open_at is needed for a product with dedicated CPE", "StartOrder.hopeToOpenAt: with dedicated CPE"},
    {"installation_location_required", error, true,
     "installation_zip_code installation_prefectures installation_address installation_company_name "
     "installation_department_name installation_client_name installation_tel",
     "start", "専用CPE付きの商品には設置先の{0}が必要です。", "{0} is needed for a product with dedicated CPE",
     "StartOrder.installationLocation: with dedicated CPE"},
    {"terminal_destination_required", error, true,
     "terminal_zip_code terminal_prefectures terminal_address terminal_company_name terminal_department_name "
     "terminal_client_name terminal_tel terminal_hope_to_at",
     "start", "専用CPE付きの商品には送付先の{0}が必要です。", "{0} is needed for a product with dedicated CPE",
     "StartOrder.terminalDestination: with dedicated CPE"},
    {"lan_address_required", error, true, "lan_network_address lan_interface_address", "start",
     "この商品（専用CPE付き、IP4タイプ以外）には{0}が必要です。",
     "{0} is needed for a product with dedicated CPE that is not of type IP4",
     "StartOrder.lanAddress: with dedicated CPE, not for type IP4"},
    {"dhcp_required", error, true, "dhcp_how_to_use", "start",
     "専用CPE付きの商品にはDHCP使用方法（0：なし、1：Server）が必要です。",
     "dhcp_how_to_use (0: none, 1: server) is needed for a product with dedicated CPE",
     "StartOrder.dhcpServerFunction: with dedicated CPE"},
    {"zip_code_format", error, true, "installation_zip_code terminal_zip_code", "start",
     "{0}「{1}」は数字7桁で入力してください。", "{0} \"{1}\" must be 7 digits",
     "InstallationLocationElement.zipCode: 7"},
    {"tel_format", error, true, "installation_tel terminal_tel", "start",
     "{0}「{1}」は数字10〜11桁で入力してください。", "{0} \"{1}\" must be 10 or 11 digits",
     "InstallationLocationElement.tel: 10-11"},
    {"prefectures_unknown", error, true, "installation_prefectures terminal_prefectures", "start",
     "{0}「{1}」は47都道府県のいずれかを入力してください（例 東京都）。",
     "{0} \"{1}\" must be one of the 47 prefectures (東京都)", "InstallationLocationElement.prefectures: one of 47"},
    {"place_text_length", error, true,
     "installation_address installation_company_name installation_department_name installation_client_name "
     "terminal_address terminal_company_name terminal_department_name terminal_client_name",
     "start", "{0}は256文字以内で入力してください（{2}文字あります）。",
     "{0} has {2} characters; at most 256 are allowed", "no limit in the document; 256 characters here"},
    {"lan_address_incomplete", error, true, "lan_network_address lan_interface_address", "start",
     "{0}がありません。LAN側ネットワークアドレスとインターフェースアドレスは両方必要です。",
     "{0} is missing; lan_network_address and lan_interface_address go together", "LanAddressElement: both members"},
    {"lan_network_address_format", error, true, "lan_network_address", "start",
     "LAN側ネットワークアドレス「{1}」は192.168.1.0/24の形式で入力してください。",
     "lan_network_address \"{1}\" must be an IPv4 network such as 192.168.1.0/24",
     "LanAddressElement.lanNetworkAddress: 9-18, [0-9./]"},
    {"ipv4_address_format", error, true,
     "lan_interface_address dhcp_start_address dhcp_end_address dhcp_dns1 dhcp_dns2", "start",
     "{0}「{1}」は192.168.1.1の形式のIPv4アドレスで入力してください。",
     "{0} \"{1}\" must be an IPv4 address such as 192.168.1.1",
     "LanAddressElement, DhcpServerFunctionElement: 7-15, [0-9.]"},
    {"address_outside_network", warning, true, "lan_interface_address dhcp_start_address dhcp_end_address", "start",
     "{0}「{1}」がLAN側ネットワーク「{2}」に含まれません。", "{0} \"{1}\" lies outside lan_network_address \"{2}\"",
     "LanAddressElement, DhcpServerFunctionElement"},
    {"dhcp_range_reversed", warning, true, "dhcp_start_address", "start",
     "DHCP開始アドレス「{1}」がDHCP終了アドレス「{2}」より後です。",
     "dhcp_start_address \"{1}\" is above dhcp_end_address \"{2}\"", "DhcpServerFunctionElement"},
    {"dhcp_how_to_use_format", error, false, "dhcp_how_to_use", "start",
     "DHCP使用方法「{1}」は0（なし）か1（Server）で入力してください。",
     "dhcp_how_to_use \"{1}\" must be 0 (none) or 1 (server)", "DhcpServerFunctionElement.howToUse: [01]"},
    {"dhcp_address_required", error, true, "dhcp_start_address dhcp_end_address", "start",
     "DHCPサーバ機能を使う場合は{0}が必要です。", "{0} is needed when dhcp_how_to_use is 1",
     "DhcpServerFunctionElement: with howToUse 1"},
    // a change or cancel order
    {"customer_site_code_required", error, false, "customer_site_code", "change, cancel", "保守番号がありません。",
     "customer_site_code is missing", "ChangeOrder, CancelOrder: required"},
    {"customer_site_code_format", error, true, "customer_site_code", "change, cancel",
     "保守番号「{1}」は半角英数記号1〜256文字（空白なし）で入力してください。",
     "customer_site_code \"{1}\" must be 1 to 256 printable ASCII characters without space",
     "customerSiteCode: 1-256, printable ASCII"},
    {"change_products_required", error, false, "change_products", "change",
     "変更商品がありません。「1:商品コード」（追加）または「3:商品コード」（廃止）を入力してください。",
     "change_products is missing; write 1:code to add and 3:code to remove, several separated by |",
     "ChangeOrder.products: required"},
    {"change_products_format", error, false, "change_products", "change",
     "変更商品「{2}」は「1:商品コード」（追加）または「3:商品コード」（廃止）の形式で入力してください。",
     "\"{2}\" in change_products must be 1:code (add) or 3:code (remove)", "ChangeProductElement.changeType: 1 or 3"},
    {"hope_to_end_at_required", error, true, "hope_to_end_at", "cancel", "廃止希望日がありません。",
     "hope_to_end_at is missing", "CancelOrder.hopeToEndAt: required"},
    {"hope_to_end_at_format", error, true, "hope_to_end_at", "cancel",
     "廃止希望日「{1}」は存在する年月（202712）または年月日（20271231）で入力してください。",
     "hope_to_end_at \"{1}\" must be a month (202712) or a day (20271231) that exists",
     "CancelOrder.hopeToEndAt: YYYYMM or YYYYMMDD that exists"},
    {"overwrite_check_flag_format", error, false, "overwrite_check_flag", "cancel",
     "上書きフラグ「{1}」は0（なし）か1（あり）で入力してください。", "overwrite_check_flag \"{1}\" must be 0 or 1",
     "OrderDetail.overwriteCheckFlag: 0 or 1"},
    {"site_ended", error, true, "customer_site_code", "change, cancel",
     "保守番号「{0}」の拠点は廃止済みです（{1}時点）。保守番号を確認してください。",
     "the site \"{0}\" has ended (as of {1}); look the code up", "GET /customerSites: status 2"},
    {"site_unknown", warning, true, "customer_site_code", "change, cancel",
     "保守番号「{0}」は拠点一覧（{1}時点）にありません。保守番号を確認してください。",
     "the site \"{0}\" is not among the provider's sites (as of {1}); look the code up", "GET /customerSites"},
    // what needs the other rows
    {"request_key_conflict", error, false, "request_key", "every",
     "管理番号「{0}」は内容の異なる行（{1}）で既に使われています。別の管理番号を付けてください。",
     "request_key \"{0}\" is already used by a row with other content ({2}); give this row another key",
     "a request_key is unique for ever"},
    {"live_order_exists", error, false, "line_id customer_site_code", "start, cancel",
     "同じ{0}の処理中のオーダ（{1}）があります。終わってから入れ直してください。",
     "a live order for the same {2} exists ({3}); hand this row in again when that one has ended",
     "POST /orders: error 4000139"},
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
std::string cut(std::string_view value)
{
    constexpr std::size_t longest = 240;
    auto text = printable(value, longest);
    return text.size() < value.size() ? text + "…" : text;
}

std::string shown(const column_info& field, std::string_view value) { return field.secret ? "********" : cut(value); }

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

bool reporter::full(severity of_next) const
{
    constexpr std::size_t most = 100; // a list of a thousand wrong codes is told by its first ones
    return found_.size() >= most && (of_next != severity::error || any_error(found_));
}

void reporter::add(std::string_view rule_id, column field, std::string_view value,
                   std::initializer_list<std::string> more)
{
    auto how = level(rule_id);
    if (how == severity::off || full(how)) return;
    const auto& r = known(rule_id);
    const auto& c = info(field);
    for (const auto& f : found_)
        if (f.field == c.name && f.level == severity::error && known(f.rule).alone) return;
    std::vector<std::string> arguments{std::string(c.japanese), shown(c, value)};
    for (const auto& m : more) arguments.push_back(cut(m));
    auto japanese = filled(r.japanese, arguments);
    arguments[0] = c.name;
    found_.push_back({std::string(r.id), std::string(c.name), how, std::move(japanese), filled(r.english, arguments)});
}

void reporter::add_row(std::string_view rule_id, std::initializer_list<std::string> arguments)
{
    auto how = level(rule_id);
    if (how == severity::off || full(how)) return;
    const auto& r = known(rule_id);
    std::vector<std::string> all;
    for (const auto& a : arguments) all.push_back(cut(a));
    found_.push_back({std::string(r.id), "", how, filled(r.japanese, all), filled(r.english, all)});
}

}
