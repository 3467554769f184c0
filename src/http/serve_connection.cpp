#include "serve_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>

namespace orderd::http {
namespace {

namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using waiting_for = open_connections::waiting_for;
using parser = beast::http::request_parser<beast::http::string_body>;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t piece_size = 64u << 10;

/// A time limit, or none where the span is 0.
class deadline {
public:
    deadline(server_state& of, tcp::socket& socket, server_limits::span span)
    {
        if (span.count() > 0) limit_.emplace(of.times, socket, span);
    }

private:
    std::optional<time_limits::limit> limit_;
};

/// What became of reading a request: it is there, the connection is over, or it is refused with this status.
constexpr int read_whole = 0, connection_over = -1;

int status_for(const error_code& failed)
{
    using beast::http::error;
    if (failed == error::end_of_stream || failed == error::partial_message) return connection_over;
    if (failed == error::header_limit || failed == error::buffer_overflow) return 431;
    if (failed == error::body_limit) return 413;
    bool of_http = failed.category() == make_error_code(error::bad_method).category();
    return of_http ? 400 : connection_over;
}

std::string reason_of(int status)
{
    return std::string(beast::http::obsolete_reason(beast::http::int_to_status(static_cast<unsigned>(status))));
}

/// Heads of answers 1xx, one behind the other.
std::string informational_heads(const std::vector<int>& statuses)
{
    std::string out;
    for (int status : statuses) {
        auto reason = status == 100   ? "Continue"
                      : status == 102 ? "Processing"
                      : status == 103 ? "Early Hints"
                                      : "Informational";
        out += "HTTP/1.1 " + std::to_string(status) + " " + reason + "\r\n";
        if (status == 103) out += "Link: </style.css>; rel=preload; as=style\r\n";
        out += "\r\n";
    }
    return out;
}

/// The head of an answer. Written by hand where the body is not what it promises: a serializer would refuse to lie.
std::string head_of(const answer& made, std::uint64_t body_size, bool keep_alive)
{
    beast::http::response<beast::http::empty_body> head;
    for (const auto& [name, value] : made.fields) head.set(name, value);
    head.keep_alive(keep_alive);
    head.content_length(body_size);
    auto text = "HTTP/1.1 " + std::to_string(made.status) + " " + reason_of(made.status) + "\r\n";
    for (const auto& field : head)
        text += std::string(field.name_string()) + ": " + std::string(field.value()) + "\r\n";
    return text + "\r\n";
}

template <class Stream>
class conversation {
public:
    conversation(shared_server all, Stream& stream, tcp::socket& socket, open_connections::entry& entry)
        : all_(std::move(all)),
          limits_(all_->options.limits),
          stream_(stream),
          socket_(socket),
          entry_(entry),
          buffer_(limits_.head_size + piece_size)
    {
    }

    asio::awaitable<void> run()
    {
        bool goes_on = true;
        while (goes_on && !all_->stopping) {
            parser asked;
            asked.header_limit(static_cast<std::uint32_t>(limits_.head_size));
            asked.body_limit(limits_.body_size);
            auto status = co_await read(asked);
            if (status == connection_over) co_return;
            if (status != read_whole) {
                co_await refuse(status);
                co_return;
            }
            entry_.waits_for(waiting_for::answer);
            auto made = co_await answer_to(asked);
            goes_on = co_await send(made, asked);
        }
    }

private:
    asio::awaitable<int> read(parser& asked)
    {
        entry_.waits_for(waiting_for::request);
        if (!std::exchange(first_, false) && buffer_.size() == 0) {
            deadline until(*all_, socket_, limits_.idle);
            auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(4096), as_result);
            if (error) co_return connection_over;
            buffer_.commit(size);
        }
        {
            deadline until(*all_, socket_, limits_.head);
            auto [error, size] = co_await beast::http::async_read_header(stream_, buffer_, asked, as_result);
            static_cast<void>(size);
            if (error) co_return status_for(error);
        }
        if (asked.is_done()) co_return read_whole;
        co_return co_await read_body(asked);
    }

    asio::awaitable<int> read_body(parser& asked)
    {
        auto expected = asked.get()[beast::http::field::expect];
        if (!expected.empty() && asked.get().version() >= 11) {
            if (!beast::iequals(expected, "100-continue")) co_return 417;
            if (buffer_.size() == 0 && !co_await send("HTTP/1.1 100 Continue\r\n\r\n")) co_return connection_over;
        }
        entry_.waits_for(waiting_for::transfer);
        deadline until(*all_, socket_, limits_.body);
        auto [error, size] = co_await beast::http::async_read(stream_, buffer_, asked, as_result);
        static_cast<void>(size);
        co_return error ? status_for(error) : read_whole;
    }

    asio::awaitable<answer> answer_to(parser& of)
    {
        auto& parsed = of.get();
        request asked;
        asked.method = std::string(parsed.method_string());
        asked.target = std::string(parsed.target());
        asked.version = static_cast<int>(parsed.version());
        asked.client = entry_.client();
        for (const auto& field : parsed) asked.fields.emplace_back(field.name_string(), field.value());
        asked.body = std::move(parsed.body());
        answer made;
        try {
            auto answering = all_->handle(std::move(asked));
            made = co_await std::move(answering);
        } catch (const std::exception& e) {
            if (auto* log = all_->options.log) {
                auto path = std::string(parsed.target().substr(0, parsed.target().find('?')));
                log->error(all_->options.name + " could not answer a request: internal error",
                           {{"method", std::string(parsed.method_string())}, {"path", path}, {"why", e.what()}});
            }
            made = {};
            made.status = 500;
            made.body = "internal error\n";
        }
        co_return made;
    }

    /// Whether the connection goes on.
    asio::awaitable<bool> send(answer& made, const parser& asked)
    {
        if (made.how == ending::reset) {
            error_code ignored;
            socket_.set_option(asio::socket_base::linger(true, 0), ignored);
            socket_.close(ignored);
            co_return false;
        }
        std::string text;
        if (asked.get().version() >= 11) text = informational_heads(made.informational); // HTTP/1.0 does not know them
        bool keep_alive = asked.keep_alive() && made.how == ending::normal;
        if (made.pieces) made.body.clear();
        auto size = made.pieces ? made.pieces->size() : made.body.size();
        text += head_of(made, size, keep_alive);
        bool with_body = asked.get().method() != beast::http::verb::head;
        if (made.how == ending::cut_short) made.body.resize(size / 2);
        if (with_body && text.size() + made.body.size() <= piece_size) text += std::exchange(made.body, {});
        bool sent = co_await send(text);
        if (sent && with_body && made.pieces) sent = co_await send_pieces(*made.pieces);
        if (sent && with_body) sent = co_await send(made.body);
        co_return sent&& keep_alive;
    }

    asio::awaitable<bool> send_pieces(body_source& from)
    {
        for (auto left = from.size(); left > 0;) {
            entry_.waits_for(waiting_for::answer);
            auto piece = co_await from.next();
            if (piece.empty() || piece.size() > left || !co_await send(piece)) co_return false;
            left -= piece.size();
        }
        co_return true;
    }

    /// A client that takes less than 64 KiB within the limit is not waited for. Whether all of it went.
    asio::awaitable<bool> send(std::string_view text)
    {
        while (!text.empty()) {
            auto piece = text.substr(0, piece_size);
            entry_.waits_for(waiting_for::transfer);
            deadline until(*all_, socket_, limits_.taking);
            auto [error, size] = co_await asio::async_write(stream_, asio::buffer(piece), as_result);
            if (error) co_return false;
            text.remove_prefix(size);
        }
        co_return true;
    }

    /// Says why, and closes. Reads on for a moment: closing with unread bytes would reset the connection, and the
    /// client would not see the answer.
    asio::awaitable<void> refuse(int status)
    {
        auto text = refusal(status);
        if (!co_await send(text)) co_return;
        error_code error;
        socket_.shutdown(tcp::socket::shutdown_send, error);
        entry_.waits_for(waiting_for::request);
        deadline until(*all_, socket_, std::chrono::seconds(2));
        char discarded[4096];
        std::size_t left = 1u << 20;
        while (!error && left >= sizeof discarded) {
            auto [read_error, size] = co_await socket_.async_read_some(asio::buffer(discarded), as_result);
            error = read_error;
            left -= size;
        }
    }

    shared_server all_;
    const server_limits& limits_;
    Stream& stream_;
    tcp::socket& socket_;
    open_connections::entry& entry_;
    beast::flat_buffer buffer_;
    bool first_ = true;
};

}

std::string refusal(int status)
{
    answer a;
    a.status = status;
    a.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
    a.body = reason_of(status) + "\n";
    return head_of(a, a.body.size(), false) + a.body;
}

asio::awaitable<void> serve_connection(shared_server all, tcp::socket socket, std::string client, bool loopback)
{
    open_connections::entry entry(all->connections, socket, std::move(client), loopback);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (!all->encrypts()) {
        conversation<tcp::socket> plain(all, socket, socket, entry);
        co_await plain.run();
        co_return;
    }
    ssl::stream<tcp::socket&> secure(socket, all->tls);
    {
        deadline until(*all, socket, all->options.limits.handshake);
        auto [error] = co_await secure.async_handshake(ssl::stream_base::server, as_result);
        if (error) co_return;
    }
    conversation<ssl::stream<tcp::socket&>> encrypted(all, secure, socket, entry);
    co_await encrypted.run();
}

}
