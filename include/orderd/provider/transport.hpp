#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/metrics.hpp"
#include "orderd/http/body_taker.hpp"
#include "orderd/http/client.hpp"
#include "orderd/provider/answers.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace orderd::provider {

namespace asio = boost::asio;

struct transport_options {
    http::client_options connection;
    http::client_options token_connection;
    std::string token_path = "/oauth/v1/accesstokens";
    std::string client_id, client_secret;
    /// Waits until one request may go out; none: at once. Asked before every request but the token's.
    std::function<asio::awaitable<void>()> place;
};

/// How long an answer may be: of one thing, of a list (RULINGS T16).
constexpr std::size_t short_answer = 1u << 20, long_answer = 64u << 20;

/// A request to the provider's API, as what names it in figures ("GET /orders/{orderCode}"), where it goes and what it
/// holds.
struct call {
    std::string method, operation, target, body;
    std::size_t answer_limit = short_answer;
    http::body_taker* taker = nullptr; // of the body of a 200, for transports that bring it in pieces
};

/// How a call gets to the provider and its answer back: over HTTP with a token; in the simulation, from memory. What an
/// answer means is none of its business.
class transport {
public:
    virtual ~transport() = default;
    /// The answer, whatever its status; or why there is none. `may_send` is asked right before the request goes out,
    /// after every wait for a token, a place or a connection; false: `kept_back`. One refresh of the token and one more
    /// try when the token is refused (RULINGS T6), nothing else is repeated.
    virtual asio::awaitable<result<http::response>> send(call, std::function<bool()> may_send) = 0;
    /// Gets a token when there is none that is good.
    virtual asio::awaitable<result<std::monostate>> authenticate() = 0;
    virtual bool authenticated() const = 0;
    /// How long ago the token was given; nothing when there is none.
    virtual std::optional<std::chrono::milliseconds> token_age() const { return std::nullopt; }
};

std::unique_ptr<transport> make_http_transport(asio::any_io_executor, const transport_options&, logger&, metrics&);

}
