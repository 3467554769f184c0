#pragma once
#include "orderd/store/inspect.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderd::service {

struct prepared_database {
    std::optional<store::server_fault> fault; // what a person must mend first: the daemon does not start
    std::vector<std::string> applied;         // migrations
};

/// Looks whether a daemon may use the database, and brings its schema up to date. Throws `unavailable`, and
/// `statement_failed` for what another try may change.
prepared_database prepare_database(store::session&, const std::string& url);

}
