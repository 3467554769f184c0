#include "orderd/core/text.hpp"
#include "orderd/core/bytes.hpp"

#include <algorithm>
#include <cstring>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace orderd {
namespace {

/// The dashes a Japanese keyboard and Excel produce where '-' is meant. A long-vowel mark is one only after a character
/// that has no vowel to lengthen ("03ー3388", not "サーバー").
bool dash(UChar32 c, UChar32 before)
{
    if (c == 0x30FC || c == 0xFF70) return before < 0x3041 || (before >= 0xFF10 && before <= 0xFF5A);
    return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFF0D || c == 0x2500;
}

std::u32string characters(std::string_view text)
{
    std::u32string out;
    auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c;
        U8_NEXT(text.data(), i, length, c);
        out += static_cast<char32_t>(c);
    }
    return out;
}

std::size_t edit_distance(std::u32string_view a, std::u32string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}

bool white_space(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)) || c == 0xFEFF || c == 0x200B; }

bool ascii(std::string_view text)
{
    return !any_byte(text, [](unsigned char b) { return b >= 0x80; });
}

std::size_t code_points(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

bool valid_utf8(std::string_view bytes)
{
    // Most bytes are ASCII: eight at a time, a character at a time where one is not.
    const char* data = bytes.data();
    std::size_t length = bytes.size();
    for (std::size_t i = 0; i < length;) {
        std::uint64_t eight;
        if (length - i >= sizeof eight) {
            std::memcpy(&eight, data + i, sizeof eight);
            if ((eight & 0x8080808080808080u) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        UChar32 c;
        U8_NEXT(data, i, length, c);
        if (c < 0) return false;
    }
    return true;
}

std::string trimmed(std::string_view text)
{
    std::string out(text);
    trim(out);
    return out;
}

void trim(std::string& text)
{
    auto plain = [](char c) { return c > 0x20 && c < 0x7F; };
    if (text.empty() || (plain(text.front()) && plain(text.back()))) return; // nearly every value
    auto length = static_cast<std::int32_t>(text.size());
    const char* data = text.data();
    std::int32_t begin = 0, end = length;
    while (begin < end) {
        std::int32_t i = begin;
        UChar32 c;
        U8_NEXT(data, i, length, c);
        if (c < 0 || !white_space(static_cast<char32_t>(c))) break;
        begin = i;
    }
    while (end > begin) {
        std::int32_t i = end;
        UChar32 c;
        U8_PREV(data, 0, i, c);
        if (c < 0 || !white_space(static_cast<char32_t>(c))) break;
        end = i;
    }
    text.resize(static_cast<std::size_t>(end));
    text.erase(0, static_cast<std::size_t>(begin));
}

std::string half_width(std::string_view text)
{
    if (ascii(text)) return std::string(text);
    UErrorCode error = U_ZERO_ERROR;
    // NFKC first: it makes dashes of a few signs that are none (U+FE31), and plain digits of what stands before a dash.
    auto source = icu::Normalizer2::getNFKCInstance(error)->normalize(
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))), error);
    icu::UnicodeString dashed;
    UChar32 before = 0;
    for (std::int32_t i = 0; i < source.length(); i = source.moveIndex32(i, 1)) {
        UChar32 c = source.char32At(i);
        if (dash(c, before)) c = '-';
        dashed.append(c);
        before = c;
    }
    std::string out;
    dashed.toUTF8String(out);
    return out;
}

std::string header_key(std::string_view text)
{
    auto half = [&] {
        if (ascii(text)) return std::string(text);
        // A long-vowel mark belongs to a Japanese header ("インターフェース"), so NFKC without the dashes.
        UErrorCode error = U_ZERO_ERROR;
        auto source =
            icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
        std::string out;
        icu::Normalizer2::getNFKCCasefoldInstance(error)->normalize(source, error).toUTF8String(out);
        return out;
    }();
    std::string key;
    const char* data = half.data();
    auto length = static_cast<std::int32_t>(half.size());
    for (std::int32_t i = 0; i < length;) {
        std::int32_t from = i;
        UChar32 c;
        U8_NEXT(data, i, length, c);
        if (c < 0 || white_space(static_cast<char32_t>(c)) || c == '_' || c == '-') continue;
        if (c < 0x80)
            key += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        else
            key.append(half, static_cast<std::size_t>(from), static_cast<std::size_t>(i - from));
    }
    return key;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates)
{
    std::string best;
    auto meant = characters(word);
    std::size_t best_distance = std::min(meant.size(), std::max<std::size_t>(2, meant.size() / 3) + 1);
    for (const auto& candidate : candidates) {
        if (candidate.empty()) continue;
        auto letters = characters(candidate);
        auto longer = std::max(letters.size(), meant.size()), shorter = std::min(letters.size(), meant.size());
        if (longer - shorter >= best_distance) continue; // it would take as many insertions
        auto distance = edit_distance(meant, letters);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (true) {
        auto at = text.find(separator, from);
        parts.emplace_back(text.substr(from, at == std::string_view::npos ? at : at - from));
        if (at == std::string_view::npos) return parts;
        from = at + 1;
    }
}

std::string join(std::span<const std::string> parts, std::string_view separator)
{
    std::string all;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i) all += separator;
        all += parts[i];
    }
    return all;
}

std::string printable(std::string_view bytes, std::size_t limit)
{
    std::string out;
    const char* data = bytes.data();
    auto length = static_cast<std::int32_t>(std::min<std::size_t>(bytes.size(), 1u << 30));
    for (std::int32_t i = 0; i < length;) {
        std::int32_t from = i;
        UChar32 c;
        U8_NEXT(data, i, length, c);
        bool bad = c < 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
        auto size = bad ? 1 : static_cast<std::size_t>(i - from);
        if (out.size() + size > limit) break;
        if (bad)
            out += '?';
        else
            out.append(data + from, size);
    }
    return out;
}

std::size_t display_width(std::string_view text)
{
    std::size_t width = 0;
    const char* data = text.data();
    auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c;
        U8_NEXT(data, i, length, c);
        auto kind = c < 0 ? U_EA_NEUTRAL : u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        width += kind == U_EA_WIDE || kind == U_EA_FULLWIDTH ? 2 : 1;
    }
    return width;
}

std::string filled(std::string_view text, std::span<const std::string> arguments)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' && text[i + 1] <= '9') {
            auto n = static_cast<std::size_t>(text[i + 1] - '0');
            if (n < arguments.size()) out += arguments[n];
            i += 2;
        } else
            out += text[i];
    }
    return out;
}

}
