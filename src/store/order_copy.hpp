#pragma once
#include "orderd/store/batches.hpp"

#include <pqxx/pqxx>

// Rows into their tables by COPY.
namespace orderd::store {

/// The rows that are no duplicates, as orders numbered from `first` on by their place in `rows`.
void copy_orders(pqxx::transaction_base&, batch_id, const std::vector<intake_record>& rows, std::int64_t first);
/// The cells of those that go back to their author or wait to be judged.
void copy_cells(pqxx::transaction_base&, const std::vector<intake_record>& rows, std::int64_t first);
void copy_duplicates(pqxx::transaction_base&, batch_id, const std::vector<intake_record>& rows);

}
