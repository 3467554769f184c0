#include "orderd/core/csv_line.hpp"

namespace orderd {

std::string harmless_cell(std::string text)
{
    if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) text.insert(0, 1, '\'');
    return text;
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
