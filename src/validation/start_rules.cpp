#include "checks.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::validation {
namespace {

void check_line(const row_values& row, reporter& report)
{
    const auto& line = row[column::line_id];
    if (line.empty())
        report.add("line_id_required", column::line_id);
    else if (!letters_or_digits(line, 11, 16))
        report.add("line_id_format", column::line_id, line, {std::to_string(code_points(line))});
    const auto& key = row[column::line_access_key];
    if (key.empty())
        report.add("line_access_key_required", column::line_access_key);
    else if (!letters_or_digits(key, 8, 8))
        report.add("line_access_key_format", column::line_access_key, key, {std::to_string(code_points(key))});
}

void check_names(const row_values& row, reporter& report)
{
    if (auto n = code_points(row[column::customer_site_name]); n > 64)
        report.add("customer_site_name_length", column::customer_site_name, "", {std::to_string(n)});
    if (auto n = code_points(row[column::case_name]); n > 64)
        report.add("case_name_length", column::case_name, "", {std::to_string(n)});
}

}

void check_start(const row_values& row, const context& with, reporter& report)
{
    check_line(row, report);
    check_names(row, report);
    const auto* main = check_products(row, with, report);
    check_dates(row, main, with, report);
    check_places(row, main, report);
    check_network(row, main, report);
}

const product* check_products(const row_values& row, const context& with, reporter& report)
{
    constexpr auto field = column::product_codes;
    const auto& text = row[field];
    if (text.empty()) {
        report.add("product_codes_required", field);
        return nullptr;
    }
    auto codes = split(text, '|');
    const product* main = nullptr;
    int mains = 0;
    bool all_known = with.products != nullptr;
    for (auto code = codes.begin(); code != codes.end(); ++code) {
        if (std::find(codes.begin(), code, *code) != code) {
            report.add("product_duplicate", field, text, {*code});
            continue;
        }
        if (!printable_code(*code)) {
            report.add("product_code_format", field, text, {*code});
            all_known = false;
            continue;
        }
        if (!with.products) continue;
        const auto* known = with.products->find(*code);
        if (!known) {
            report.add("product_unknown", field, text, {*code});
            all_known = false;
        } else if (known->main()) {
            main = known;
            ++mains;
        } else if (!known->dependencies.empty() &&
                   std::none_of(known->dependencies.begin(), known->dependencies.end(), [&](const auto& needed) {
                       return std::find(codes.begin(), codes.end(), needed) != codes.end();
                   }))
            report.add("product_dependency", field, text, {*code, join(known->dependencies, ", ")});
    }
    if (all_known && mains != 1) report.add("product_main_count", field, text, {std::to_string(mains)});
    return mains == 1 ? main : nullptr;
}

void check_dates(const row_values& row, const product* main, const context& with, reporter& report)
{
    auto today = to_yyyymmdd(with.today);
    auto day_of = [&](column field) {
        const auto& text = row[field];
        auto day = parse_yyyymmdd(text);
        if (!text.empty() && !day) report.add("date_format", field, text);
        if (day && *day < with.today) report.add("date_past", field, text, {today});
        return day;
    };
    bool dedicated = main && main->dedicated_cpe();
    auto opening = day_of(column::hope_to_open_at);
    auto arrival = day_of(column::terminal_hope_to_at);
    if (dedicated && row[column::hope_to_open_at].empty())
        report.add("hope_to_open_at_required", column::hope_to_open_at);
    if (dedicated && opening && *opening >= with.today) {
        // A date years away needs no counting.
        auto days = days_between(with.today, *opening);
        auto business = days < 60 ? with.calendar.business_days_between(with.today, *opening) : days;
        if (days < 8 || business < 5)
            report.add("opening_lead_time", column::hope_to_open_at, row[column::hope_to_open_at],
                       {std::to_string(days), std::to_string(business)});
    }
    if (opening && arrival && *arrival > *opening)
        report.add("terminal_after_opening", column::terminal_hope_to_at, row[column::terminal_hope_to_at],
                   {row[column::hope_to_open_at]});
}

}
