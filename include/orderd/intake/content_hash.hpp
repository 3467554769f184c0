#pragma once
#include "orderd/core/column.hpp"

#include <string>
#include <string_view>

namespace orderd::intake {

/// SHA-256 of the database's own content key and a row's values in normal form, cut to 32 hexadecimal digits. Equal
/// rows give equal text on every machine that shares the database. The key keeps secrets in the row from being guessed
/// by trying. `request_key` is left out.
std::string content_hash(std::string_view content_key, const row_values&);
/// The same of any bytes (a whole file).
std::string content_hash(std::string_view content_key, std::string_view bytes);

}
