#pragma once
#include "connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

namespace orderd::http {

/// How one connection is opened: to where, and what is done once it stands. `prepare` makes it ready for TLS, where
/// that is spoken.
struct course {
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
    std::function<void(connection&)> prepare;
    std::chrono::steady_clock::time_point deadline;
};

struct race_result {
    connection_ptr winner;  // none: `failed` says why
    std::size_t place = 0;  // of the winner among the endpoints
    bool connected = false; // somebody answered, though TLS may have failed
    std::string failed;
    bool no_descriptors = false; // this process may open no more files
};

/// Tries one endpoint after the other, each while those before are still on their way, and gives the first connection
/// that stands; the others are closed (RFC 8305, 5).
boost::asio::awaitable<race_result> race(boost::asio::any_io_executor on, course where);

}
