#pragma once
#include "orderd/intake/judge.hpp"

namespace orderd::intake {

/// Takes waiting rows of intake.order_row, those of one program at a time, at most `limit`, each batch of them in one
/// transaction; blocking. Logins take turns: `turn` is whose rows were taken last, and becomes whose these are. Gives
/// what became of them by batch, nothing when none waited. Throws `store::stopped` while it waits for another batch.
std::vector<store::batch_counts> take_table_rows(store::session&, int limit, const judge_settings&, utc_time now,
                                                 const std::stop_token& stopping = {}, std::string* turn = nullptr);

/// Judges the rows that waited for the product catalogue, until told to stop; blocking. Gives how many.
int judge_received(store::session&, const judge_settings&, utc_time now, const std::stop_token& stopping = {});

}
