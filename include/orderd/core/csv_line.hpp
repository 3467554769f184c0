#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orderd {

/// A cell that no spreadsheet takes for a formula: one that begins like one, in half or full width and whatever space
/// stands before it, gets an apostrophe in front. For every text that its reader did not write himself.
std::string harmless_cell(std::string text);
/// Such a cell read again: without the apostrophe that `harmless_cell` put there.
std::string_view without_guard(std::string_view cell);

/// One line with CRLF; cells are quoted where they must be (RFC 4180). What a spreadsheet would take for a formula is
/// left as it is: files of rejected rows are made to be mended and dropped in again.
std::string csv_line(const std::vector<std::string>& cells, char separator);

}
