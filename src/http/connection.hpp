#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace orderd::http {

/// One connection, plain or TLS.
struct connection {
    boost::asio::ip::tcp::socket plain;
    std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> secure;
    boost::beast::flat_buffer buffer;
    std::chrono::steady_clock::time_point idle_since{};

    explicit connection(boost::asio::any_io_executor on) : plain(std::move(on)) {}

    /// Whether the server has closed it, or sent something nobody asked for.
    bool stale();
    /// Whether the server's machine has acknowledged none of the last `size` bytes that were written: what came in the
    /// meantime was sent before it had any of them.
    bool unheard(std::size_t size);
    /// Whether TLS holds bytes that nobody has read.
    bool unread() { return secure && SSL_has_pending(secure->native_handle()) == 1; }
};

using connection_ptr = std::unique_ptr<connection>;

}
