#include "orderd/http/message.hpp"

#include <algorithm>

namespace orderd::http {

std::string_view find_header(const headers& all, std::string_view name)
{
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (const auto& [key, value] : all)
        if (std::equal(key.begin(), key.end(), name.begin(), name.end(),
                       [&](char a, char b) { return lower(a) == lower(b); }))
            return value;
    return {};
}

}
