#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Reading CSV (RFC 4180, with the habits of Excel).
namespace orderd::intake {

/// The separator of a file, by its first line: ',' or ';' or a tab, whichever it has most of.
char detect_separator(std::string_view bytes);

struct csv_row {
    std::int64_t number = 0;        // as a spreadsheet counts: the first is 1, blank lines count
    std::vector<std::string> cells; // bytes as they are in the file
    bool broken = false;            // quotation marks do not match; `cells` is the line cut at the separators
};

/// Calls `each` for every row that is not blank, until it gives false. After a broken row, reading goes on with the
/// next line.
void read_csv(std::string_view bytes, char separator, const std::function<bool(csv_row&&)>& each);

}
