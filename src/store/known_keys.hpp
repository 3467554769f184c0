#pragma once
#include "conflicts.hpp"

#include <pqxx/pqxx>

namespace orderd::store {

/// Fills `finder` with the orders that have a key of `rows`; the batch `writing` is called "".
void look_up(pqxx::transaction_base&, const std::vector<intake_record>& rows, batch_id writing, conflict_finder&);

}
