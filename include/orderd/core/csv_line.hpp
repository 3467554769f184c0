#pragma once
#include <string>
#include <vector>

namespace orderd {

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe in front. For texts that
/// come from elsewhere than the user, whose own cells go back as they came.
std::string harmless_cell(std::string text);

/// One line with CRLF; cells are quoted where they must be (RFC 4180). What a spreadsheet would take for a formula is
/// left as it is: files of rejected rows are made to be mended and dropped in again.
std::string csv_line(const std::vector<std::string>& cells, char separator);

}
