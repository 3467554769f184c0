#include "checks.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <array>

namespace orderd::validation {
namespace {

constexpr std::array<std::string_view, 47> prefectures{
    "北海道", "青森県", "岩手県", "宮城県",   "秋田県", "山形県",   "福島県", "茨城県", "栃木県", "群馬県",
    "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県",   "石川県", "福井県", "山梨県", "長野県",
    "岐阜県", "静岡県", "愛知県", "三重県",   "滋賀県", "京都府",   "大阪府", "兵庫県", "奈良県", "和歌山県",
    "鳥取県", "島根県", "岡山県", "広島県",   "山口県", "徳島県",   "香川県", "愛媛県", "高知県", "福岡県",
    "佐賀県", "長崎県", "熊本県", "大分県",   "宮崎県", "鹿児島県", "沖縄県"};

/// The seven columns of a place, in the order of the struct's members.
struct place_columns {
    std::array<column, 7> fields;
    std::string_view required_rule;
};
constexpr place_columns installation{{column::installation_zip_code, column::installation_prefectures,
                                      column::installation_address, column::installation_company_name,
                                      column::installation_department_name, column::installation_client_name,
                                      column::installation_tel},
                                     "installation_location_required"};
constexpr place_columns terminal{{column::terminal_zip_code, column::terminal_prefectures, column::terminal_address,
                                  column::terminal_company_name, column::terminal_department_name,
                                  column::terminal_client_name, column::terminal_tel},
                                 "terminal_destination_required"};

void check_members(const row_values& row, const place_columns& from, reporter& report)
{
    const auto& f = from.fields;
    if (row.has(f[0]) && !only_digits(row[f[0]], 7, 7)) report.add("zip_code_format", f[0], row[f[0]]);
    if (row.has(f[1]) && std::find(prefectures.begin(), prefectures.end(), row[f[1]]) == prefectures.end())
        report.add("prefectures_unknown", f[1], row[f[1]]);
    for (auto text : {f[2], f[3], f[4], f[5]})
        if (auto n = code_points(row[text]); n > 256) report.add("place_text_length", text, "", {std::to_string(n)});
    if (row.has(f[6]) && !only_digits(row[f[6]], 10, 11)) report.add("tel_format", f[6], row[f[6]]);
}

void check_place(const row_values& row, const place_columns& from, bool required, reporter& report)
{
    check_members(row, from, report);
    if (!required) return;
    for (auto field : from.fields)
        if (!row.has(field)) report.add(from.required_rule, field);
}

}

std::string full_prefecture(const std::string& text)
{
    constexpr std::string_view last = "県"; // 都, 道 and 府 have as many bytes
    for (auto name : prefectures)
        if (text == name.substr(0, name.size() - last.size())) return std::string(name);
    return text;
}

void check_places(const row_values& row, const product* main, reporter& report)
{
    bool required = main && main->dedicated_cpe();
    check_place(row, installation, required, report);
    check_place(row, terminal, required, report);
    if (required && !row.has(column::terminal_hope_to_at))
        report.add(terminal.required_rule, column::terminal_hope_to_at);
}

}
