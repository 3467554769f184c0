#pragma once
#include <cstddef>
#include <string>

namespace orderd::intake {

/// The most bytes of a file's name inside: a mark before it and an ending behind it still fit into the 255 of a file
/// system.
inline constexpr std::size_t longest_name = 180;

/// `name`, or where it is longer than `longest_name`, its beginning up to a whole character, some digits of its hash
/// and its extension: different names stay different, and the same one becomes the same.
std::string short_name(const std::string& name);

/// Names of files that are still being written, by the habits of programs that write them.
bool temporary_name(std::string name);

}
