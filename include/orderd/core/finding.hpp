#pragma once
#include "orderd/core/column.hpp"

#include <string>
#include <string_view>
#include <vector>

// What is wrong, or worth knowing, about a row: one finding a rule and field, in both languages.
namespace orderd {

enum class severity { off, warning, error };
std::string_view name(severity);

struct finding {
    std::string rule;  // stable identifier, snake_case
    std::string field; // column name, "" for the whole row
    orderd::severity level = severity::error;
    std::string japanese, english;
    bool operator==(const finding&) const = default;
};
using findings = std::vector<finding>;

bool any_error(const findings&);

}
