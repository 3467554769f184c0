#pragma once
#include <stdexcept>
#include <string>

namespace orderd::store {

/// PostgreSQL cannot be reached or went away in the midst. Whether the statement was committed is then unknown; every
/// statement here may be repeated.
struct unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// PostgreSQL refused a statement: a defect, a missing right or a missing migration.
struct statement_failed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}
