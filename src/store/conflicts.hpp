#pragma once
#include "orderd/store/batches.hpp"

#include <unordered_map>

namespace orderd::store {

/// An order that is there.
struct known_order {
    order_id id;
    std::string content_hash, batch; // batch "": the one that is being written
    std::int64_t source_row = 0;
    bool place_told = true; // to whom its row clashes with
};

/// Which rows came before or clash with others: with the orders in the database that have one of their keys, and with
/// the rows looked at since the last `forget`. Pure.
class conflict_finder {
public:
    std::unordered_map<std::string, known_order> by_key;  // not rejected
    std::unordered_map<std::string, known_order> by_line; // live, by natural key

    /// `id`: what the row's order will be called. A row that is free of conflicts is remembered.
    std::optional<conflict> look(const intake_record&, order_id id);
    void forget();
};

/// What the unique index of live orders keeps apart; "" for a row that it does not concern.
std::string_view live_key(const intake_record&);

/// A row with an error is rejected.
void add_finding(intake_record&, finding);

/// Makes a row that the database refused one that it takes: rejected, without its values, then without its cells. False
/// where nothing is left to leave out.
bool set_aside(intake_record&, const std::string& why, const explain_conflict&);

/// Whether no two of the rows have the same key or live natural key, told by their hashes: false may also be chance.
bool all_different(const std::vector<intake_record>& rows);

/// Whether one of the rows may be there under another key, which no unique index tells.
bool may_be_known_otherwise(const std::vector<intake_record>& rows);

/// A row before it was marked.
struct unmarked_row {
    std::size_t at;
    intake_record row;
};
/// Marks rows as duplicates or rejected, in place; gives those with a conflict as they were. `first`: the number of the
/// first row's order; the others follow.
std::vector<unmarked_row> settle(conflict_finder&, std::vector<intake_record>& rows, std::int64_t first,
                                 const explain_conflict&);

}
