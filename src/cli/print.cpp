#include "orderd/core/text.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <pwd.h>
#include <unistd.h>

namespace orderd::cli {

void print(const store::table& t, bool json)
{
    if (json) {
        boost::json::array rows;
        for (const auto& row : t.rows) {
            boost::json::object o;
            for (std::size_t i = 0; i < t.columns.size(); ++i) {
                if (row[i])
                    o[t.columns[i]] = *row[i];
                else
                    o[t.columns[i]] = nullptr;
            }
            rows.push_back(std::move(o));
        }
        std::cout << boost::json::serialize(rows) << "\n";
        return;
    }
    std::vector<std::size_t> widths;
    for (const auto& name : t.columns) widths.push_back(display_width(name));
    auto shown = [](const std::optional<std::string>& cell) { return printable(cell.value_or("-"), 90); };
    for (const auto& row : t.rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(shown(row[i])));
    auto line = [&](auto cell) {
        std::string out;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            std::string text = cell(i);
            out += text;
            if (i + 1 < widths.size())
                out += std::string(widths[i] - std::min(widths[i], display_width(text)) + 2, ' ');
        }
        std::cout << out << "\n";
    };
    line([&](std::size_t i) { return t.columns[i]; });
    for (const auto& row : t.rows) line([&](std::size_t i) { return shown(row[i]); });
}

std::string operator_name()
{
    if (auto* user = std::getenv("SUDO_USER"); user && *user) return user;
    if (auto* entry = ::getpwuid(::getuid())) return entry->pw_name;
    return "uid " + std::to_string(::getuid());
}

}
