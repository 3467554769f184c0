#pragma once
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace orderd::tests {

/// A file of this repository, by its path from the top.
inline std::string source_file(const std::string& path)
{
    std::ifstream in(std::string(ORDERD_SOURCE_DIR) + "/" + path, std::ios::binary);
    if (!in) throw std::runtime_error(path + " cannot be read");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

}
