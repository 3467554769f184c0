#include "descriptors.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace orderd::service {
namespace {

constexpr std::size_t usual_limit = 1024; // where it cannot be asked for
constexpr std::size_t most_connections = 256, fewest_connections = 8;
constexpr std::size_t for_files = 48;    // of log, event loop, drop directory, results and exports
constexpr std::size_t for_searches = 16; // reconciliations at once

}

std::size_t descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return usual_limit;
    return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, 1u << 20));
}

std::size_t descriptors_needed(const configuration& c)
{
    constexpr std::size_t listening = 3; // connections that LISTEN
    return static_cast<std::size_t>(c.submission.max_in_flight) +
           static_cast<std::size_t>(c.tracking.details_in_flight) + for_searches +
           static_cast<std::size_t>(c.database.connections) + listening + for_files;
}

std::size_t page_connections(std::size_t limit, std::size_t needed)
{
    auto left = limit > needed ? limit - needed : 0;
    return std::max(std::min({most_connections, limit / 4, left}), fewest_connections);
}

}
