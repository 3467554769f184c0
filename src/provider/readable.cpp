#include "readable.hpp"

#include "orderd/core/encoding.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <utility>

namespace orderd::provider {
namespace {

constexpr std::string_view cp932 = "ibm-943_P15A-2003";
constexpr std::string_view instead = "\xEF\xBF\xBD"; // U+FFFD

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The text with U+FFFD for every byte that is no UTF-8.
std::string with_replacements(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        std::size_t length = 1;
        while (length < 4 && length < bytes.size() && continues(bytes[length])) ++length;
        auto one = bytes.substr(0, length);
        if (valid_utf8(one))
            out.append(one);
        else {
            out += instead;
            length = 1;
        }
        bytes.remove_prefix(length);
    }
    return out;
}

/// What a text is written in. JSON and HTML begin with a character of ASCII: half a unit of UTF-16 is zero then.
encoding encoding_of(std::string_view bytes)
{
    if (bytes.size() >= 2 && (bytes[0] == '\0') != (bytes[1] == '\0'))
        return bytes[0] == '\0' ? encoding::utf16be : encoding::utf16le;
    return valid_utf8(bytes) && !bytes.starts_with(byte_order_mark(encoding::utf8_bom)) ? encoding::utf8
                                                                                        : detect(bytes);
}

/// The charset's name for ICU; "" when none is told, or one that says nothing: servers put Latin-1 on
/// everything, and UTF-16 shows itself.
std::string charset_in(std::string_view content_type)
{
    auto lower = header_key(content_type); // small letters, without '-', '_' and spaces
    auto at = lower.find("charset=");
    if (at == lower.npos) return {};
    auto told = lower.substr(at + 8);
    std::erase_if(told, [](char c) { return c == '"' || c == '\''; });
    told.resize(std::min(told.find(';'), told.size()));
    static constexpr std::pair<std::string_view, std::string_view> known[] = {{"eucjp", "euc-jp"},
                                                                              {"xeucjp", "euc-jp"},
                                                                              {"ujis", "euc-jp"},
                                                                              {"iso2022jp", "ISO-2022-JP"},
                                                                              {"csiso2022jp", "ISO-2022-JP"},
                                                                              {"shiftjis", cp932},
                                                                              {"sjis", cp932},
                                                                              {"xsjis", cp932},
                                                                              {"windows31j", cp932},
                                                                              {"cp932", cp932},
                                                                              {"ms932", cp932},
                                                                              {"mskanji", cp932}};
    for (auto [name, of_icu] : known)
        if (told == name) return std::string(of_icu);
    return {};
}

unsigned char unsigned_at(std::string_view bytes, std::size_t i)
{
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

/// Whether bytes that are no UTF-8 are EUC-JP. CP932 that could be read so holds half-width katakana alone, 0xA1 to
/// 0xDF: its other letters begin with bytes that EUC-JP does not have, but for rare kanji.
bool looks_like_euc(std::string_view bytes)
{
    auto second = [](unsigned char b) { return b >= 0xA1 && b <= 0xFE; };
    std::size_t pairs = 0, kana = 0;
    bool beyond_katakana = false;
    for (std::size_t i = 0; i < bytes.size();) {
        auto b = unsigned_at(bytes, i), next = unsigned_at(bytes, i + 1);
        if (b < 0x80) {
            ++i;
            continue;
        }
        std::size_t length = b == 0x8F ? 3 : 2;
        bool whole = b == 0x8E   ? next >= 0xA1 && next <= 0xDF
                     : b == 0x8F ? second(next) && second(unsigned_at(bytes, i + 2))
                                 : second(b) && second(next);
        bool cut_off = i + length > bytes.size(); // by a limit
        if (!whole && !cut_off) return false;
        ++pairs;
        kana += b == 0xA1 || b == 0xA4 || b == 0xA5; // signs, hiragana, katakana
        beyond_katakana = beyond_katakana || b > 0xDF || next > 0xDF;
        i += length;
    }
    return pairs > 0 && (beyond_katakana || 2 * kana >= pairs);
}

/// A charset that `detect` does not know, "" for those it does.
std::string japanese_charset_of(std::string_view bytes)
{
    bool seven_bits = ascii(bytes);
    bool shifts = bytes.find("\x1B$B") != bytes.npos || bytes.find("\x1B$@") != bytes.npos;
    if (seven_bits && shifts) return "ISO-2022-JP";
    return !seven_bits && !valid_utf8(bytes) && looks_like_euc(bytes) ? "euc-jp" : "";
}

}

void replace_nul(std::string& utf8)
{
    for (auto at = utf8.find('\0'); at != utf8.npos; at = utf8.find('\0', at)) utf8.replace(at, 1, instead);
}

std::string read_as(std::string bytes, std::string_view content_type)
{
    if (ascii(bytes) && bytes.find('\x1B') == bytes.npos) return bytes; // the same in all of them
    auto charset = charset_in(content_type);
    if (charset.empty() || (valid_utf8(bytes) && !ascii(bytes))) return bytes; // whatever was told
    auto read = to_utf8(bytes, charset);
    bool fits = read && read->find(instead) == read->npos;
    return fits ? std::move(*read) : bytes;
}

std::string readable(std::string_view bytes)
{
    std::string other;
    if (auto charset = japanese_charset_of(bytes); !charset.empty())
        if (auto read = to_utf8(bytes, charset)) bytes = other = std::move(*read);
    auto written_in = encoding_of(bytes);
    if (auto mark = byte_order_mark(written_in); bytes.starts_with(mark)) bytes.remove_prefix(mark.size());
    std::string out;
    if (written_in == encoding::utf8 || written_in == encoding::utf8_bom)
        out = bytes;
    else {
        decoder from(written_in);
        from.add(bytes, out);
        from.end(out);
    }
    if (!valid_utf8(out)) out = with_replacements(out);
    while (out.ends_with('\0')) out.pop_back(); // the end of a text in C
    replace_nul(out);
    return out;
}

std::string beginning(std::string utf8, std::size_t limit)
{
    if (utf8.size() <= limit) return utf8;
    while (limit > 0 && continues(utf8[limit])) --limit;
    utf8.resize(limit);
    return utf8;
}

}
