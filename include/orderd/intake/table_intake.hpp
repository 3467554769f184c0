#pragma once
#include "orderd/intake/judge.hpp"
#include "orderd/store/left_out_rows.hpp"

#include <string>

namespace orderd::intake {

/// What those who take rows of tables remember from one time to the next. Used by one thread at a time.
struct table_line {
    explicit table_line(logger&);
    std::string turn; // the login whose rows were taken last
    /// What the database does not let be changed: rows of intake.order_row, rows of intake.approval, orders that wait
    /// for the catalogue, and batches that wait for approval.
    store::left_out_rows rows, approvals, orders, batches;
};

/// Takes waiting rows of intake.order_row, those of one program at a time, at most `limit`, each batch of them in one
/// transaction; blocking. Logins take turns. A row that the database does not let be settled keeps only itself from
/// being taken, and a batch that it does not let be stored only its rows. Gives what became of them by batch, nothing
/// when none waited. Throws `store::stopped` while it waits for another batch.
std::vector<store::batch_counts> take_table_rows(store::session&, int limit, const judge_settings&, utc_time now,
                                                 const std::stop_token& stopping, table_line&);
/// The same, once.
std::vector<store::batch_counts> take_table_rows(store::session&, int limit, const judge_settings&, utc_time now);

/// Judges the rows that waited for the product catalogue, until told to stop; blocking. Gives how many.
int judge_received(store::session&, const judge_settings&, utc_time now, const std::stop_token& stopping, table_line&);

}
