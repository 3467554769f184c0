#pragma once
#include "orderd/store/batches.hpp"

#include <set>
#include <string>
#include <vector>

namespace orderd::intake {

/// A row of intake.order_row with the verdict on it.
struct judged_table_row {
    store::intake_record record;
    std::string batch_name, brought_by, inserted_as;
};

/// Rows that are stored together.
struct batch_rows {
    std::string batch_name, inserted_as;
    std::set<std::string> brought_by;
    std::vector<store::intake_record> records;
};

/// Rows (oldest first) sorted into their batches, the batch of the oldest row first, at most `most_batches`. Of two
/// rows of different batches that have a key, a line or a site in common the older one is stored first, as if they were
/// stored one by one: where that would not be so, the rest waits for the next time.
std::vector<batch_rows> by_batch(std::vector<judged_table_row> rows, std::size_t most_batches);

}
