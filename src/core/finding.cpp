#include "orderd/core/finding.hpp"

#include <algorithm>

namespace orderd {

std::string_view name(severity level)
{
    switch (level) {
    case severity::off: return "off";
    case severity::warning: return "warning";
    case severity::error: return "error";
    }
    return "error";
}

bool any_error(const findings& all)
{
    return std::any_of(all.begin(), all.end(), [](const finding& f) { return f.level == severity::error; });
}

}
