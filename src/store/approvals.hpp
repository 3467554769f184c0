#pragma once
#include "orderd/store/approvals.hpp"
#include "session.hpp"

namespace orderd::store {

/// Lets what a batch waits with go at once when the policy has a bound, all of the batch was judged, and the whole of
/// it, with what went before, does not cost more. Part of the transaction that made the orders.
void approve_below(pqxx::transaction_base&, batch_id, const approval_policy&);

}
