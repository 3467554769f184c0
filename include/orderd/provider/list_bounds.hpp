#pragma once
#include <cstddef>

namespace orderd::provider {

/// What a list may hold over all its pages. A list of more is none: it proves nothing absent, and replaces nothing.
struct list_bounds {
    std::size_t elements = 100'000;
    std::size_t bytes = 24u << 20; // of what is kept of them
};
/// What one text of an element may have; a longer name is cut, and with anything else so long the element cannot be
/// read.
constexpr std::size_t longest_told = 4096;
/// Contracts of one site or order, which has a handful of products.
constexpr std::size_t most_contracts = 500;

}
