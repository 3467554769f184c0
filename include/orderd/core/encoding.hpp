#pragma once
#include <optional>
#include <string>
#include <string_view>

// Character sets of files. CP932 is Windows' Shift_JIS, with the NEC and IBM extensions.
namespace orderd {

enum class encoding { utf8, utf8_bom, cp932, utf16le, utf16be };
std::string_view name(encoding); // "UTF-8", "UTF-8 with BOM", "CP932", "UTF-16LE", "UTF-16BE", as kept with the batch
std::optional<encoding> encoding_from(std::string_view name);

/// By the whole of `bytes`: a BOM, else UTF-8 when all of it is, else CP932.
encoding detect(std::string_view bytes);

/// What a file in this encoding begins with; "" for UTF-8 without BOM and CP932.
std::string_view byte_order_mark(encoding);

/// A whole UTF-16 text (without BOM) in UTF-8, to be cut into cells. What is no character, half a pair of surrogates or
/// half a unit at the end, becomes bytes that are not UTF-8 either: `to_utf8` finds them in their cell.
std::string utf16_to_bytes(std::string_view bytes, encoding);
/// One cell as UTF-8; nothing when it holds bytes that the encoding does not have. Neither a separator nor a quotation
/// mark nor a line break can be part of a character in UTF-8 or CP932, so a file may be cut into cells first; one in
/// UTF-16 goes through `utf16_to_bytes` before.
std::optional<std::string> to_utf8(std::string_view bytes, encoding);
/// UTF-8 in `encoding`; what it cannot express becomes '?'. No BOM is added.
std::string from_utf8(std::string_view utf8, encoding);

}
