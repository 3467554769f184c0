#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace orderd::service {

struct stray_character {
    int line = 0;
    std::string text;
};

/// The first character of a TOML text beyond ASCII that stands outside quotation marks and comments, where none may: a
/// full-width space, quotation mark or sign of equality, mostly. (toml++ 3.3 does not survive all of them.)
std::optional<stray_character> find_stray_character(std::string_view toml);

}
