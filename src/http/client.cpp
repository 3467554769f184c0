#include "orderd/http/client.hpp"
#include "time_limits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
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
    tcp::socket plain;
    std::optional<ssl::stream<tcp::socket&>> secure;
    beast::flat_buffer buffer;
    clock::time_point idle_since{};

    explicit connection(asio::any_io_executor on) : plain(std::move(on)) {}

    /// Whether the server has closed it, or sent something nobody asked for, while it lay idle.
    bool stale()
    {
        char byte;
        auto got = ::recv(plain.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK) || unread();
    }
    /// Whether TLS holds bytes that nobody has read.
    bool unread() { return secure && SSL_has_pending(secure->native_handle()) == 1; }
};

/// The final answer to a request: informational ones (1xx) before it are read past (RFC 9110, 15.2).
class final_answer {
    using parser = beast::http::response_parser<beast::http::string_body>;

public:
    explicit final_answer(std::size_t body_limit) : body_limit_(body_limit) { begin(); }
    /// Feeds the parser with what has come, as far as it goes.
    void take(beast::flat_buffer& came, error_code& error)
    {
        while (true) {
            came.consume(parser_->put(came.data(), error));
            if (error == beast::http::error::need_more) error = {};
            if (error || !parser_->is_done() || !informational()) return;
            if (++passed_ > most_informational) {
                error = beast::http::error::header_limit;
                return;
            }
            begin();
            if (came.size() == 0) return;
        }
    }
    /// The connection has ended.
    void end(error_code& error) { parser_->put_eof(error); }
    bool begun() const { return parser_->got_some(); }
    bool whole() const { return parser_->is_done(); }
    /// Nothing but one answer came, and the connection may go on.
    bool plain() const { return passed_ == 0 && parser_->keep_alive(); }
    response give()
    {
        auto& parsed = parser_->get();
        response out;
        out.status = static_cast<int>(parsed.result_int());
        for (const auto& field : parsed) out.fields.emplace_back(field.name_string(), field.value());
        out.body = std::move(parsed.body());
        return out;
    }

private:
    static constexpr int most_informational = 32;
    void begin()
    {
        parser_.emplace();
        parser_->eager(true);
        parser_->body_limit(body_limit_);
        parser_->header_limit(64 * 1024);
    }
    bool informational() const
    {
        auto status = parser_->get().result_int();
        return status / 100 == 1 && status != static_cast<unsigned>(beast::http::status::switching_protocols);
    }

    std::size_t body_limit_;
    std::optional<parser> parser_;
    int passed_ = 0;
};
constexpr std::size_t read_at_once = 16 * 1024;
using connection_ptr = std::unique_ptr<connection>;

failure not_sent(std::string text) { return {failure::what_happened::not_sent, std::move(text)}; }

std::string host_field(const server_address& at)
{
    bool bracketed = at.host.find(':') != at.host.npos;
    bool usual = at.port == (at.tls ? "443" : "80");
    return (bracketed ? "[" + at.host + "]" : at.host) + (usual ? "" : ":" + at.port);
}

class pooled_client final : public client {
public:
    pooled_client(asio::any_io_executor on, client_options options)
        : executor_(std::move(on)),
          options_(std::move(options)),
          resolver_(executor_),
          limits_(std::make_shared<time_limits>(executor_)),
          tls_(ssl::context::tls_client),
          host_(host_field(options_.server))
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
        auto text = text_of(asked);
        auto first = co_await attempt(text, false, reused, may_send);
        auto* failed = std::get_if<failure>(&first);
        if (failed && reused && repeatable) co_return co_await attempt(text, true, reused, may_send);
        co_return first;
    }

private:
    /// The request as it goes over the wire. A line break in a value would begin a field of its own, and is left out.
    std::string text_of(const request& asked) const
    {
        std::string text;
        text.reserve(512 + asked.body.size());
        auto add_field = [&](std::string_view name, std::string_view value) {
            text.append(name).append(": ");
            for (std::size_t end; (end = value.find_first_of("\r\n")) != value.npos; value.remove_prefix(end + 1))
                text.append(value.substr(0, end));
            text.append(value).append("\r\n");
        };
        text.append(asked.method).append(" ").append(asked.target).append(" HTTP/1.1\r\n");
        add_field("Host", host_);
        add_field("User-Agent", options_.user_agent);
        for (const auto& [name, value] : asked.fields) add_field(name, value);
        if (!asked.body.empty() || asked.method == "POST")
            add_field("Content-Length", std::to_string(asked.body.size()));
        return text.append("\r\n").append(asked.body);
    }

    asio::awaitable<outcome> attempt(const std::string& text, bool fresh, bool& reused,
                                     const std::function<bool()>& may_send)
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
            co_return co_await exchange(secure, std::move(line), text);
        }
        auto& plain = line->plain;
        co_return co_await exchange(plain, std::move(line), text);
    }

    template <class Stream>
    asio::awaitable<outcome> exchange(Stream& stream, connection_ptr line, const std::string& text)
    {
        time_limits::limit time(limits_, line->plain, options_.request_timeout);
        auto [write_error, written] = co_await asio::async_write(stream, asio::buffer(text), as_result);
        if (write_error) {
            auto why = time.expired() ? "the request time-out is over" : write_error.message();
            if (written == 0) co_return outcome{not_sent("the request could not be sent: " + why)};
            co_return outcome{
                failure{failure::what_happened::unknown, "the connection broke while the request was sent: " + why}};
        }
        final_answer answer(options_.body_limit);
        error_code read_error;
        while (!read_error && !answer.whole()) {
            auto [broken, got] = co_await stream.async_read_some(line->buffer.prepare(read_at_once), as_result);
            line->buffer.commit(got);
            if (got > 0) answer.take(line->buffer, read_error);
            if (broken == asio::error::eof && !read_error && answer.begun())
                answer.end(read_error);
            else if (broken && !read_error && !answer.whole())
                read_error = broken;
        }
        if (read_error) {
            auto why = time.expired() ? "no whole answer within the request time-out"
                                      : "no whole answer: " + read_error.message();
            co_return outcome{failure{failure::what_happened::unknown, why}};
        }
        auto out = answer.give();
        if (out.status == static_cast<int>(beast::http::status::switching_protocols))
            co_return outcome{failure{failure::what_happened::unknown,
                                      "the server wants to speak another protocol (101) that nobody asked for"}};
        // A connection on which anything was seen that a plain answer does not have is not used again: bytes behind the
        // answer belong to nothing that was asked, and must not be taken for the next one.
        if (answer.plain() && line->buffer.size() == 0 && !line->unread()) {
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
        time_limits::limit time(limits_, line.plain, options_.connect_timeout);
        auto why = [&](error_code error) { return time.expired() ? "the time-out is over" : error.message(); };
        auto [connect_error, endpoint] = co_await asio::async_connect(line.plain, found, as_result);
        static_cast<void>(endpoint);
        if (connect_error) co_return not_sent("no connection to " + where + ": " + why(connect_error));
        error_code ignored;
        line.plain.set_option(tcp::no_delay(true), ignored);
        if (!at.tls) co_return std::nullopt;
        line.secure.emplace(line.plain, tls_);
        SSL_set_tlsext_host_name(line.secure->native_handle(), at.host.c_str());
        line.secure->set_verify_callback(ssl::host_name_verification(at.host));
        auto [tls_error] = co_await line.secure->async_handshake(ssl::stream_base::client, as_result);
        if (tls_error) co_return not_sent("TLS with " + where + " failed: " + why(tls_error));
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
    std::shared_ptr<time_limits> limits_;
    ssl::context tls_;
    std::string host_; // of the Host field
    std::vector<connection_ptr> idle_;
};

}

std::unique_ptr<client> make_client(asio::any_io_executor on, client_options options)
{
    return std::make_unique<pooled_client>(std::move(on), std::move(options));
}

}
