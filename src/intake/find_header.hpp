#pragma once
#include "orderd/core/encoding.hpp"
#include "orderd/intake/csv.hpp"
#include "orderd/intake/header.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderd::intake {

/// The header of a text, or the line of its beginning that is most like one.
struct found_header {
    header_map map;
    std::vector<std::string> cells;
    std::int64_t row = 0;
    char separator = ',';
    std::ptrdiff_t names = -1; // cells that name a column; -1: there is no line at all
    long japanese = 0;         // of those, by a name that is not ASCII
    long foreign = 0;          // cells that are not ASCII, and readable
    bool complete = false;     // it names the order type and another column
    bool last = false;         // nothing stands below it
};

/// Looks for the first of the first lines that names the order type and another column, with whichever separator; a
/// title may stand above it. `open` reads the text from its beginning, which is `start`, with a separator.
found_header find_header(std::string_view start, const std::function<csv_reader(char)>& open);

/// What keeps a file whose beginning is `bytes` from being read, where another encoding or separator shows a header,
/// and how to mend it.
std::optional<std::string> written_otherwise(std::string_view bytes, encoding coded);

/// Where the lines of a file end with a character that ends none here, so that its header goes on with its rows: which.
std::optional<std::string> other_line_end(const std::vector<std::string>& header);

}
