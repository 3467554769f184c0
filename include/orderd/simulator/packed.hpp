#pragma once
#include <string>

namespace orderd::simulator {

enum class packing { gzip, zlib, raw_deflate };

/// A body compressed as servers do (RFC 1952, 1950 or 1951).
std::string packed(const std::string& text, packing = packing::gzip);

}
