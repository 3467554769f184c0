#pragma once
#include "orderd/core/business_day.hpp"
#include "orderd/core/catalogue.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/validation/rules.hpp"

// A row, the catalogue and today make an order or findings. Pure.
namespace orderd::validation {

struct context {
    const catalogue* products = nullptr; // nothing: never read, and what needs it is not checked
    japanese_date today{};
    std::string customer_code; // api.customer_code, for rows without one
    business_calendar calendar;
    severities changed;
};

struct judgement {
    row_values normal; // the row in normal form
    std::optional<utc_time> submit_after;
    findings found; // all of them, warnings too
    /// Whether an order can be made of it (`request_from`).
    bool valid() const { return !any_error(found); }
};

/// Puts `row` into normal form and applies every rule to it. All findings, not the first only.
judgement validate(row_values row, const context&);

/// The most bytes that a value of a column may have, whatever its order and whatever rule is switched off: what is
/// longer is cut and found. An index of the database takes less than 2,704 bytes.
std::size_t longest_value(const column_info&);

/// Only the normal form: half width, dates and choices as the provider wants them; Excel's damage is reported.
row_values normal_form(row_values row, reporter&);

}
