#include "checks.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::validation {
namespace {

void check_site_code(const row_values& row, reporter& report)
{
    constexpr auto field = column::customer_site_code;
    if (!row.has(field))
        report.add("customer_site_code_required", field);
    else if (!printable_code(row[field]))
        report.add("customer_site_code_format", field, row[field]);
}

}

void check_change(const row_values& row, const context& with, reporter& report)
{
    check_site_code(row, report);
    constexpr auto field = column::change_products;
    const auto& text = row[field];
    if (text.empty()) {
        report.add("change_products_required", field);
        return;
    }
    std::vector<std::string> seen;
    for (const auto& piece : split(text, '|')) {
        auto change = product_change_from(piece);
        if (!change) {
            report.add("change_products_format", field, text, {piece});
            continue;
        }
        const auto& code = change->product_code;
        if (!printable_code(code)) report.add("product_code_format", field, text, {code});
        if (std::find(seen.begin(), seen.end(), code) != seen.end())
            report.add("product_duplicate", field, text, {code});
        // A product that is no longer sold can still be removed, but not added.
        if (change->change_type == 1 && with.products && !with.products->find(code))
            report.add("product_unknown", field, text, {code});
        seen.push_back(code);
    }
}

void check_cancel(const row_values& row, const context& with, reporter& report)
{
    check_site_code(row, report);
    constexpr auto field = column::hope_to_end_at;
    const auto& text = row[field];
    if (text.empty())
        report.add("hope_to_end_at_required", field);
    else {
        auto day = text.size() == 6 ? parse_yyyymm(text) : parse_yyyymmdd(text);
        if (!day)
            report.add("hope_to_end_at_format", field, text);
        else if (*day < with.today)
            report.add("date_past", field, text, {to_yyyymmdd(with.today)});
    }
    const auto& flag = row[column::overwrite_check_flag];
    if (!flag.empty() && flag != "0" && flag != "1")
        report.add("overwrite_check_flag_format", column::overwrite_check_flag, flag);
}

}
