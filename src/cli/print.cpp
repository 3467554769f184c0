#include "orderd/core/text.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <pwd.h>
#include <unistd.h>

namespace orderd::cli {

namespace {

/// How a state looks on a terminal: what needs a person is red, what waits yellow, what is well green.
std::string_view colour_of(std::string_view text)
{
    auto state = order_state_from(text);
    if (!state) return {};
    switch (*state) {
    case order_state::completed: return "\033[32m";
    case order_state::rejected:
    case order_state::failed:
    case order_state::partially_failed:
    case order_state::refused:
    case order_state::held: return "\033[31m";
    case order_state::in_doubt:
    case order_state::awaiting_approval: return "\033[33m";
    case order_state::submitting:
    case order_state::accepted: return "\033[36m";
    default: return {};
    }
}

}

terminal& say()
{
    static terminal standard_output(std::cout);
    return standard_output;
}

terminal& warn()
{
    static terminal standard_error(std::cerr);
    return standard_error;
}

bool colours(const terminal& to)
{
    static const bool wanted =
        !std::getenv("NO_COLOR") && std::getenv("TERM") && std::string_view(std::getenv("TERM")) != "dumb";
    return wanted && ::isatty(&to == &warn() ? STDERR_FILENO : STDOUT_FILENO);
}

bool person_says_yes(const std::string& question)
{
    if (!::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO)) return false;
    warn() << question << " [y/N] ";
    warn().flush();
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

void print(const store::table& t, bool json, terminal& to)
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
        to << json_text(rows) << "\n";
        return;
    }
    std::vector<std::size_t> widths;
    for (const auto& name : t.columns) widths.push_back(display_width(name));
    auto in_cell = [](const std::optional<std::string>& cell) { return shown(cell.value_or("-"), 90); };
    for (const auto& row : t.rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(in_cell(row[i])));
    bool coloured = colours(to);
    auto line = [&](auto cell) {
        std::string out;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            std::string text = cell(i);
            auto colour = coloured && t.columns[i] == "state" ? colour_of(text) : std::string_view();
            out += std::string(colour) + text + (colour.empty() ? "" : "\033[0m");
            if (i + 1 < widths.size())
                out += std::string(widths[i] - std::min(widths[i], display_width(text)) + 2, ' ');
        }
        to << laid_out{out + "\n"};
    };
    line([&](std::size_t i) { return t.columns[i]; });
    for (const auto& row : t.rows) line([&](std::size_t i) { return in_cell(row[i]); });
}

std::string operator_name()
{
    if (auto* user = std::getenv("SUDO_USER"); user && *user) return user;
    if (auto* entry = ::getpwuid(::getuid())) return entry->pw_name;
    return "uid " + std::to_string(::getuid());
}

bool japanese()
{
    for (auto name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const char* value = std::getenv(name); value && *value) return std::string_view(value).starts_with("ja");
    return false;
}

std::string indented(const std::string& lines)
{
    std::string out;
    for (const auto& line : split(lines, '\n'))
        if (!line.empty()) out += "  " + shown(line) + "\n";
    return out;
}

}
