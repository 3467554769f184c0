#pragma once
#include "orderd/core/log.hpp"

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace orderd::store {

/// Writes to the log what PostgreSQL says beside its answers, each text once. Called from any thread.
class server_notices {
public:
    explicit server_notices(logger& log) : log_(log) {}
    void tell(std::string_view words);

private:
    logger& log_;
    std::mutex mutex_;
    std::set<std::string> told_;
};

}
