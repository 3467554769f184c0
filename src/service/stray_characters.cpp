#include "stray_characters.hpp"

#include <algorithm>

namespace orderd::service {
namespace {

/// A quotation mark that stands right behind something else than these begins no string for toml++, and what follows is
/// not inside one.
bool begins_in_a_word(std::string_view toml, std::size_t at)
{
    if (toml[at] != '"' && toml[at] != '\'') return false;
    while (at > 0 && (toml[at - 1] == '[' || toml[at - 1] == '{')) --at; // lists and tables that begin here
    if (at == 0) return false;
    if (toml[at - 1] != '=') return std::string_view(" \t\r\n,").find(toml[at - 1]) == std::string_view::npos;
    // Only the first of a line is the one behind the key.
    auto line = toml.substr(0, at - 1);
    line.remove_prefix(std::min(line.size(), line.rfind('\n') + 1));
    return line.find('=') != std::string_view::npos;
}

/// Where the string that begins at `at` ends, behind its closing marks; a string of one line ends with its line.
std::size_t end_of_string(std::string_view text, std::size_t at)
{
    char mark = text[at];
    bool many_lines = text.substr(at).starts_with(std::string(3, mark));
    std::string closing(many_lines ? 3 : 1, mark);
    for (at += closing.size(); at < text.size(); ++at) {
        if (text[at] == '\\' && mark == '"')
            ++at;
        else if (text[at] == '\n' && !many_lines)
            return at;
        else if (text.substr(at).starts_with(closing))
            return at + closing.size();
    }
    return text.size();
}

/// The character of several bytes that begins at `at`.
std::string character_at(std::string_view text, std::size_t at)
{
    auto end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return std::string(text.substr(at, end - at));
}

/// In a string with escapes: a character that is not ASCII right behind a backslash, or behind the line breaks that one
/// swallows; where it stands, or the string's end.
std::size_t broken_escape(std::string_view text, std::size_t at, std::size_t end)
{
    if (text[at] != '"') return end;
    for (++at; at < end; ++at) {
        if (text[at] != '\\') continue;
        auto next = std::min(text.find_first_not_of(" \t\r\n", at + 1), end);
        if (next < end && static_cast<unsigned char>(text[next]) >= 0x80) return next;
        if (next == at + 1) ++at; // an escape; a swallowed line break is no character
    }
    return end;
}

}

std::optional<stray_character> find_stray_character(std::string_view toml)
{
    std::size_t at = toml.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    int line = 1;
    while (at < toml.size()) {
        char c = toml[at];
        if (c == '#') {
            at = std::min(toml.find('\n', at), toml.size());
        } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == '\x7F' ||
                   begins_in_a_word(toml, at)) {
            return stray_character{line, std::string(1, c)};
        } else if (c == '"' || c == '\'') {
            auto end = end_of_string(toml, at);
            auto bad = broken_escape(toml, at, end);
            for (; at < bad; ++at) line += toml[at] == '\n';
            if (bad < end) return stray_character{line, character_at(toml, bad)};
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            return stray_character{line, character_at(toml, at)};
        } else {
            line += c == '\n';
            ++at;
        }
    }
    return std::nullopt;
}

}
