#pragma once
#include "orderd/core/japanese_date.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// What one member of an answer tells, however it is written. Pure; the texts are as the decoders give them.
namespace orderd::provider {

/// The whole number that `1`, `"1"`, `1.0`, `"01"`, `" 1 "`, `1e0` and `"１"` are (RULINGS R12). Nothing for what is
/// none, is negative, or has more than 18 digits.
std::optional<std::int64_t> told_number(std::string_view text);
/// The same as text ("1"); what is no number comes back as it was, so that nothing is lost.
std::string told_digits(std::string text);

/// One of several things that have a number and, in the document, a word.
struct choice {
    int number;
    std::string_view word;
};
/// The number, as text, of what is told as `1`, `進行中` or `1:進行中`; what is none of them comes back as it was.
std::string told_choice(std::string text, std::span<const choice>);

/// Whether a text can be an order code at all: 1 to 64 letters and digits of ASCII, with - and _ inside. The document's
/// are like A1000010500000001; anything else would be asked for as another address, or is no code but words: so are
/// "null", "0" and the like.
bool can_be_order_code(std::string_view text);
/// The same of a site code: 1 to 256 printable characters of ASCII without a space, as the document has it (RULINGS
/// W9), and no way to another place ("..").
bool can_be_site_code(std::string_view text);

/// A day as it was told.
struct told_day {
    japanese_date day;   // in Tokyo
    bool certain = true; // false: a time without a zone stood behind it, so it may be the day beside it
};
/// `20261126`, `2026-11-26`, `2026/11/26`, `2026.11.26`, `2026年11月26日`, `令和8年11月26日`, `R8.11.26`, each with a
/// time, a zone or a weekday behind it, or seconds or milliseconds of Unix time (RULINGS R13). Nothing for what surely
/// names no day: that is no reason for anything.
std::optional<told_day> day_told(std::string_view text);
/// The last day of a month that is told without a day: `202612`, `2026-12`, `2026/12`, `2026年12月`.
std::optional<japanese_date> month_told(std::string_view text);
/// The day as YYYYMMDD; what names none comes back as it was.
std::string plain_day(const std::string& text);

}
