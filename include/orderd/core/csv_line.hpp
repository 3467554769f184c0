#pragma once
#include <string>
#include <vector>

namespace orderd {

/// One line with CRLF; cells are quoted where they must be (RFC 4180). What a spreadsheet would take for a formula is
/// left as it is: files of rejected rows are made to be mended and dropped in again.
std::string csv_line(const std::vector<std::string>& cells, char separator);

}
