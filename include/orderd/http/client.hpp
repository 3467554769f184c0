#pragma once
#include "orderd/http/message.hpp"
#include "orderd/http/name_service.hpp"
#include "orderd/http/server_address.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>

// An HTTP/1.1 client of one server over kept-alive connections.
namespace orderd::http {

namespace asio = boost::asio;

struct client_options {
    server_address server;
    std::string ca_file;                               // "" : the system's certificates
    std::chrono::milliseconds connect_timeout{10'000}; // to find an address, connect and shake hands
    std::chrono::milliseconds request_timeout{60'000}; // from the first byte out to the last byte in
    std::chrono::milliseconds idle_timeout{15'000};    // a connection idle for longer is not used again
    std::size_t error_limit = 1u << 20; // of the body of what is no 2xx (RULINGS T16); a 2xx has its request's
    name_service names = ask_system;
    std::string user_agent = "ipoe-orderd";
};

/// Why there is no answer, and whether the server may have seen the request.
struct failure {
    enum class what_happened {
        kept_back, // `may_send` said no
        not_sent,  // no connection, TLS failure, or broken before the first byte of the request went out
        unknown,   // after that: time-out, reset, an answer cut short or not HTTP
    };
    what_happened kind;
    std::string text;
    bool answer_begun = false;   // the server answered, and the answer broke off or makes no sense
    bool no_descriptors = false; // this process may open no more files: nothing is known of the server
};

using outcome = std::variant<response, failure>;

class client {
public:
    virtual ~client() = default;
    /// Sends one request and reads the answer, unpacked where it came compressed. Of a body beyond its limit the
    /// beginning is given, see `response::unusable`; its connection is closed. A GET that fails on a reused connection
    /// is tried once more on a fresh one; nothing else is ever repeated here. The caller bounds how many run at once:
    /// each has its own connection. `may_send` is asked when the connection stands, right before the first byte goes
    /// out.
    virtual asio::awaitable<outcome> send(request, std::function<bool()> may_send = nullptr) = 0;
};

std::unique_ptr<client> make_client(asio::any_io_executor, client_options);

}
