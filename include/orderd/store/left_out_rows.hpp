#pragma once
#include "orderd/core/log.hpp"

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
/// left out for ten minutes and named; the others go on. Used by one thread at a time.
class left_out_rows {
public:
    using clock = std::chrono::steady_clock;
    static constexpr auto left_out_for = std::chrono::minutes(10);
    /// `message` is logged with the number of `things`, an example and why.
    left_out_rows(logger& log, std::string message, std::string_view things);

    /// Those whose time is not over, as an array of PostgreSQL.
    std::string numbers(clock::time_point now = clock::now());
    /// False: there are a thousand already, and it is the database that refuses.
    bool add(std::int64_t id, std::string_view why, clock::time_point now = clock::now());
    bool has(std::int64_t id) const { return out_.contains(id); }
    /// Names those that are new among them.
    void tell();

private:
    struct left_out {
        clock::time_point until;
        std::string why;
    };
    trouble_count told_;
    std::map<std::int64_t, left_out> out_;
    bool news_ = false;
};

}
