#pragma once
#include "orderd/store/orders.hpp"

#include <optional>
#include <string>

// What to write when PostgreSQL refuses what was to be written: the order moves all the same, and so that it is never
// sent again because of that.
namespace orderd::store {

/// The order code of the answer already belongs to `owner` (0: not known whose it is): the answer is not about this
/// one, or was told of two. Nothing: there is no such move.
std::optional<order_move> without_code(const order_move& wanted, order_id owner);

/// Without the provider's words: their size and SHA-256 stand in their place. Nor with those of the refusal, which may
/// repeat them.
order_move without_words(const order_move& wanted);

/// Nothing but that it is not known what became of the order; it is searched for. Nothing: it stays where it is.
std::optional<order_move> outcome_not_kept(const order_move& wanted);

}
