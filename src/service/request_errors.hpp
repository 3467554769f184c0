#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/repeated_notice.hpp"

#include <map>
#include <optional>
#include <string>

namespace orderd::service {

enum class trouble { none, database_unavailable, database_locked, internal };

/// An answer of the database, or why there is none.
template <class T>
struct told {
    std::optional<T> value;
    trouble error = trouble::none;
};

/// Tells the log of requests that ended in an internal error: each error at once with what was asked, and again after
/// ten minutes with how often it came, since probes ask all the time.
class request_errors {
public:
    explicit request_errors(logger& log) : log_(log) {}
    void note(const std::string& asked, const std::string& why);

private:
    static constexpr std::size_t most_kinds = 64;
    logger& log_;
    std::map<std::string, repeated_notice> seen_;
};

}
