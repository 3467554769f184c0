#include "orderd/submission/alike.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <utility>
#include <vector>

namespace orderd::submission {
namespace {

constexpr UChar32 anything = 0xFFFD;
constexpr std::size_t longest = 300; // characters: a name has 64, and comparing takes the product of two lengths
using characters = std::vector<UChar32>;

/// The character that an HTML entity (without & and ;) stands for; 0 when it is none.
UChar32 entity(const std::string& name)
{
    struct named {
        std::string_view name;
        UChar32 is;
    };
    static constexpr named known[] = {{"amp", '&'},  {"lt", '<'},    {"gt", '>'},
                                      {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}};
    for (const auto& k : known)
        if (k.name == name) return k.is;
    if (name.size() < 2 || name[0] != '#') return 0;
    bool hex = name[1] == 'x' || name[1] == 'X';
    const char* from = name.data() + (hex ? 2 : 1);
    unsigned value = 0;
    auto [end, error] = std::from_chars(from, name.data() + name.size(), value, hex ? 16 : 10);
    bool good = error == std::errc() && end == name.data() + name.size() && value > 0 && value <= 0x10FFFF;
    return good ? static_cast<UChar32>(value) : 0;
}

/// Entities as characters, also those of entities (&amp;amp;).
icu::UnicodeString without_entities(icu::UnicodeString text)
{
    constexpr int longest_entity = 10;
    for (std::int32_t at = text.indexOf(u'&'); at >= 0; at = text.indexOf(u'&', at)) {
        auto end = text.indexOf(u';', at);
        UChar32 is = 0;
        if (end > at && end - at <= longest_entity) {
            std::string name;
            text.tempSubStringBetween(at + 1, end).toUTF8String(name);
            is = entity(name);
        }
        if (is == 0)
            ++at;
        else
            text.replace(at, end - at + 1,
                         icu::UnicodeString(is)); // what it makes with the text behind it is looked at again
        if (is != 0 && is != '&') ++at;
    }
    return text;
}

/// One of the characters that character sets confuse.
UChar32 twin(UChar32 c)
{
    switch (c) {
    case 0x30FC: // the long vowel mark stands among them: a converter that maps it to a dash is no rare sight
    case 0x2212:
    case 0x2500:
    case 0x2501:
    case 0x00AD:
    case '_': return '-';
    case 0x301C:
    case 0x3030:
    case 0x203E:
    case 0xFFE3:
    case 0x00AF:
    case 0x02DC: return '~';
    case 0x2225: return 0x2016;
    case 0x00A5: return '\\';
    case 0x00A6: return '|';
    case 0x2018:
    case 0x2019:
    case '`': return '\'';
    case 0x201C:
    case 0x201D: return '"';
    case 0x00B7:
    case 0x2022: return 0x30FB;
    case '?':
    case '*': return anything;
    default: return c >= 0x2010 && c <= 0x2015 ? '-' : c;
    }
}

/// What is left of a text when everything is taken away in which two hands may differ.
characters folded(std::string_view utf8)
{
    auto cut = utf8.substr(0, 4 * longest);
    auto text = without_entities(
        icu::UnicodeString::fromUTF8(icu::StringPiece(cut.data(), static_cast<std::int32_t>(cut.size()))));
    icu::UnicodeString plain; // twins first: NFKC makes two characters of some of them
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) plain.append(twin(text.char32At(i)));
    text = plain;
    UErrorCode error = U_ZERO_ERROR;
    const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
    if (U_SUCCESS(error)) {
        auto normal = fold->normalize(text, error);
        if (U_SUCCESS(error)) text = normal;
    }
    characters out;
    bool gap = false;
    for (std::int32_t i = 0; i < text.length() && out.size() < longest; i = text.moveIndex32(i, 1)) {
        UChar32 c = text.char32At(i);
        if (white_space(static_cast<char32_t>(c))) {
            gap = !out.empty();
            continue;
        }
        if (std::exchange(gap, false)) out.push_back(' ');
        c = u_iscntrl(c) || U_IS_SURROGATE(c) ? anything : twin(c);
        if (c == anything && !out.empty() && out.back() == anything) continue;
        out.push_back(c);
    }
    return out;
}

/// Whether one text, in both of which `anything` stands for any characters, may be the other or a beginning of it.
bool may_be_same(const characters& a, const characters& b)
{
    // row[j]: the first i of a may be the first j of b.
    std::vector<char> row(b.size() + 1, 0), next(b.size() + 1, 0);
    row[0] = 1;
    for (std::size_t j = 0; j < b.size(); ++j) row[j + 1] = static_cast<char>(row[j] && b[j] == anything);
    bool cut = row[b.size()] != 0;
    for (std::size_t i = 0; i < a.size() && !cut; ++i) {
        next[0] = static_cast<char>(row[0] && a[i] == anything);
        for (std::size_t j = 0; j < b.size(); ++j) {
            bool wild = a[i] == anything || b[j] == anything;
            next[j + 1] = static_cast<char>((row[j] && (wild || a[i] == b[j])) || (a[i] == anything && next[j]) ||
                                            (a[i] == anything && row[j + 1]) || (b[j] == anything && next[j]) ||
                                            (b[j] == anything && row[j + 1]));
        }
        row.swap(next);
        cut = row[b.size()] != 0; // b has ended here: it is a beginning of a
    }
    if (cut) return true;
    return std::find(row.begin(), row.end(), 1) != row.end(); // a has ended somewhere in b
}

std::string letters_and_digits(const characters& text)
{
    std::string out;
    for (UChar32 c : text) {
        if (c == anything) return {}; // hidden
        if (c < 0x80 && u_isalnum(c)) out += static_cast<char>(c);
    }
    return out;
}

}

bool alike(std::string_view sent, std::string_view told)
{
    if (sent == told) return true;
    auto a = folded(sent), b = folded(told);
    if (a.empty() || b.empty()) return true;
    // "東京支…": cut, and said so.
    auto is_dot = [](UChar32 c) { return c == '.'; };
    if (b.size() > 3 && std::all_of(b.end() - 3, b.end(), is_dot) && a.size() >= b.size()) b.resize(b.size() - 3);
    return may_be_same(a, b);
}

bool alike_key(std::string_view sent, std::string_view told)
{
    auto a = letters_and_digits(folded(sent)), b = letters_and_digits(folded(told));
    return a.empty() || b.empty() || a == b;
}

bool surely_other_key(std::string_view sent, std::string_view told)
{
    auto a = letters_and_digits(folded(sent)), b = letters_and_digits(folded(told));
    if (a.empty() || a.size() != b.size() || a == b) return false;
    auto digit = [](char c) { return c >= '0' && c <= '9'; };
    int run = 1; // of one character that was not sent so: XXXX, 0000
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (digit(a[i]) != digit(b[i])) return false;
        run = i > 0 && b[i] == b[i - 1] && a.substr(i - 1, 2) != b.substr(i - 1, 2) ? run + 1 : 1;
        if (run >= 4) return false;
    }
    return true;
}

}
