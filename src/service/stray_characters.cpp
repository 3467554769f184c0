#include "stray_characters.hpp"

#include <algorithm>

namespace orderd::service {
namespace {

/// A quotation mark that stands right behind something else than these begins no string for toml++, and what follows is
/// not inside one.
bool begins_in_a_word(std::string_view toml, std::size_t at)
{
    if (at == 0 || (toml[at] != '"' && toml[at] != '\'')) return false;
    return std::string_view(" \t\r\n=[,.{").find(toml[at - 1]) == std::string_view::npos;
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
            for (; at < end && at < toml.size(); ++at) line += toml[at] == '\n';
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            auto end = at + 1;
            while (end < toml.size() && (static_cast<unsigned char>(toml[end]) & 0xC0) == 0x80) ++end;
            return stray_character{line, std::string(toml.substr(at, end - at))};
        } else {
            line += c == '\n';
            ++at;
        }
    }
    return std::nullopt;
}

}
