#include "orderd/validation/validate.hpp"
#include "checks.hpp"
#include "long_values.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <cstdio>

namespace orderd::validation {
namespace {

/// A Japanese date, or a date and a time of day, as a moment.
std::optional<utc_time> parse_moment(const std::string& text)
{
    auto gap = text.find_last_of(" T");
    if (gap != text.npos && text.find(':', gap) == text.npos) gap = text.npos; // "令和9年 3月 1日" has no time
    const severities unchanged;
    reporter none(unchanged);
    row_values dated;
    dated[column::hope_to_open_at] = text.substr(0, gap);
    auto day = parse_yyyymmdd(normal_form(dated, none)[column::hope_to_open_at]);
    constexpr auto first_year = std::chrono::year(1970); // a database knows no year 0
    if (!day || day->year() < first_year) return std::nullopt;
    if (gap == text.npos) return tokyo_time(*day);
    int hour = 0, minute = 0, second = 0, used = 0;
    auto rest = text.substr(gap + 1);
    int fields = std::sscanf(rest.c_str(), "%2d:%2d%n:%2d%n", &hour, &minute, &used, &second, &used);
    if (fields < 2 || static_cast<std::size_t>(used) != rest.size()) return std::nullopt;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
    return tokyo_time(*day, std::chrono::seconds(hour * 3600 + minute * 60 + second));
}

/// The columns an order of `type` takes its values from.
bool used_by(column field, order_type type)
{
    using c = column;
    if (field <= c::customer_code || field == c::submit_after) return true;
    switch (type) {
    case order_type::start: return field < c::customer_site_code;
    case order_type::change: return field == c::customer_site_code || field == c::change_products;
    case order_type::cancel:
        return field == c::customer_site_code || field == c::hope_to_end_at || field == c::overwrite_check_flag;
    }
    return false;
}

void remark_unused_columns(const row_values& row, order_type type, reporter& report)
{
    for (const auto& c : columns()) {
        // Names are often filled in for the reader's sake, in rows of every kind.
        if (c.id == column::customer_site_name || c.id == column::case_name || c.id == column::line_id) continue;
        if (row.has(c.id) && !used_by(c.id, type))
            report.add("column_not_used", c.id, "", {std::string(japanese_name(type)), std::string(name(type))});
    }
}

void check_common(row_values& row, const context& with, reporter& report)
{
    if (auto n = code_points(row[column::request_key]); n > 256)
        report.add("request_key_length", column::request_key, "", {std::to_string(n)});
    auto& customer = row[column::customer_code];
    auto code = customer.empty() ? with.customer_code : customer;
    if (code.empty())
        report.add("customer_code_required", column::customer_code);
    else if (!letters_or_digits(code, 1, 256))
        report.add("customer_code_format", column::customer_code, code);
}

}

bool letters_or_digits(std::string_view text, std::size_t at_least, std::size_t at_most)
{
    return text.size() >= at_least && text.size() <= at_most && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

bool only_digits(std::string_view text, std::size_t at_least, std::size_t at_most)
{
    return text.size() >= at_least && text.size() <= at_most &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool printable_code(std::string_view text)
{
    return !text.empty() && text.size() <= 256 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

judgement validate(row_values row, const context& with)
{
    reporter report(with.changed);
    judgement out;
    out.normal = normal_form(std::move(row), report);
    auto& normal = out.normal;
    check_common(normal, with, report);
    if (normal.has(column::submit_after)) {
        out.submit_after = parse_moment(normal[column::submit_after]);
        if (!out.submit_after) report.add("submit_after_format", column::submit_after, normal[column::submit_after]);
    }

    const auto& type = normal[column::order_type];
    bool known = true;
    if (type == "1")
        check_start(normal, with, report);
    else if (type == "2")
        check_change(normal, with, report);
    else if (type == "3")
        check_cancel(normal, with, report);
    else {
        known = false;
        if (type.empty())
            report.add("order_type_required", column::order_type);
        else
            report.add("order_type_unknown", column::order_type, type);
    }
    if (known) remark_unused_columns(normal, static_cast<order_type>(type[0] - '0'), report);

    out.found = report.take();
    cut_long_values(out, with.changed);
    return out;
}

}
