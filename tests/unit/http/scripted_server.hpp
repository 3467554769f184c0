#pragma once
#include "orderd/http/client.hpp"

#include <boost/asio.hpp>
#include <optional>

// A server that says what it was told to, and what comes of it at the client.
namespace orderd::tests {

namespace asio = boost::asio;
using asio::ip::tcp;

/// A server of one connection after another. Each request is answered with the next text, piece by piece; an answer of
/// "close" closes the connection instead, one of "" never comes.
class scripted_server {
public:
    scripted_server(asio::io_context& loop, std::vector<std::string> answers, std::size_t piece = 1 << 20)
        : loop_(loop),
          acceptor_(loop, {asio::ip::address_v4::loopback(), 0}),
          answers_(std::move(answers)),
          piece_(piece),
          port_(std::to_string(acceptor_.local_endpoint().port()))
    {
        asio::co_spawn(loop_, accept(), asio::detached);
    }
    const std::string& port() const { return port_; }
    void stop()
    {
        acceptor_.close();
        for (auto& line : lines_) line->close();
    }
    std::vector<std::string> requests;
    int connections = 0;

private:
    asio::awaitable<void> accept()
    {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (error) co_return;
            ++connections;
            lines_.push_back(std::make_shared<tcp::socket>(std::move(socket)));
            asio::co_spawn(loop_, serve(lines_.back()), asio::detached);
        }
    }
    asio::awaitable<void> serve(std::shared_ptr<tcp::socket> line)
    {
        std::string came;
        for (;;) {
            char some[4096];
            auto [error, n] = co_await line->async_read_some(asio::buffer(some), asio::as_tuple(asio::use_awaitable));
            if (error) co_return;
            came.append(some, n);
            auto head = came.find("\r\n\r\n");
            if (head == came.npos) continue;
            auto length = came.find("Content-Length: ");
            auto whole = head + 4 + (length < head ? std::stoul(came.substr(length + 16)) : 0);
            if (came.size() < whole) continue;
            requests.push_back(came.substr(0, whole));
            came.erase(0, whole);
            auto answer = answers_.at(next_++);
            bool close = answer.ends_with("close");
            if (close) answer.resize(answer.size() - 5);
            for (std::size_t at = 0; at < answer.size(); at += piece_) {
                auto part = answer.substr(at, piece_);
                co_await asio::async_write(*line, asio::buffer(part), asio::as_tuple(asio::use_awaitable));
            }
            if (close) {
                line->close();
                co_return;
            }
        }
    }
    asio::io_context& loop_;
    tcp::acceptor acceptor_;
    std::vector<std::shared_ptr<tcp::socket>> lines_;
    std::vector<std::string> answers_;
    std::size_t piece_, next_ = 0;
    std::string port_;
};

/// What comes of `ask` when it is sent once for each answer, one after the other.
inline std::vector<http::outcome> outcomes(scripted_server& server, asio::io_context& loop, const http::request& ask,
                                           std::size_t times, http::client_options options = {})
{
    options.server.host = "127.0.0.1";
    options.server.port = server.port();
    auto client = http::make_client(loop.get_executor(), options);
    std::vector<http::outcome> out;
    auto work = [&]() -> asio::awaitable<void> {
        for (std::size_t i = 0; i < times; ++i) {
            out.push_back(co_await client->send(ask));
            // What the server does behind its answer, a closing above all, arrives.
            asio::steady_timer later(loop, std::chrono::milliseconds(20));
            co_await later.async_wait(asio::use_awaitable);
        }
        server.stop();
    };
    asio::co_spawn(loop, work, asio::detached);
    loop.run();
    return out;
}

inline std::string text(const http::outcome& o)
{
    if (auto* answer = std::get_if<http::response>(&o)) return std::to_string(answer->status) + " " + answer->body;
    return std::get<http::failure>(o).text;
}

inline const std::string ok = "HTTP/1.1 201 Created\r\nContent-Length: 3\r\nX-Kind: a b\r\n\r\n";

inline http::request post()
{
    http::request ask;
    ask.method = "POST";
    ask.target = "/v2/orders";
    ask.fields = {{"Authorization", "Bearer abc"}};
    ask.body = "{\"a\":1}";
    return ask;
}

}
