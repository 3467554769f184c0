#pragma once
#include "status_pages.hpp"

#include <string>

// What a person decides on the status page.
namespace orderd::service {

/// The path that a decision was sent to: /order/17/hold, /batches/3/approve.
struct decision_target {
    std::string kind, word, verb;
};
/// Does it; blocking. Whether `person` may decide was seen before.
decision_outcome decide(store::session&, const decision_target&, const query_values&, const std::string& person);

}
