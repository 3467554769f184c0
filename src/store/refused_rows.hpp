#pragma once
#include "orderd/store/errors.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "orderd/store/orders.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderd::store {

inline bool any(const std::vector<claimed_order>& taken) { return !taken.empty(); }
inline bool any(const doubtful_orders& taken) { return !taken.orders.empty(); }
inline bool any(int taken) { return taken > 0; }

/// Orders whose rows PostgreSQL refuses to change in a statement that takes the next ones of a line, or leaves as they
/// were. The first kind is found by smaller and smaller groups. Both are left out, and the others go on. For one
/// statement; of its runs one at a time.
class refused_rows {
public:
    refused_rows(logger& log, const std::string& step)
        : out_(log,
               "PostgreSQL refuses to change the rows of orders (" + step +
                   "); they stay as they are and are tried again every ten minutes, all others go on",
               "orders")
    {
    }

    /// The orders that are left out, as an array of PostgreSQL.
    std::string numbers() { return out_.numbers(); }

    /// Runs `take(limit, without)`, which gives `taken_rows`, with a smaller limit where PostgreSQL refuses, until it
    /// takes something or there is nothing to take. `first(without)`: the order that it begins with, if any.
    template <class Take, class First>
    auto take(int limit, Take take_group, First first) -> decltype(take_group(limit, std::string()).taken)
    {
        for (int size = limit;;) {
            std::string why;
            try {
                auto [taken, unchanged] = take_group(size, numbers());
                bool room = leave_out(unchanged, kept_as_it_was);
                if (any(taken) || unchanged.empty() || !room) {
                    out_.tell();
                    return std::move(taken);
                }
                continue;
            } catch (const statement_failed& e) {
                if (!about_rows(e)) throw;
                why = e.what();
            }
            if (size > 1) {
                size /= 2;
                continue;
            }
            std::optional<order_id> id = first(numbers());
            if (!id) return {}; // somebody else took it meanwhile
            if (!leave_out({*id}, why)) throw statement_failed(why);
        }
    }

private:
    bool leave_out(const std::vector<order_id>& orders, std::string_view why)
    {
        bool room = true;
        for (auto id : orders) room = out_.add(id.value, why) && room;
        return room;
    }
    left_out_rows out_;
};

}
