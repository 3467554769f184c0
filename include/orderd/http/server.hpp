#pragma once
#include "orderd/core/log.hpp"
#include "orderd/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// A small HTTP/1.1 server: one coroutine a connection, one handler.
namespace orderd::http {

namespace asio = boost::asio;

/// How an answer leaves: a simulator of a bad day needs more than the polite way.
enum class ending {
    normal,
    reset,     // nothing is sent, the connection is reset
    cut_short, // the head and half of the body, then the connection ends
};

/// A body that is made while it is sent.
class body_source {
public:
    virtual ~body_source() = default;
    virtual std::uint64_t size() const = 0;
    /// The next piece; "" when no more can be had: what is missing then ends the connection.
    virtual asio::awaitable<std::string> next() = 0;
};

struct answer : response {
    http::ending how = ending::normal;
    std::vector<int> informational;      // statuses 1xx that go out before the answer (RFC 9110, 15.2)
    std::shared_ptr<body_source> pieces; // instead of `body`
};

/// Answers a request. An exception is answered with 500 and logged; the connection goes on.
using handler = std::function<asio::awaitable<answer>(request)>;

/// What clients may cost. 0 is no limit: a server that others can reach sets all of them.
struct server_limits {
    using span = std::chrono::milliseconds;
    span handshake{0}; // of TLS
    span head{0};      // from the first byte of a request (or the connection) to the end of its head
    span body{0};      // from there to the end of its body
    span idle{0};      // between two requests
    span taking{0};    // for a client to take 64 KiB of an answer
    std::size_t head_size = 8u << 10;
    std::size_t body_size = 8u << 20;
    /// Connections at once, and of them from one address (an IPv4 address, a /64 of IPv6; not counted for loopback,
    /// where a reverse proxy stands for all of its clients). One more closes the one whose client has been silent
    /// longest, idle ones first; where every request is being worked on, it is refused with 503.
    std::size_t connections = 0, from_one_address = 0;
};

struct server_options {
    std::string listen = "127.0.0.1:0";             // address:port; port 0 takes a free one
    std::string certificate_file, private_key_file; // both given: TLS
    server_limits limits{};
    logger* log = nullptr;           // hears when no connection can be taken, and of handlers that throw
    std::string name = "the server"; // in those lines
};

class server {
public:
    virtual ~server() = default;
    virtual unsigned short port() const = 0;
    /// Closes the listening socket and every connection.
    virtual void stop() = 0;
};

/// Listens and serves until stopped. Throws std::runtime_error when the address cannot be used.
std::unique_ptr<server> serve(asio::any_io_executor, server_options, handler);

}
