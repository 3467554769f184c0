#pragma once
#include "verbs.hpp"

#include <optional>
#include <string>

// What the verbs that decide about orders share.
namespace orderd::cli {

/// The order that `word` names; says so when there is none.
std::optional<store::found_order> named_order(store::session&, const std::string& word);
/// Moves one order for a person; says what happened.
bool move_order(store::session&, const store::found_order&, order_event, const std::string& why,
                const std::string& code = {});

}
