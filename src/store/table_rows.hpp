#pragma once
#include "orderd/store/batches.hpp"
#include "session.hpp"

#include <span>
#include <vector>

namespace orderd::store {

/// Writes to the rows of intake.order_row what became of them in a batch. Those that the database does not let be
/// changed are found by halving, and given.
std::vector<refused_table_row> settle_table_rows(pqxx::transaction_base&, batch_id, std::span<const std::int64_t> ids);

}
