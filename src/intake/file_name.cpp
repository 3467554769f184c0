#include "file_name.hpp"
#include "orderd/intake/content_hash.hpp"

#include <algorithm>
#include <cctype>

namespace orderd::intake {

std::string short_name(const std::string& name)
{
    if (name.size() <= longest_name) return name;
    constexpr std::size_t longest_extension = 12;
    auto point = name.rfind('.');
    auto extension = point != name.npos && name.size() - point <= longest_extension ? name.substr(point) : "";
    content_hasher hash("file name");
    hash.add(name);
    auto end = "~" + hash.end().substr(0, 8) + extension;
    auto kept = longest_name - end.size();
    auto inside_character = [&] { return (name[kept] & 0xC0) == 0x80; };
    for (int bytes = 0; bytes < 3 && inside_character(); ++bytes) --kept;
    return name.substr(0, kept) + end;
}

bool temporary_name(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name.starts_with('.') || name.starts_with("~$") || name.ends_with(".tmp") || name.ends_with(".part") ||
           name.ends_with(".filepart");
}

}
