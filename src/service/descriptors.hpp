#pragma once
#include "orderd/service/configuration.hpp"

#include <cstddef>

// File descriptors, of which a process has a number: whoever looks at the status page cannot use up those that orders,
// files and the database need.
namespace orderd::service {

/// How many the process may have open (RLIMIT_NOFILE).
std::size_t descriptor_limit();
/// How many the daemon needs for its work, connections of the status page left out.
std::size_t descriptors_needed(const configuration&);
/// How many connections the status page may have: at most 256, a quarter of `limit`, and what `needed` leaves; a few in
/// any case, so that a probe gets an answer.
std::size_t page_connections(std::size_t limit, std::size_t needed);

}
