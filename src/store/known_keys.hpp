#pragma once
#include "conflicts.hpp"

#include <pqxx/pqxx>

namespace orderd::store {

/// Who asks about orders that were there: it is told of its own where they are, of others only that they are.
struct asker {
    batch_id writing;                             // called ""
    std::string source, inserted_by, inserted_as; // of that batch; "": whoever sees everything
};

/// Fills `finder` with the orders that have a key of `rows`.
void look_up(pqxx::transaction_base&, const std::vector<intake_record>& rows, const asker&, conflict_finder&);

}
