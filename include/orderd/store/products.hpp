#pragma once
#include "orderd/core/catalogue.hpp"
#include "orderd/store/database.hpp"

#include <optional>
#include <vector>

// The product catalogue, kept.
namespace orderd::store {

/// The catalogue; nothing when it has never been read.
std::optional<catalogue> read_catalogue(session&);
void save_catalogue(session&, const std::vector<product>&);

}
