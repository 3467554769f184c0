#pragma once
#include "orderd/core/log.hpp"
#include "orderd/store/errors.hpp"
#include "orderd/store/orders.hpp"

#include <map>
#include <optional>
#include <string>

namespace orderd::store {

/// Orders whose rows PostgreSQL refuses to change in a statement that takes the next ones of a line: a damaged page, a
/// trigger of somebody. They are found by smaller and smaller groups, left out for ten minutes and named; the others go
/// on. For one statement; of its runs one at a time.
class refused_rows {
public:
    using clock = std::chrono::steady_clock;
    refused_rows(logger& log, const std::string& step)
        : told_(log, "PostgreSQL refuses to change the rows of orders (" + step +
                         "); they stay as they are and are tried again every ten minutes, all others go on")
    {
    }

    /// Runs `take(limit, without)`, with a smaller limit where PostgreSQL refuses. `first(without)`: the order that it
    /// begins with, if any. Both get the numbers of orders to leave out as an array of PostgreSQL.
    template <class Take, class First>
    auto take(int limit, Take take_group, First first) -> decltype(take_group(limit, std::string()))
    {
        forget(clock::now());
        bool found = false;
        for (int size = limit;;) {
            std::string why;
            try {
                auto taken = take_group(size, numbers());
                if (found) tell();
                return taken;
            } catch (const statement_failed& e) {
                if (!about_rows(e.sqlstate) || out_.size() >= most) throw;
                why = e.what();
            }
            if (size > 1) {
                size /= 2;
                continue;
            }
            std::optional<order_id> id = first(numbers());
            if (!id) return {}; // somebody else took it meanwhile
            out_[id->value] = {clock::now() + left_out_for, why};
            found = true;
        }
    }

private:
    static constexpr auto left_out_for = std::chrono::minutes(10);
    static constexpr std::size_t most = 1'000; // more, and it is the database that refuses
    struct left_out {
        clock::time_point until;
        std::string why;
    };
    std::string numbers() const;
    void forget(clock::time_point now);
    void tell();
    trouble_count told_;
    std::map<std::int64_t, left_out> out_;
};

}
