#pragma once
#include "orderd/store/errors.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "orderd/store/orders.hpp"
#include "session.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderd::store {

inline bool any(const std::vector<claimed_order>& taken) { return !taken.empty(); }
inline bool any(const doubtful_orders& taken) { return !taken.orders.empty(); }
inline bool any(int taken) { return taken > 0; }

/// Orders whose rows PostgreSQL refuses to change in a statement that takes the next ones of a line, or leaves as they
/// were. The first kind is found by smaller and smaller groups. Both are left out, and the others go on. Where several
/// in a row hold a statement up and none does not, it is not about them. For one statement; of its runs one at a time.
class refused_rows {
public:
    refused_rows(logger& log, const std::string& step)
        : out_(log,
               "PostgreSQL refuses to change the rows of orders (" + step +
                   "); they stay as they are and are tried again after a while, all others go on",
               "orders")
    {
    }

    /// The orders that are left out, as an array of PostgreSQL.
    std::string numbers() { return out_.numbers(); }

    /// Runs `take(limit, without)`, which gives `taken_rows`, with a smaller limit where PostgreSQL refuses, until it
    /// takes something or there is nothing to take. `first(without)`: the order that it begins with, if any. When one
    /// is held up it takes nothing, and the next call goes on looking for the order at fault, in haste: each is
    /// answered soon, also when one that is known is tried again.
    template <class Take, class First>
    auto take(session& s, int limit, Take take_group, First first) -> decltype(take_group(limit, std::string()).taken)
    {
        std::optional<in_haste> haste;
        if (largest_ != unlimited || out_.knows_held_up()) haste.emplace(s);
        for (int size = std::min(limit, largest_);;) {
            std::optional<statement_failed> failed;
            try {
                auto [taken, unchanged] = take_group(size, numbers());
                bool room = leave_out(unchanged, kept_as_it_was);
                if (any(taken) || unchanged.empty() || !room) {
                    went_through();
                    out_.tell();
                    return std::move(taken);
                }
                continue;
            } catch (const statement_failed& e) {
                if (!about_rows(e)) throw;
                failed = e;
            }
            if (size > 1) {
                size = static_cast<int>(fewer(static_cast<std::size_t>(size), failed->held_up()));
                if (!failed->held_up()) continue;
                largest_ = size;
                groups_to_look_at_ = groups_of_one_held_up;
                return {};
            }
            std::optional<order_id> id = first(numbers());
            if (!id) return {}; // somebody else took it meanwhile
            if (!out_.add(id->value, *failed)) throw *failed;
            if (!failed->held_up()) continue;
            found(*id, *failed);
            return {};
        }
    }

private:
    static constexpr std::size_t most_held_up = 5;
    static constexpr int unlimited = std::numeric_limits<int>::max(), groups_of_one_held_up = 16;

    void went_through()
    {
        held_up_.clear();
        if (groups_to_look_at_ > 0 && --groups_to_look_at_ > 0) return;
        largest_ = unlimited;
    }
    void found(order_id id, const statement_failed& why)
    {
        largest_ = unlimited;
        groups_to_look_at_ = 0;
        held_up_.push_back(id);
        if (held_up_.size() >= most_held_up) {
            for (auto one : std::exchange(held_up_, {})) out_.take_back(one.value);
            throw why;
        }
        out_.tell();
    }
    bool leave_out(const std::vector<order_id>& orders, std::string_view why)
    {
        bool room = true;
        for (auto id : orders) room = out_.add(id.value, why) && room;
        return room;
    }
    left_out_rows out_;
    int largest_ = unlimited; // group, while it is searched for the order at fault
    int groups_to_look_at_ = 0;
    std::vector<order_id> held_up_; // one after the other, and nothing else went through
};

}
