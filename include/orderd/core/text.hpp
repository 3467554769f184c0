#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// UTF-8 text as the rules need it. Everything here takes and gives valid UTF-8 unless said otherwise.
namespace orderd {

/// Number of Unicode code points: how the provider's lengths are counted (RULINGS W7).
std::size_t code_points(std::string_view utf8);
bool valid_utf8(std::string_view bytes);
/// Space of any kind: ASCII, no-break, full-width, of no width.
bool white_space(char32_t);
/// Without surrounding space of any kind (ASCII, no-break, full-width).
std::string trimmed(std::string_view utf8);
void trim(std::string& utf8);
bool ascii(std::string_view);
/// Digits, letters, signs and spaces in half width (NFKC), dashes of every kind as '-'.
std::string half_width(std::string_view utf8);
/// Half width, lower case, without spaces, '_' and '-': how header cells are compared.
std::string header_key(std::string_view utf8);
/// The candidate with the smallest edit distance to `word`, when that is near enough to be a typing error; else "".
std::string nearest(std::string_view word, std::span<const std::string> candidates);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
/// At most `limit` bytes, cut at a character; invalid UTF-8 and control characters become '?', so that any bytes can be
/// kept and shown.
std::string printable(std::string_view bytes, std::size_t limit);
/// Columns that a terminal shows the text in: a full-width character takes two.
std::size_t display_width(std::string_view utf8);
/// `template_text` with {0}, {1}, … replaced.
std::string filled(std::string_view template_text, std::span<const std::string> arguments);

}
