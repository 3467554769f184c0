#pragma once
#include "orderd/store/database.hpp"

#include <string>
#include <vector>

namespace orderd::store {

struct migration_state {
    int applied = 0; // the newest version in the database, 0 for an empty one
    int known = 0;   // the newest version in this binary
};
migration_state migrations(session&);

/// Applies what is missing, each migration in a transaction of its own, one daemon at a time. Gives the names applied.
std::vector<std::string> migrate(session&);

}
