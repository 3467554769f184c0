#include "orderd/core/csv_line.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <unicode/utf8.h>

namespace orderd {
namespace {

/// What formulas begin with, and what spreadsheets in Japanese read so: full-width and small forms, the minus sign.
/// Source: "CSV Injection", OWASP.
constexpr char32_t begins_formula[] = {U'=',      U'+',      U'-',      U'@',      U'\uFF1D', U'\uFF0B', U'\uFF0D',
                                       U'\uFF20', U'\uFE66', U'\uFE62', U'\uFE63', U'\uFE6B', U'\u2212'};

bool like_a_formula(std::string_view text)
{
    if (text.empty()) return false;
    if (text[0] == '\t' || text[0] == '\r' || text[0] == '\n') return true;
    auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c;
        U8_NEXT(text.data(), i, length, c);
        auto character = static_cast<char32_t>(c);
        if (white_space(character)) continue;
        return std::find(std::begin(begins_formula), std::end(begins_formula), character) != std::end(begins_formula);
    }
    return false;
}

std::string_view without_space_before(std::string_view text)
{
    auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        auto from = static_cast<std::size_t>(i);
        UChar32 c;
        U8_NEXT(text.data(), i, length, c);
        if (c < 0 || !white_space(static_cast<char32_t>(c))) return text.substr(from);
    }
    return {};
}

}

std::string harmless_cell(std::string text)
{
    if (like_a_formula(text)) text.insert(0, 1, '\'');
    return text;
}

std::string_view without_guard(std::string_view cell)
{
    auto text = without_space_before(cell); // which no value keeps
    return text.starts_with('\'') && like_a_formula(text.substr(1)) ? text.substr(1) : cell;
}

std::string csv_line(const std::vector<std::string>& cells, char separator)
{
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i) out += separator;
        const auto& cell = cells[i];
        bool quoted = cell.find_first_of("\"\r\n") != cell.npos || cell.find(separator) != cell.npos ||
                      (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
        if (!quoted) {
            out += cell;
            continue;
        }
        out += '"';
        for (char c : cell) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }
    out += "\r\n";
    return out;
}

}
