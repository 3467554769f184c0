#include "orderd/http/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>
#include <stdexcept>
#include <sys/socket.h>

namespace orderd::http {
namespace {

namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using boost::system::error_code;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
using clock = std::chrono::steady_clock;

/// One connection, plain or TLS.
struct connection {
    beast::tcp_stream plain;
    std::optional<ssl::stream<beast::tcp_stream&>> secure;
    beast::flat_buffer buffer;
    clock::time_point idle_since{};

    explicit connection(asio::any_io_executor on) : plain(std::move(on)) {}

    /// Whether the server has closed it, or sent something nobody asked for, while it lay idle.
    bool stale()
    {
        char byte;
        auto got = ::recv(plain.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    }
};
using connection_ptr = std::unique_ptr<connection>;

failure not_sent(std::string text) { return {failure::what_happened::not_sent, std::move(text)}; }

class pooled_client final : public client {
public:
    pooled_client(asio::any_io_executor on, client_options options)
        : executor_(std::move(on)), options_(std::move(options)), resolver_(executor_), tls_(ssl::context::tls_client)
    {
        if (!options_.server.tls) return;
        if (options_.ca_file.empty())
            tls_.set_default_verify_paths();
        else {
            error_code error;
            tls_.load_verify_file(options_.ca_file, error);
            if (error)
                throw std::runtime_error("api.ca_file " + options_.ca_file + " cannot be used: " + error.message());
        }
        tls_.set_verify_mode(ssl::verify_peer);
        tls_.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    }

    asio::awaitable<outcome> send(request asked, std::function<bool()> may_send) override
    {
        bool repeatable = asked.method == "GET";
        bool reused = false;
        auto made = make_message(asked);
        auto first = co_await attempt(made, false, reused, may_send);
        auto* failed = std::get_if<failure>(&first);
        if (failed && reused && repeatable) co_return co_await attempt(made, true, reused, may_send);
        co_return first;
    }

private:
    using message = beast::http::request<beast::http::string_body>;

    message make_message(const request& asked) const
    {
        message m;
        m.version(11);
        m.method_string(asked.method);
        m.target(asked.target);
        auto& at = options_.server;
        bool bracketed = at.host.find(':') != at.host.npos;
        bool usual = at.port == (at.tls ? "443" : "80");
        m.set(beast::http::field::host,
              (bracketed ? "[" + at.host + "]" : at.host) + (usual ? std::string() : ":" + at.port));
        m.set(beast::http::field::user_agent, options_.user_agent);
        for (const auto& [name, value] : asked.fields) m.set(name, value);
        m.body() = asked.body;
        m.prepare_payload();
        return m;
    }

    asio::awaitable<outcome> attempt(message& m, bool fresh, bool& reused, const std::function<bool()>& may_send)
    {
        connection_ptr line = fresh ? nullptr : take_idle();
        reused = line != nullptr;
        if (!line) {
            line = std::make_unique<connection>(executor_);
            auto failed = co_await open(*line);
            if (failed) co_return outcome{std::move(*failed)};
        }
        if (may_send && !may_send()) {
            if (reused) idle_.push_back(std::move(line)); // nothing went over it
            co_return outcome{
                failure{failure::what_happened::kept_back, "not sent: it was stopped at the last moment"}};
        }
        if (line->secure) {
            auto& secure = *line->secure;
            co_return co_await exchange(secure, std::move(line), m);
        }
        auto& plain = line->plain;
        co_return co_await exchange(plain, std::move(line), m);
    }

    template <class Stream>
    asio::awaitable<outcome> exchange(Stream& stream, connection_ptr line, message& m)
    {
        line->plain.expires_after(options_.request_timeout);
        auto [write_error, written] = co_await beast::http::async_write(stream, m, as_result);
        if (write_error) {
            if (written == 0) co_return outcome{not_sent("the request could not be sent: " + write_error.message())};
            co_return outcome{failure{failure::what_happened::unknown,
                                      "the connection broke while the request was sent: " + write_error.message()}};
        }
        beast::http::response_parser<beast::http::string_body> parser;
        parser.body_limit(options_.body_limit);
        parser.header_limit(64 * 1024);
        auto [read_error, got] = co_await beast::http::async_read(stream, line->buffer, parser, as_result);
        static_cast<void>(got);
        if (read_error) {
            auto why = read_error == beast::error::timeout ? "no whole answer within the request time-out"
                                                           : "no whole answer: " + read_error.message();
            co_return outcome{failure{failure::what_happened::unknown, why}};
        }
        auto& parsed = parser.get();
        response out;
        out.status = static_cast<int>(parsed.result_int());
        for (const auto& field : parsed) out.fields.emplace_back(field.name_string(), field.value());
        out.body = std::move(parsed.body());
        if (parsed.keep_alive()) {
            line->plain.expires_never();
            line->idle_since = clock::now();
            idle_.push_back(std::move(line));
        }
        co_return outcome{std::move(out)};
    }

    /// Connects and, for TLS, shakes hands; gives what went wrong.
    asio::awaitable<std::optional<failure>> open(connection& line)
    {
        auto& at = options_.server;
        auto where = at.host + ":" + at.port;
        auto [resolve_error, found] = co_await resolver_.async_resolve(at.host, at.port, as_result);
        if (resolve_error)
            co_return not_sent("the name " + at.host + " cannot be resolved: " + resolve_error.message());
        line.plain.expires_after(options_.connect_timeout);
        auto [connect_error, endpoint] = co_await line.plain.async_connect(found, as_result);
        static_cast<void>(endpoint);
        if (connect_error) co_return not_sent("no connection to " + where + ": " + connect_error.message());
        error_code ignored;
        line.plain.socket().set_option(tcp::no_delay(true), ignored);
        if (!at.tls) co_return std::nullopt;
        line.secure.emplace(line.plain, tls_);
        SSL_set_tlsext_host_name(line.secure->native_handle(), at.host.c_str());
        line.secure->set_verify_callback(ssl::host_name_verification(at.host));
        auto [tls_error] = co_await line.secure->async_handshake(ssl::stream_base::client, as_result);
        if (tls_error) co_return not_sent("TLS with " + where + " failed: " + tls_error.message());
        co_return std::nullopt;
    }

    connection_ptr take_idle()
    {
        while (!idle_.empty()) {
            auto line = std::move(idle_.back()); // the one used last is the likeliest to live
            idle_.pop_back();
            if (clock::now() - line->idle_since < options_.idle_timeout && !line->stale()) return line;
        }
        return nullptr;
    }

    asio::any_io_executor executor_;
    client_options options_;
    tcp::resolver resolver_;
    ssl::context tls_;
    std::vector<connection_ptr> idle_;
};

}

std::unique_ptr<client> make_client(asio::any_io_executor on, client_options options)
{
    return std::make_unique<pooled_client>(std::move(on), std::move(options));
}

}
