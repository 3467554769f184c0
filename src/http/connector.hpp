#pragma once
#include "connection.hpp"
#include "name_lookup.hpp"
#include "orderd/http/client.hpp"

#include <string>
#include <utility>
#include <variant>

namespace orderd::http {

/// Opens connections to one server. Its addresses are raced (RFC 8305): the next is tried when the one before has
/// failed or has been silent for a while, the first that stands is taken, the others are closed.
/// The request did not go out.
inline failure not_sent(std::string text) { return {failure::what_happened::not_sent, std::move(text)}; }

class connector {
public:
    /// Throws std::runtime_error when the certificates cannot be used.
    connector(boost::asio::any_io_executor on, const client_options& options);

    using opened = std::variant<connection_ptr, failure>;
    /// A connection over which a request may go, TLS and all; or why there is none. Ends within the connect time-out.
    boost::asio::awaitable<opened> open();

private:
    using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
    endpoints in_order(const std::vector<boost::asio::ip::address>&) const;

    boost::asio::any_io_executor executor_;
    server_address server_;
    std::chrono::milliseconds time_out_;
    boost::asio::ssl::context tls_;
    std::shared_ptr<name_lookup> names_;
    boost::asio::ip::address preferred_; // it stood where others did not; unspecified: none
};

/// The addresses of both families in turn, beginning with the first one's (RFC 8305, 4).
std::vector<boost::asio::ip::address> interleaved(const std::vector<boost::asio::ip::address>&);

}
