#pragma once
#include "orderd/store/database.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace orderd::store {

/// A session of somebody else's that keeps one of this program's waiting.
struct lock_holder {
    std::int64_t pid = 0;
    std::string login, program; // "" where the server does not tell
    std::int64_t seconds = 0;   // for which it was waited for
};
/// At most five of them. Waits for no table itself.
std::vector<lock_holder> lock_holders(session&);

/// A statement of this program that takes long and waits neither for a lock nor for the program.
struct slow_statement {
    std::int64_t pid = 0, seconds = 0;
    std::string text; // its beginning, without values
};
/// At most five that have taken longer than that. Waits for no table itself.
std::vector<slow_statement> slow_statements(session&, std::chrono::seconds longer_than);

/// Statements wait for rows and tables that others hold no longer than this: then they fail with `locked()`.
void wait_for_locks_at_most(session&, std::chrono::milliseconds);

/// Whom it waits for, and what to do about it.
std::string words(const std::vector<lock_holder>&);

}
