#pragma once
#include "orderd/core/order_state.hpp"
#include "orderd/submission/decide.hpp"
#include "orderd/submission/search.hpp"

#include <chrono>
#include <string>

// What follows from a search for an order in doubt. Pure.
namespace orderd::submission {

struct reconciliation {
    /// found_at_provider, not_found_yet, search_inconclusive, not_created, or one that holds it for a person.
    order_event event;
    std::chrono::milliseconds delay{0};
    order_code code;                             // when found
    int searches = 0, uncontrolled_searches = 0; // of this doubt, from now on
    std::string why;                             // for the story, in English
    std::string error_code, english, japanese;   // when held: what was found, and what a person can do
    bool created_late = false;                   // proof that an order was created after two searches had not found it
};

/// `settle_time_too_short`: that was proven, of this order or another; then what is not found is held, never sent
/// again. Source: RULINGS, "Reconcile".
reconciliation reconcile(const store::doubtful_order&, const search_evidence&, bool settle_time_too_short,
                         const decision_settings&, double uniform01, std::span<const finding_rule> = finding_rules());

/// A search as JSON, for the story: every element with its verdict and why, the controls, no secret.
std::string to_json(const search_evidence&);

/// At most `most` elements, those first that are or may be the order.
std::vector<const judged_element*> worth_telling(const search_evidence&, std::size_t most);

/// A search told to a person, in several lines.
struct told_evidence {
    std::string english, japanese;
};
told_evidence tell(const search_evidence&);

}
