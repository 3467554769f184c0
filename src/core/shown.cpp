#include "orderd/core/shown.hpp"
#include "orderd/core/bytes.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <unicode/utf8.h>

namespace orderd {
namespace {

bool ascii_control(UChar32 c) { return (c >= 0 && c < 0x20) || c == 0x7F; }

/// C1 controls, separators of lines and paragraphs, what sets the direction of writing (Unicode, UAX #9), and what is
/// there and not seen.
bool other_command(UChar32 c)
{
    return (c >= 0x80 && c < 0xA0) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C || c == 0x200B || c == 0x2060 ||
           c == 0xFEFF;
}

bool plain_ascii(std::string_view text)
{
    return !any_byte(text, [](unsigned char b) { return (b < 0x20) | (b >= 0x7F); });
}

std::string picture(UChar32 control)
{
    auto code = control == 0x7F ? 0x2421 : 0x2400 + control;
    return {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)),
            static_cast<char>(0x80 | (code & 0x3F))};
}

std::string in_hex(const char* form, UChar32 c)
{
    char out[16];
    std::snprintf(out, sizeof out, form, static_cast<unsigned>(c));
    return out;
}

enum class breaks { kept, joined };

/// What stands for one character; "" for itself.
std::string visible(UChar32 c, breaks how)
{
    if (c < 0) return "?";
    if (how == breaks::kept && (c == '\n' || c == '\t')) return {};
    if (how == breaks::joined && c == '\n') return " / ";
    if (how == breaks::joined && c == '\t') return " ";
    if (ascii_control(c)) return picture(c);
    return other_command(c) ? in_hex("<U+%04X>", c) : std::string();
}

/// The text with `instead(character)` where that is not empty; "\r\n" counts as one line break.
template <class F>
std::string replaced(std::string_view text, std::size_t limit, F instead)
{
    std::string out;
    const char* data = text.data();
    auto length = static_cast<std::int32_t>(std::min<std::size_t>(text.size(), 1u << 30));
    for (std::int32_t i = 0; i < length;) {
        auto from = i;
        UChar32 c;
        U8_NEXT(data, i, length, c);
        if (c == '\r' && i < length && data[i] == '\n') continue;
        auto piece = instead(c);
        auto own = text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(i - from));
        auto taken = piece.empty() ? own : std::string_view(piece);
        if (out.size() + taken.size() > limit) break;
        out += taken;
    }
    return out;
}

}

std::string shown(std::string_view text, std::size_t limit)
{
    if (plain_ascii(text)) return std::string(text.substr(0, limit));
    return replaced(text, limit, [](UChar32 c) { return visible(c, breaks::joined); });
}

std::string shown_lines(std::string_view text)
{
    if (plain_ascii(text)) return std::string(text);
    return replaced(text, text.npos, [](UChar32 c) { return visible(c, breaks::kept); });
}

std::string returned_cell(std::string_view text)
{
    std::string out;
    for (char c : text) {
        bool kept = !ascii_control(static_cast<unsigned char>(c)) || c == '\n' || c == '\r' || c == '\t';
        out += kept ? std::string(1, c) : picture(static_cast<unsigned char>(c));
    }
    return out;
}

bool pictures_control(std::string_view text)
{
    for (auto at = text.find("\xE2\x90"); at != text.npos; at = text.find("\xE2\x90", at + 2))
        if (at + 2 < text.size() && static_cast<unsigned char>(text[at + 2]) <= 0xA1) return true;
    return false;
}

std::string shown_json(std::string json)
{
    if (!any_byte(json, [](unsigned char b) { return b >= 0x7F; })) return json;
    return replaced(json, json.npos, [](UChar32 c) {
        bool obeyed = c == 0x7F || other_command(c);
        return obeyed ? in_hex("\\u%04x", c) : std::string();
    });
}

}
