#pragma once
#include "orderd/store/orders.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <vector>

namespace orderd::store {

/// The moves of `orders`.
inline std::vector<order_move> moves_of(const std::vector<order_move>& moves, const std::vector<order_id>& orders,
                                        bool of_them = true)
{
    std::unordered_set<std::int64_t> ids;
    for (auto id : orders) ids.insert(id.value);
    std::vector<order_move> out;
    std::copy_if(moves.begin(), moves.end(), std::back_inserter(out),
                 [&](const order_move& m) { return ids.contains(m.id.value) == of_them; });
    return out;
}

/// Those of the other orders.
inline std::vector<order_move> moves_without(const std::vector<order_move>& moves, const std::vector<order_id>& orders)
{
    return moves_of(moves, orders, false);
}

}
