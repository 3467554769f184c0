#pragma once
#include "orderd/validation/validate.hpp"

// The checks of each kind of order. Each takes a row in normal form, reports what is wrong and gives the body as far as
// it could be built; the caller throws it away when an error was reported.
namespace orderd::validation {

start_order check_start(const row_values&, const context&, reporter&);
change_order check_change(const row_values&, const context&, reporter&);
cancel_order check_cancel(const row_values&, const context&, reporter&);

/// The products of a start order. Gives the main product when it is known.
const product* check_products(const row_values&, const context&, reporter&, std::vector<std::string>& codes);
void check_places(const row_values&, const product* main, reporter&, start_order&);
void check_network(const row_values&, const product* main, reporter&, start_order&);
void check_dates(const row_values&, const product* main, const context&, reporter&, start_order&);

/// 1 to 256 printable ASCII characters without space.
bool printable_code(std::string_view);
bool letters_or_digits(std::string_view, std::size_t at_least, std::size_t at_most);
bool only_digits(std::string_view, std::size_t at_least, std::size_t at_most);

}
