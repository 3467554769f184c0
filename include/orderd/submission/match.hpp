#pragma once
#include "orderd/core/order_state.hpp"
#include "orderd/provider/answers.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/submission/decide.hpp"

#include <set>
#include <vector>

// Reconciliation: which of the orders found at the provider is the one in doubt.
namespace orderd::submission {

/// Whether a listed order can be the one in doubt: of its type, not applied for before the attempt's Japanese day
/// (clocks may differ by ten minutes), with its site name, and owned by no other order here. Source: RULINGS,
/// "Reconcile".
bool candidate(const provider::order_summary&, const store::doubtful_order&, const std::set<order_code>& owned);
/// For a change: whether the detail names the same products.
bool same_products(const provider::order_detail&, const store::doubtful_order&);

/// What follows from the candidates that are left.
struct reconciliation {
    // found_at_provider, not_found_yet, not_created, late_creation_possible, attempts_used_up or several_candidates
    order_event event;
    std::chrono::milliseconds delay{0};
    order_code code; // when found
    int searches = 0;
    std::string why;
    bool created_late = false; // proof that an order was created after two searches had not found it
};
/// `settle_time_too_short`: that was proven, of this order or another; then what is not found is held, never resent.
reconciliation reconcile(const store::doubtful_order&, const std::vector<order_code>& candidates,
                         bool settle_time_too_short, const decision_settings&, double uniform01);

}
