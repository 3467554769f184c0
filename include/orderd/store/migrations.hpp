#pragma once
#include "orderd/store/database.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace orderd::store {

struct migration_state {
    int applied = 0; // the newest version in the database, 0 for an empty one
    int known = 0;   // the newest version in this binary
};
migration_state migrations(session&);

/// The database was brought up to date by a newer program than this one; what it means there is unknown here.
struct schema_too_new : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Applies what is missing, each migration in a transaction of its own, one daemon at a time. Gives the names applied.
/// Throws `schema_too_new`.
std::vector<std::string> migrate(session&);

}
