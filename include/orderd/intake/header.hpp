#pragma once
#include "orderd/core/column.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderd::intake {

/// What a header line says.
struct header_map {
    std::vector<std::optional<column>> columns; // by cell; nothing for a cell that names no column
    bool japanese = false;                      // most known names are Japanese: answer in Japanese
    std::vector<std::string> notes;             // unknown headers, with the nearest known one
    std::vector<std::string> errors;            // the file cannot be read as rows; what to mend
};

/// `cells` in UTF-8.
header_map read_header(const std::vector<std::string>& cells);

/// The columns that a file of rejected rows has in addition; ignored when it comes back.
inline constexpr std::string_view answer_columns[] = {"row", "error_fields", "error_messages"};
bool is_answer_column(const std::string& header);

}
