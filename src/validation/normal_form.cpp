#include "checks.hpp"
#include "long_values.hpp"
#include "orderd/core/bytes.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"
#include "orderd/validation/validate.hpp"
#include "written_date.hpp"

#include <algorithm>

namespace orderd::validation {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool digits_only(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), digit); }

/// 5.033881648E9: what Excel makes of a long number in a narrow or general cell.
bool scientific(std::string_view text)
{
    if (text.empty() || !digit(text.front())) return false;
    auto at = std::find_if(text.begin(), text.end(), [](char c) { return c == 'e' || c == 'E'; });
    if (at == text.end()) return false; // nearly every value
    auto e = static_cast<std::size_t>(at - text.begin());
    auto exponent = text.substr(e + 1), fraction = text.substr(1, e - 1);
    bool point = fraction.starts_with('.') && digits_only(fraction.substr(1));
    if (!point && !fraction.empty()) return false;
    bool plus = exponent.starts_with('+');
    if (plus) exponent.remove_prefix(1);
    return (point || plus) && exponent.size() <= 2 && digits_only(exponent);
}

/// Takes at least `least` and at most `most` digits off the front.
bool take_digits(std::string_view& text, std::size_t least, std::size_t most)
{
    auto front = text.substr(0, most);
    auto n = static_cast<std::size_t>(std::find_if_not(front.begin(), front.end(), digit) - front.begin());
    text.remove_prefix(n);
    return n >= least;
}

bool take_word(std::string_view& text, std::string_view word)
{
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool take_month_name(std::string_view& text)
{
    static constexpr std::string_view names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return std::any_of(std::begin(names), std::end(names), [&](auto name) { return take_word(text, name); });
}

/// 1月1日, 2001年1月, Jan-01, 1-Jan, 2001/1/1: what Excel makes of 1-1 or 1-1-1.
bool date_like(std::string_view text)
{
    auto is = [text](auto... part) {
        auto rest = text;
        return (part(rest) && ...) && rest.empty();
    };
    auto number = [](std::size_t least, std::size_t most) {
        return [=](std::string_view& rest) { return take_digits(rest, least, most); };
    };
    auto word = [](std::string_view w) { return [=](std::string_view& rest) { return take_word(rest, w); }; };
    bool may_be = std::any_of(text.begin(), text.end(), [](char c) { return c == '/' || c == '-' || c < 0; });
    if (!may_be) return false; // nearly every value
    return is(number(1, 2), word("月"), number(1, 2), word("日")) ||
           is(number(4, 4), word("年"), number(1, 2), word("月")) ||
           is(number(4, 4), word("年"), number(1, 2), word("月"), number(1, 2), word("日")) ||
           is(number(4, 4), word("/"), number(1, 2), word("/"), number(1, 2)) ||
           is(number(1, 2), word("-"), take_month_name) || is(take_month_name, word("-"), number(1, 2));
}

std::string normal_digits(std::string text)
{
    while (true) {
        // Only what belongs to a written postal code or telephone number goes away; a letter stays and is found.
        std::string out;
        for (char c : text)
            if (c != '-' && c != '(' && c != ')' && c != ' ') out += c;
        trim(out);
        for (std::string_view mark = "〒"; std::string_view(out).starts_with(mark); trim(out))
            out.erase(0, mark.size());
        if (ascii(out)) return out;
        // What stands side by side now may be one character: a letter and the accent that a space kept from it.
        text = trimmed(half_width(out));
        if (text == out) return out;
    }
}

std::string normal_choice(column field, const std::string& text)
{
    struct word {
        column field;
        std::string_view text, value;
    };
    static constexpr word words[] = {
        {column::order_type, "新規", "1"},           {column::order_type, "start", "1"},
        {column::order_type, "変更", "2"},           {column::order_type, "change", "2"},
        {column::order_type, "廃止", "3"},           {column::order_type, "解約", "3"},
        {column::order_type, "cancel", "3"},         {column::dhcp_how_to_use, "なし", "0"},
        {column::dhcp_how_to_use, "server", "1"},    {column::dhcp_how_to_use, "あり", "1"},
        {column::overwrite_check_flag, "なし", "0"}, {column::overwrite_check_flag, "あり", "1"},
    };
    auto key = header_key(text);
    for (const auto& w : words)
        if (w.field == field && w.text == key) return std::string(w.value);
    return text;
}

/// "1 : CODE" as "1:CODE": everybody who reads it later reads the same. Any other text stays as it is.
std::string normal_change(const std::string& part)
{
    auto colon = part.find(':');
    auto type = trimmed(std::string_view(part).substr(0, colon));
    if (colon == part.npos || (type != "1" && type != "3")) return part;
    return type + ":" + trimmed(std::string_view(part).substr(colon + 1));
}

bool has_control(std::string_view text)
{
    return any_byte(text, [](unsigned char b) { return (b < 0x20) | (b == 0x7F); }) || pictures_control(text);
}

/// Whether a character is only like a letter or digit: a ligature, a circled one, one of another unit's sign.
/// Full-width ones are what a Japanese keyboard writes.
bool only_like_a_letter(std::string_view character)
{
    bool full_width = character >= "\uFF01" && character <= "\uFF5E";
    if (full_width || ascii(character)) return false;
    return any_byte(half_width(character), [](unsigned char b) {
        return (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
    });
}

bool any_only_like_a_letter(std::string_view text)
{
    for (std::size_t from = 0, to = 0; from < text.size(); from = to) {
        for (to = from + 1; to < text.size() && (text[to] & 0xC0) == 0x80;) ++to;
        if (only_like_a_letter(text.substr(from, to - from))) return true;
    }
    return false;
}

/// A value that is longer than it may be becomes its beginning; not yet where a rule of its own may tell its length.
bool cut_long(const column_info& of, std::string& value, reporter& report)
{
    bool own_rule = of.kind == value_kind::name || of.id == column::request_key;
    if (own_rule || value.size() <= longest_value(of)) return false;
    report_too_long(of, value.size(), report);
    value = printable(value, kept_of_long);
    return true;
}

/// The rule about what Excel did to a value, "" when it did nothing.
std::string_view excel_damage(const column_info& of, const std::string& value)
{
    using enum value_kind;
    auto field = of.id;
    auto all_digits = digits_only(value);
    bool may_be = of.kind == digits || of.kind == code || of.kind == list;
    if (may_be && !all_digits) {
        if (scientific(value)) return "excel_scientific";
        if (field != column::request_key && date_like(value)) return "excel_date";
    }
    if (field == column::installation_zip_code || field == column::terminal_zip_code) {
        if (all_digits && (value.size() == 5 || value.size() == 6)) return "excel_lost_leading_zero";
    } else if (field == column::installation_tel || field == column::terminal_tel) {
        if (all_digits && value[0] != '0' && (value.size() == 9 || value.size() == 10))
            return "excel_lost_leading_zero";
    }
    return {};
}

}

row_values normal_form(row_values row, reporter& report)
{
    using enum value_kind;
    constexpr std::string_view comma = "、"; // between the codes of a list; a plain one may be part of a code
    for (const auto& c : columns()) {
        auto& value = row[c.id];
        if (value.empty()) continue;
        trim(value);
        if (cut_long(c, value, report)) continue;
        if (c.kind == list) // in a spreadsheet's cell they may stand below one another
            for (char& b : value)
                if (b == '\n' || b == '\r') b = '|';
        if (has_control(value)) report.add("control_character", c.id, value);
        if (c.id == column::installation_prefectures || c.id == column::terminal_prefectures)
            value = full_prefecture(value);
        if (c.kind == value_kind::name) continue;
        if (c.id == column::line_id && any_only_like_a_letter(value)) continue; // no line has such a name
        if (!ascii(value)) value = trimmed(half_width(value));
        if (cut_long(c, value, report)) continue; // half width may be longer: one sign stands for eighteen
        auto is_number = digits_only(value);      // which has nothing in it that must go
        switch (c.kind) {
        case digits:
            if (!is_number) value = normal_digits(value);
            break;
        case date:
        case month_or_date:
            if (!is_number) {
                auto written = read_date(value, c.kind == month_or_date);
                if (!written.differs.empty()) report.add("date_weekday", c.id, value, {std::string(written.differs)});
                value = std::move(written.normal);
            }
            break;
        case choice:
            if (!is_number) value = normal_choice(c.id, value);
            break;
        case list: {
            for (auto at = value.find(comma); at != value.npos; at = value.find(comma, at))
                value.replace(at, comma.size(), "|");
            bool change = c.id == column::change_products;
            if (value.find('|') == value.npos && !change) break;
            std::vector<std::string> kept;
            for (const auto& piece : split(value, '|'))
                if (auto item = trimmed(piece); !item.empty()) kept.push_back(change ? normal_change(item) : item);
            value = join(kept, "|");
            break;
        }
        default: break;
        }
        bool dated = c.kind == date || c.kind == month_or_date || c.kind == moment;
        if (auto day = dated ? excel_day(value) : std::nullopt)
            report.add("excel_date_number", c.id, value, {to_iso_day(*day)});
        else if (auto rule = excel_damage(c, value); !rule.empty())
            report.add(rule, c.id, value);
        else if (c.id == column::line_id && ascii(value)) // a hyphen may keep an accent from its letter
            value = line_form(value);
    }
    return row;
}

}
