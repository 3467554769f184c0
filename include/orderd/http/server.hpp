#pragma once
#include "orderd/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
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

struct answer : response {
    http::ending how = ending::normal;
    std::vector<int> informational; // statuses 1xx that go out before the answer (RFC 9110, 15.2)
};

using handler = std::function<asio::awaitable<answer>(request)>;

struct server_options {
    std::string listen = "127.0.0.1:0";             // address:port; port 0 takes a free one
    std::string certificate_file, private_key_file; // both given: TLS
    std::size_t body_limit = 8u << 20;
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
