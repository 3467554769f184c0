#include "unit/http/scripted_server.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::tests;
using Catch::Matchers::Contains;

TEST_CASE("a request goes over the wire as it was asked for, and its answer comes back")
{
    asio::io_context loop;
    scripted_server server(loop, {ok + "abc", ok + "def"});
    auto got = outcomes(server, loop, post(), 2);
    CHECK(server.requests.at(0) ==
          "POST /v2/orders HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() +
              "\r\nUser-Agent: ipoe-orderd\r\nAuthorization: Bearer abc\r\nContent-Length: 7\r\n\r\n"
              "{\"a\":1}");
    CHECK(text(got.at(0)) == "201 abc");
    CHECK(text(got.at(1)) == "201 def");
    CHECK(std::string(http::find_header(std::get<http::response>(got[0]).fields, "x-kind")) == "a b");
    CHECK(server.connections == 1);
}

TEST_CASE("a line break in a header's value does not make another header")
{
    asio::io_context loop;
    scripted_server server(loop, {ok + "abc"});
    auto ask = post();
    ask.fields = {{"Authorization", "Bearer abc\r\nX-Evil: 1"}};
    outcomes(server, loop, ask, 1);
    CHECK_THAT(server.requests.at(0), Contains("Authorization: Bearer abcX-Evil: 1\r\n"));
}

TEST_CASE("an answer may come byte by byte")
{
    asio::io_context loop;
    scripted_server server(
        loop, {ok + "abc", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n"}, 1);
    auto got = outcomes(server, loop, post(), 2);
    CHECK(text(got.at(0)) == "201 abc");
    CHECK(text(got.at(1)) == "200 xyz");
    CHECK(server.connections == 1);
}

TEST_CASE("an answer without a length ends with its connection")
{
    asio::io_context loop;
    scripted_server server(loop, {"HTTP/1.1 200 OK\r\n\r\nall of itclose"});
    CHECK(text(outcomes(server, loop, post(), 1).at(0)) == "200 all of it");
}

TEST_CASE("bytes behind an answer are not taken for the next answer")
{
    asio::io_context loop;
    scripted_server server(loop, {ok + "abc" + ok + "bad", ok + "def"});
    auto got = outcomes(server, loop, post(), 2);
    CHECK(text(got.at(0)) == "201 abc");
    CHECK(text(got.at(1)) == "201 def");
    CHECK(server.connections == 2);
}

TEST_CASE("a connection that the server closed while it lay idle is not used again")
{
    asio::io_context loop;
    scripted_server server(loop, {ok + "abcclose", ok + "def"});
    auto got = outcomes(server, loop, post(), 2);
    CHECK(text(got.at(1)) == "201 def");
    CHECK(server.connections == 2);
}

TEST_CASE("an answer that is cut short, no HTTP, or never comes leaves open what the server did")
{
    asio::io_context loop;
    http::client_options options;
    options.request_timeout = std::chrono::milliseconds(100);
    auto failed = [&](const std::string& answer) {
        scripted_server server(loop, {answer});
        auto got = outcomes(server, loop, post(), 1, options);
        loop.restart();
        REQUIRE(std::holds_alternative<http::failure>(got.at(0)));
        CHECK(std::get<http::failure>(got[0]).kind == http::failure::what_happened::unknown);
        return text(got[0]);
    };
    CHECK_THAT(failed(ok + "abclose"), Contains("no whole answer"));
    CHECK_THAT(failed("close"), Contains("no whole answer"));
    CHECK_THAT(failed("HTTP/1.1 2close"), Contains("no whole answer"));
    CHECK_THAT(failed("no HTTP at all\r\n\r\n"), Contains("no whole answer"));
    CHECK(failed(ok + "ab") == "no whole answer within the request time-out");
    CHECK(failed("") == "no whole answer within the request time-out");
}

TEST_CASE("the time of one request does not end with another's")
{
    asio::io_context loop;
    http::client_options options;
    options.request_timeout = std::chrono::milliseconds(150);
    scripted_server server(loop, {"", "", ok + "abc"});
    options.server.host = "127.0.0.1";
    options.server.port = server.port();
    auto client = http::make_client(loop.get_executor(), options);
    std::vector<std::string> told;
    auto one = [&](int after_ms) -> asio::awaitable<void> {
        asio::steady_timer later(loop, std::chrono::milliseconds(after_ms));
        co_await later.async_wait(asio::use_awaitable);
        auto got = co_await client->send(post());
        told.push_back(text(got));
        if (told.size() == 3) server.stop();
    };
    for (int after : {0, 50, 250}) asio::co_spawn(loop, one(after), asio::detached);
    loop.run();
    CHECK(told == std::vector<std::string>{"no whole answer within the request time-out",
                                           "no whole answer within the request time-out", "201 abc"});
}

TEST_CASE("a request under way may outlive its client")
{
    asio::io_context loop;
    scripted_server server(loop, {""});
    http::client_options options;
    options.server.host = "127.0.0.1";
    options.server.port = server.port();
    auto client = http::make_client(loop.get_executor(), options);
    auto work = [&]() -> asio::awaitable<void> {
        auto ask = post();
        co_await client->send(std::move(ask));
    };
    asio::co_spawn(loop, work, asio::detached);
    while (server.requests.empty()) loop.run_one();
    client.reset();
    CHECK(server.connections == 1);
}

TEST_CASE("nothing was sent where no connection could be made")
{
    asio::io_context loop;
    http::client_options options;
    options.server.host = "127.0.0.1";
    {
        tcp::acceptor nobody(loop, {asio::ip::address_v4::loopback(), 0});
        options.server.port = std::to_string(nobody.local_endpoint().port());
    }
    auto client = http::make_client(loop.get_executor(), options);
    std::optional<http::outcome> got;
    auto work = [&]() -> asio::awaitable<void> { got = co_await client->send(post()); };
    asio::co_spawn(loop, work, asio::detached);
    loop.run();
    REQUIRE(got);
    REQUIRE(std::holds_alternative<http::failure>(*got));
    CHECK(std::get<http::failure>(*got).kind == http::failure::what_happened::not_sent);
}

namespace {

const std::string carry_on = "HTTP/1.1 100 Continue\r\n\r\n", processing = "HTTP/1.1 102 Processing\r\n\r\n",
                  hints = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nX-Kind: early\r\n\r\n";

std::string repeated(const std::string& what, int times)
{
    std::string out;
    for (int i = 0; i < times; ++i) out += what;
    return out;
}

}

TEST_CASE("informational answers before the answer are read past, for every method, in one piece or byte by byte")
{
    for (std::string method : {"POST", "GET"})
        for (std::size_t piece : {std::size_t(1) << 20, std::size_t(1)})
            for (const auto& before : {carry_on, processing, hints, carry_on + carry_on, carry_on + processing + hints,
                                       repeated(processing, 32), std::string("HTTP/1.1 199 What\r\n\r\n")}) {
                asio::io_context loop;
                scripted_server server(loop, {before + ok + "abc", ok + "def"}, piece);
                auto ask = post();
                ask.method = method;
                if (method == "GET") ask.body.clear();
                auto got = outcomes(server, loop, ask, 2);
                INFO(method << " " << piece << " " << before);
                CHECK(text(got.at(0)) == "201 abc");
                CHECK(text(got.at(1)) == "201 def"); // answers stay in step
                CHECK(server.requests.size() == 2);
            }
}

TEST_CASE("the headers of an informational answer are not the answer's")
{
    asio::io_context loop;
    scripted_server server(loop, {hints + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"});
    auto got = outcomes(server, loop, post(), 1);
    REQUIRE(text(got.at(0)) == "200 ok");
    const auto& fields = std::get<http::response>(got[0]).fields;
    CHECK(http::find_header(fields, "Link").empty());
    CHECK(http::find_header(fields, "X-Kind").empty());
}

TEST_CASE("a connection on which an informational answer came is not used again")
{
    asio::io_context loop;
    scripted_server server(loop, {carry_on + ok + "abc", ok + "def", ok + "ghi"});
    auto got = outcomes(server, loop, post(), 3);
    CHECK(text(got.at(0)) == "201 abc");
    CHECK(text(got.at(1)) == "201 def");
    CHECK(text(got.at(2)) == "201 ghi");
    CHECK(server.connections == 2);
}

TEST_CASE("an informational answer behind an answer is not taken for the beginning of the next")
{
    asio::io_context loop;
    scripted_server server(loop, {ok + "abc" + carry_on, ok + "def"});
    auto got = outcomes(server, loop, post(), 2);
    CHECK(text(got.at(0)) == "201 abc");
    CHECK(text(got.at(1)) == "201 def");
    CHECK(server.connections == 2);
}

TEST_CASE("an answer of every form is read behind an informational one")
{
    asio::io_context loop;
    scripted_server server(
        loop, {carry_on + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n",
               hints + "HTTP/1.1 200 OK\r\n\r\nall of itclose", processing + "HTTP/1.1 204 No Content\r\n\r\n",
               processing + "HTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\nx"});
    auto got = outcomes(server, loop, post(), 4);
    CHECK(text(got.at(0)) == "200 xyz");
    CHECK(text(got.at(1)) == "200 all of it");
    CHECK(text(got.at(2)) == "204 ");
    CHECK(text(got.at(3)) == "500 x");
}

TEST_CASE("informational answers without an end, or without an answer behind them, leave open what the server did")
{
    http::client_options options;
    options.request_timeout = std::chrono::milliseconds(100);
    auto failed = [&](const std::string& answer) {
        asio::io_context loop;
        scripted_server server(loop, {answer, ok + "def"});
        auto got = outcomes(server, loop, post(), 2, options);
        INFO(answer.size());
        CHECK(text(got.at(1)) == "201 def");
        CHECK(server.connections == 2);
        REQUIRE(std::holds_alternative<http::failure>(got.at(0)));
        CHECK(std::get<http::failure>(got[0]).kind == http::failure::what_happened::unknown);
        return text(got[0]);
    };
    CHECK_THAT(failed(repeated(processing, 33) + ok + "abc"), Contains("no whole answer"));
    CHECK_THAT(failed(repeated(hints, 1000) + ok + "abc"), Contains("no whole answer"));
    CHECK_THAT(failed(carry_on + "close"), Contains("no whole answer"));
    CHECK_THAT(failed(carry_on + "HTTP/1.1 2close"), Contains("no whole answer"));
    CHECK_THAT(failed("HTTP/1.1 100 Conticlose"), Contains("no whole answer"));
    CHECK(failed(carry_on) == "no whole answer within the request time-out");
}

TEST_CASE("another protocol that nobody asked for is no answer")
{
    asio::io_context loop;
    scripted_server server(
        loop,
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + ok + "abc", ok + "def"});
    auto got = outcomes(server, loop, post(), 2);
    REQUIRE(std::holds_alternative<http::failure>(got.at(0)));
    CHECK(std::get<http::failure>(got[0]).kind == http::failure::what_happened::unknown);
    CHECK(text(got.at(1)) == "201 def");
    CHECK(server.connections == 2);
}
