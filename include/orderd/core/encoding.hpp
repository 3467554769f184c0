#pragma once
#include <optional>
#include <string>
#include <string_view>

// Character sets of files. CP932 is Windows' Shift_JIS, with the NEC and IBM extensions.
namespace orderd {

enum class encoding { utf8, utf8_bom, cp932 };
std::string_view name(encoding); // "UTF-8", "UTF-8 with BOM", "CP932", as kept with the batch
std::optional<encoding> encoding_from(std::string_view name);

/// By the whole of `bytes`: a BOM, else UTF-8 when all of it is, else CP932.
encoding detect(std::string_view bytes);

/// One cell as UTF-8; nothing when it holds bytes that the encoding does not have. Neither a separator nor a quotation
/// mark nor a line break can be part of a character in any of these encodings, so a file may be cut into cells first.
std::optional<std::string> to_utf8(std::string_view bytes, encoding);
/// UTF-8 in `encoding`; what it cannot express becomes '?'. No BOM is added.
std::string from_utf8(std::string_view utf8, encoding);

}
