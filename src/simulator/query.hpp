#pragma once
#include "world.hpp"

#include <functional>
#include <map>
#include <span>

namespace orderd::simulator {

using parameters = std::map<std::string, std::string>;

/// The filters of GET /orders and GET /customerSites: an error for a value of the wrong form, else whether an item
/// passes.
std::optional<api_error> check_parameters(const parameters&);
bool passes(const placed_order&, const parameters&);
bool passes(const site&, const parameters&);
bool passes(const sold_product&, const parameters&);

/// Which items, of those that pass, are on the page: [first, first + count).
struct page {
    std::size_t first = 0, count = 500;
};
page page_of(const parameters&, const settings&);

}
