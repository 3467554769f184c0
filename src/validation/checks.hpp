#pragma once
#include "orderd/validation/validate.hpp"

// The checks of each kind of order. Each takes a row in normal form and reports what is wrong with it.
namespace orderd::validation {

void check_start(const row_values&, const context&, reporter&);
void check_change(const row_values&, const context&, reporter&);
void check_cancel(const row_values&, const context&, reporter&);

/// The products of a start order. Gives the main product when it is known.
const product* check_products(const row_values&, const context&, reporter&);
/// 東京 as 東京都: a prefecture's name without its last character is completed; any other text stays.
std::string full_prefecture(const std::string& text);
void check_places(const row_values&, const product* main, reporter&);
void check_network(const row_values&, const product* main, reporter&);
void check_dates(const row_values&, const product* main, const context&, reporter&);

/// 1 to 256 printable ASCII characters without space.
bool printable_code(std::string_view);
bool letters_or_digits(std::string_view, std::size_t at_least, std::size_t at_most);
bool only_digits(std::string_view, std::size_t at_least, std::size_t at_most);

}
