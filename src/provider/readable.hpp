#pragma once
#include <string>
#include <string_view>

namespace orderd::provider {

/// What the provider wrote, as text that can be kept: UTF-8 without U+0000, whether it came as UTF-8, CP932, EUC-JP,
/// ISO-2022-JP or UTF-16 (RULINGS T17). What is no character becomes U+FFFD.
std::string readable(std::string_view bytes);

/// The bytes in UTF-8, where a Content-Type tells one of these charsets and they are that; else as they are.
std::string read_as(std::string bytes, std::string_view content_type);

/// The same without its end, where it is longer than `limit` bytes: cut at a character.
std::string beginning(std::string utf8, std::size_t limit);

/// U+FFFD for every U+0000.
void replace_nul(std::string& utf8);

}
