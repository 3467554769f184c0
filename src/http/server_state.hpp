#pragma once
#include "open_connections.hpp"
#include "orderd/http/server.hpp"
#include "time_limits.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

namespace orderd::http {

/// What the listener and the connections of a server share; it outlives whichever of them ends last.
struct server_state {
    server_options options;
    http::handler handle;
    asio::ip::tcp::acceptor acceptor;
    asio::ssl::context tls{asio::ssl::context::tls_server};
    open_connections connections;
    std::shared_ptr<time_limits> times;
    bool stopping = false;

    server_state(asio::any_io_executor on, server_options o, http::handler h)
        : options(std::move(o)),
          handle(std::move(h)),
          acceptor(on),
          connections(options.limits.connections, options.limits.from_one_address),
          times(std::make_shared<time_limits>(on))
    {
    }
    bool encrypts() const { return !options.certificate_file.empty(); }
};
using shared_server = std::shared_ptr<server_state>;

}
