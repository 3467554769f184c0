#pragma once
#include "orderd/store/overview.hpp"

#include <optional>
#include <string>

// A batch that a person names is there, or every verb says the same.
namespace orderd::cli {

/// Whether there is a batch of that name; says so, with the nearest name, when there is none.
bool known_batch(store::session&, const std::string& name);
/// The same, with how far it is.
std::optional<store::batch_overview> named_batch(store::session&, const std::string& name);

}
