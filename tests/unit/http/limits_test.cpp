#include "unit/http/scripted_server.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

constexpr std::size_t mib = 1u << 20;

/// Answers every request with a head and then bytes without end, until the client has had enough.
class endless_server {
public:
    endless_server(asio::io_context& loop, std::string head)
        : acceptor_(loop, {asio::ip::address_v4::loopback(), 0}), head_(std::move(head))
    {
        asio::co_spawn(loop, serve(), asio::detached);
    }
    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
    std::size_t sent = 0;
    bool client_left = false;

private:
    asio::awaitable<void> serve()
    {
        auto [error, line] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        acceptor_.close();
        std::string much(256 * 1024, 'x');
        char asked[4096]; // a request of ours is there at once
        co_await line.async_read_some(asio::buffer(asked), asio::use_awaitable);
        co_await asio::async_write(line, asio::buffer(head_), asio::use_awaitable);
        while (!client_left) {
            auto [broken, n] =
                co_await asio::async_write(line, asio::buffer(much), asio::as_tuple(asio::use_awaitable));
            sent += n;
            client_left = static_cast<bool>(broken);
        }
    }
    tcp::acceptor acceptor_;
    std::string head_;
};

http::outcome outcome_of(endless_server& server, asio::io_context& loop, http::request what)
{
    http::client_options options;
    options.server.host = "127.0.0.1";
    options.server.port = server.port();
    auto client = http::make_client(loop.get_executor(), options);
    std::optional<http::outcome> got;
    auto work = [&]() -> asio::awaitable<void> { got = co_await client->send(what); };
    asio::co_spawn(loop, work, asio::detached);
    loop.run();
    REQUIRE(got);
    return *got;
}

http::response ask(endless_server& server, asio::io_context& loop, http::request what)
{
    auto got = outcome_of(server, loop, std::move(what));
    INFO(text(got).substr(0, 100));
    REQUIRE(std::holds_alternative<http::response>(got));
    return std::get<http::response>(got);
}

}

TEST_CASE("of an error no more than 1 MiB is read: its status counts, its beginning is kept, its connection is closed")
{
    for (std::string length : {"Content-Length: 62914560\r\n", ""})
        for (int status : {300, 400, 404, 500, 503}) {
            INFO(length << status);
            asio::io_context loop;
            endless_server server(loop, "HTTP/1.1 " + std::to_string(status) + " No\r\n" + length + "\r\n{");
            auto got = ask(server, loop, post());
            CHECK(got.status == status);
            CHECK(got.body.size() == mib);
            CHECK(got.body.starts_with("{xxx"));
            CHECK_THAT(got.unusable, Contains("longer than 1 MiB"));
            CHECK(server.client_left);
            CHECK(server.sent < 20 * mib); // what fits on the way
        }
}

TEST_CASE("what follows a body in chunks is bounded, and so is what is said of a chunk")
{
    for (std::string head : {"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ",
                             "HTTP/1.1 201 Yes\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\nX: ",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name="}) {
        INFO(head);
        asio::io_context loop;
        endless_server server(loop, head);
        CHECK(std::holds_alternative<http::failure>(outcome_of(server, loop, post())));
        CHECK(server.client_left);
        CHECK(server.sent < 20 * mib); // what fits on the way
    }
}

TEST_CASE("of a success as much is read as its request allows")
{
    asio::io_context loop;
    endless_server server(loop, "HTTP/1.1 200 OK\r\n\r\n");
    auto what = post();
    what.answer_limit = 3 * mib;
    auto got = ask(server, loop, what);
    CHECK(got.body.size() == 3 * mib);
    CHECK_THAT(got.unusable, Contains("longer than 3 MiB"));

    scripted_server exact(
        loop, {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"});
    loop.restart();
    what.answer_limit = 3;
    auto all = outcomes(exact, loop, what, 3);
    CHECK(std::get<http::response>(all.at(0)).unusable.empty());
    CHECK(std::get<http::response>(all.at(1)).unusable == "the answer is longer than 3 bytes");
    CHECK(std::get<http::response>(all.at(2)).unusable == "the answer is longer than 3 bytes");
    CHECK(std::get<http::response>(all.at(2)).body == "abc");
    CHECK(exact.connections == 2);
}

TEST_CASE("an answer whose end is told in two ways is no answer")
{
    const std::string body = "3\r\nabc\r\n0\r\n\r\n";
    for (std::string fields :
         {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
          "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3, 4\r\n", "Content-Length: -3\r\n",
          "Content-Length: +3\r\n", "Content-Length: 0x3\r\n", "Content-Length: 99999999999999999999999\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked, gzip\r\n",
          "Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n",
          "Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "Content-Length : 3\r\n"}) {
        INFO(fields);
        asio::io_context loop;
        scripted_server server(loop, {"HTTP/1.1 201 Created\r\n" + fields + "\r\n" + body, ok + "abc"});
        auto got = outcomes(server, loop, post(), 2);
        REQUIRE(std::holds_alternative<http::failure>(got.at(0)));
        CHECK(std::get<http::failure>(got[0]).kind == http::failure::what_happened::unknown);
        CHECK(text(got.at(1)) == "201 abc");
        CHECK(server.connections == 2);
    }
}

TEST_CASE("a connection goes on only behind an answer that says nothing against it")
{
    const struct {
        std::string answer, told;
        int connections;
    } rows[] = {
        {ok + "abc", "201 abc", 1},
        {"HTTP/1.1 204 No Content\r\n\r\n", "204 ", 1},
        {"HTTP/1.1 204 No Content\r\n\r\nabc", "204 ", 2}, // it has none, whatever stands there
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", "304 ", 1},
        {"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", "201 abc", 2},
        {"HTTP/1.0 201 Created\r\nContent-Length: 3\r\n\r\nabc", "201 abc", 2},
        {"HTTP/1.0 201 Created\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc", "201 abc", 2},
        {"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n", "201 abc", 1},
        {"HTTP/1.1 201 Created\r\nContent-Length: 3, 3\r\n\r\nabc", "201 abc", 1},
        {"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\nclose", "408 ", 2},
    };
    for (const auto& row : rows) {
        INFO(row.answer);
        asio::io_context loop;
        scripted_server server(loop, {row.answer, ok + "def"});
        auto got = outcomes(server, loop, post(), 2);
        CHECK(text(got.at(0)) == row.told);
        CHECK(text(got.at(1)) == "201 def");
        CHECK(server.connections == row.connections);
    }
}

TEST_CASE("the answer to a HEAD has no body, whatever its length says")
{
    asio::io_context loop;
    scripted_server server(loop, {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", ok + "abc"});
    auto what = post();
    what.method = "HEAD";
    what.body.clear();
    auto got = outcomes(server, loop, what, 1);
    CHECK(text(got.at(0)) == "200 ");
}
