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

constexpr UChar32 anything = 0xFFFD; // in what is told: a character that was lost, or is hidden
constexpr UChar32 lost = 0xFFFF;     // in what was sent: stands for itself alone
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

enum class letters { folded, as_they_are };

/// What is left of a text when everything is taken away in which two hands may differ; upper and lower case only where
/// asked for.
characters folded(std::string_view utf8, letters kept = letters::folded)
{
    auto cut = utf8.substr(0, 4 * longest);
    auto text = without_entities(
        icu::UnicodeString::fromUTF8(icu::StringPiece(cut.data(), static_cast<std::int32_t>(cut.size()))));
    icu::UnicodeString plain; // twins first: NFKC makes two characters of some of them
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) plain.append(twin(text.char32At(i)));
    text = plain;
    UErrorCode error = U_ZERO_ERROR;
    const auto* fold = kept == letters::folded ? icu::Normalizer2::getNFKCCasefoldInstance(error)
                                               : icu::Normalizer2::getNFKCInstance(error);
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
        // What was lost may have had a mark of its own: カ of ガ.
        if (!out.empty() && out.back() == anything && (c == anything || u_getCombiningClass(c) != 0)) continue;
        out.push_back(c);
    }
    return out;
}

/// What was sent: there `?` is a question mark, and nothing is hidden.
characters as_sent(std::string_view utf8, letters kept = letters::folded)
{
    auto out = folded(utf8, kept);
    std::replace(out.begin(), out.end(), anything, lost);
    return out;
}

/// Whether what is told, in which `anything` stands for any characters, may be what was sent or a beginning of it.
bool may_be_same(const characters& sent, const characters& told)
{
    // row[j]: the first i characters sent may be the first j told.
    std::vector<char> row(told.size() + 1, 0), next(told.size() + 1, 0);
    row[0] = 1;
    for (std::size_t j = 0; j < told.size() && told[j] == anything; ++j) row[j + 1] = 1;
    for (UChar32 c : sent) {
        if (row.back()) return true; // cut here
        next[0] = 0;
        for (std::size_t j = 0; j < told.size(); ++j) {
            bool hidden = told[j] == anything;
            next[j + 1] =
                static_cast<char>((row[j] && (hidden || c == told[j])) || (hidden && (next[j] || row[j + 1])));
        }
        row.swap(next);
    }
    return row.back() != 0;
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

/// "東京支…" is cut, and says so.
characters without_dots(characters told, std::size_t sent)
{
    auto is_dot = [](UChar32 c) { return c == '.'; };
    bool dots = told.size() > 3 && std::all_of(told.end() - 3, told.end(), is_dot);
    if (dots && sent >= told.size()) told.resize(told.size() - 3);
    return told;
}

bool alike_in(std::string_view sent, std::string_view told, letters kept)
{
    if (sent == told) return true;
    auto a = as_sent(sent, kept), b = folded(told, kept);
    if (a.empty() || b.empty()) return true;
    auto size = a.size();
    return may_be_same(a, without_dots(std::move(b), size));
}

bool any_letter(const characters& text, bool (*is)(UChar32)) { return std::any_of(text.begin(), text.end(), is); }

/// However a system counts that cuts: characters, bytes of UTF-8, or half widths as in CP932.
bool longer(std::string_view a, std::string_view b)
{
    return code_points(a) > code_points(b) && a.size() > b.size() && display_width(a) > display_width(b);
}

}

bool alike(std::string_view sent, std::string_view told) { return alike_in(sent, told, letters::folded); }

bool alike_secret(std::string_view sent, std::string_view told)
{
    auto a = as_sent(sent, letters::as_they_are), b = folded(told, letters::as_they_are);
    return a.empty() || b.empty() || a == b || std::find(b.begin(), b.end(), anything) != b.end();
}

bool told_otherwise(const written& name)
{
    return !name.told.empty() && as_sent(name.sent, letters::as_they_are) != folded(name.told, letters::as_they_are);
}

bool in_the_same_hand(const written& known, const written& other)
{
    auto is_hidden = [](UChar32 c) { return c == anything; };
    auto sent = as_sent(known.sent), told = folded(known.told);
    if (sent.empty() || sent != told) return true; // it is not told as it was sent itself: anything may happen
    auto other_sent = as_sent(other.sent), other_told = folded(other.told);
    if (other_sent.empty()) return true;
    if (other_told.empty()) return false;
    auto cut = without_dots(other_told, other_sent.size());
    bool shorter = cut.size() < other_sent.size() && std::none_of(cut.begin(), cut.end(), is_hidden);
    if (shorter && longer(known.told, other.told)) return false; // the known one was not cut
    bool all_hidden = std::all_of(other_told.begin(), other_told.end(), is_hidden);
    if (all_hidden && any_letter(told, [](UChar32 c) { return c >= 0x80; })) return false;
    bool cased =
        any_letter(folded(known.told, letters::as_they_are), [](UChar32 c) { return u_isULowercase(c) != 0; }) &&
        as_sent(known.sent, letters::as_they_are) == folded(known.told, letters::as_they_are);
    return !cased || alike_in(other.sent, other.told, letters::as_they_are);
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
