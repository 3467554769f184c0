#include "orderd/core/text.hpp"
#include "orderd/validation/rules.hpp"

namespace orderd::validation {
namespace {

std::string shown(std::string_view message)
{
    const std::vector<std::string> gaps(10, "…");
    std::string out;
    for (char c : filled(message, gaps)) (out += c == '|' ? "\\" : "") += c;
    return out;
}

}

std::string rules_document()
{
    std::string out =
        "# Rules\n\n"
        "Made by `ipoe-orderd rules --markdown`. A row with an error is rejected and comes back; a warning is noted "
        "and the "
        "row is\nsent. `[validation.severity]` in the configuration changes a rule's severity to `error`, `warning` or "
        "`off`, except where\nnothing would be left to send, or something that the row does not say (fixed).\n\n"
        "| rule | severity | orders | columns | message | source |\n|---|---|---|---|---|---|\n";
    for (const auto& r : rules()) {
        out += "| `" + std::string(r.id) + "` | " + std::string(name(r.level)) + (r.adjustable ? "" : ", fixed") +
               " | " + std::string(r.orders) + " | " +
               (r.fields == "*"    ? "any"
                : r.fields.empty() ? "the row"
                                   : std::string(r.fields)) +
               " | " + shown(r.japanese) + "<br>" + shown(r.english) + " | " + std::string(r.source) + " |\n";
    }
    return out;
}

}
