#pragma once
#include "orderd/core/ids.hpp"

#include <set>
#include <unordered_map>

namespace orderd::submission {

/// Tells the provider's limit, which is everybody's matter, from an order that is told to slow down each time though
/// others are taken. A first answer of an order is everybody's; so are those to several orders in a row.
class limited_orders {
public:
    /// Answers to different orders in a row that are everybody's, whatever was answered to them before.
    explicit limited_orders(int row) : longest_row_(row) {}
    /// An order was told to slow down. Whether that is its own matter: since it was told so before, more orders were
    /// taken than pauses made for others. `in_a_pause`: all are waiting already, and no pause is made for it.
    bool own_matter(order_id, bool in_a_pause);
    void taken(order_id);

private:
    struct seen {
        long taken = 0, pauses = 0;
    };
    int longest_row_;
    long taken_ = 0, pauses_ = 0;
    std::unordered_map<std::int64_t, seen> before_;
    std::set<order_id> row_; // since an order was taken
};

}
