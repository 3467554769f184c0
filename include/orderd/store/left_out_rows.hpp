#pragma once
#include "orderd/core/log.hpp"
#include "orderd/store/errors.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace orderd::store {

/// What is said of a row that a statement does not change although it should.
inline constexpr std::string_view kept_as_it_was =
    "it stays as it was: a trigger or a rule of the table suppresses the change";

/// Rows, by their numbers, that PostgreSQL does not let be changed: a damaged page, a trigger of somebody. They are
/// left out for ten minutes and named; the others go on. Those that hold a statement up are left out for half a minute,
/// and twice as long each time after that, at most an hour. Used by one thread at a time.
class left_out_rows {
public:
    using clock = std::chrono::steady_clock;
    static constexpr auto left_out_for = std::chrono::minutes(10);
    static constexpr auto held_up_first = std::chrono::seconds(30), held_up_at_most = std::chrono::seconds(3600);
    /// For how long what holds statements up is left out next; `last` is 0 the first time.
    static constexpr clock::duration next_pause(clock::duration last)
    {
        return std::clamp<clock::duration>(2 * last, held_up_first, held_up_at_most);
    }
    /// `message` is logged with the number of `things`, an example and why.
    left_out_rows(logger& log, std::string message, std::string_view things, std::size_t most = 1'000);

    /// Those whose time is not over, as an array of PostgreSQL.
    std::string numbers(clock::time_point now = clock::now());
    /// For ten minutes or `how_long`. False: there are `most` already, and it is the database that refuses.
    bool add(std::int64_t id, std::string_view why, clock::duration how_long = left_out_for,
             clock::time_point now = clock::now());
    /// After an error of work with this row; for some seconds only where somebody has it locked. False, too, where the
    /// error says nothing of a row.
    bool add(std::int64_t id, const statement_failed&, clock::time_point now = clock::now());
    /// What was added last says nothing of a row after all.
    void take_back(std::int64_t id) { out_.erase(id); }
    bool has(std::int64_t id, clock::time_point now = clock::now()) const;
    /// Whether it knows of some that held a statement up, and may again when they are not left out any more.
    bool knows_held_up(clock::time_point now = clock::now());
    /// Names them when some are new; whether some are.
    bool tell();

private:
    struct left_out {
        clock::time_point until;
        std::string why;
        clock::duration held_up{}; // for how long it was left out last because it holds statements up
    };
    void forget(clock::time_point now);
    std::size_t most_;
    trouble_count told_;
    std::map<std::int64_t, left_out> out_;
    bool news_ = false;
};

}
