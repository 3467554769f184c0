#pragma once
#include "orderd/core/log.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace orderd::tests {

/// Keeps the lines that were written, and apart from them those that are to come seldom.
struct kept_log final : logger {
    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        if (level != log_level::debug) lines.push_back(text_of(message, fields));
    }
    void write_seldom(log_level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        seldom.push_back(text_of(message, fields));
    }
    static std::string text_of(std::string_view message, std::initializer_list<log_field> fields)
    {
        std::string text(message);
        for (const auto& f : fields) text.append(" ").append(f.name).append("=").append(f.value);
        return text;
    }
    std::vector<std::string> lines, seldom;
};

}
