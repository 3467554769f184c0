#pragma once
#include "orderd/store/batches.hpp"

#include <pqxx/pqxx>

namespace orderd::store {

/// Whether there are rows whose sites are compared, which is a question to the server.
bool asks_for_sites(const std::vector<intake_record>& rows);

/// Compares the sites of change and cancel orders with what has been read from the provider; rows with an error become
/// rejected. Gives how many rows could not be checked: their site was not read, and the sites have never been read all.
int check_sites(pqxx::transaction_base&, std::vector<intake_record>& rows, const explain_conflict&);

}
