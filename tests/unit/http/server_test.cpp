#include "orderd/http/server.hpp"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

using namespace orderd;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Everything that a server which answers "done" after `informational` sends to one request and then closes.
std::string conversation(std::vector<int> informational, const std::string& head)
{
    asio::io_context loop;
    auto server = http::serve(loop.get_executor(), {}, [&](http::request) -> asio::awaitable<http::answer> {
        http::answer out;
        out.body = "done";
        out.informational = informational;
        co_return out;
    });
    std::string came;
    auto ask = [&]() -> asio::awaitable<void> {
        tcp::socket socket(loop);
        co_await socket.async_connect({asio::ip::address_v4::loopback(), server->port()}, asio::use_awaitable);
        co_await asio::async_write(socket, asio::buffer(head), asio::use_awaitable);
        co_await asio::async_read(socket, asio::dynamic_buffer(came), asio::as_tuple(asio::use_awaitable));
        server->stop();
    };
    asio::co_spawn(loop, ask, asio::detached);
    loop.run();
    return came;
}

}

TEST_CASE("informational answers go out before the final one, each with a head of its own")
{
    auto came = conversation({100, 103, 103, 150}, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string hint = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n";
    auto before = "HTTP/1.1 100 Continue\r\n\r\n" + hint + hint + "HTTP/1.1 150 Informational\r\n\r\n";
    CHECK(came.substr(0, before.size()) == before);
    CHECK(came.substr(before.size()).rfind("HTTP/1.1 200 OK\r\n", 0) == 0);
    CHECK(came.substr(came.size() - 4) == "done");
}

TEST_CASE("a client of HTTP/1.0 gets the final answer alone")
{
    auto came = conversation({100, 103}, "GET / HTTP/1.0\r\n\r\n");
    CHECK(came.rfind("HTTP/1.1 200 OK\r\n", 0) == 0);
    CHECK(came.find("103") == came.npos);
}
