#include "orderd/async/turns.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <string>

using namespace orderd::async;

TEST_CASE("turns are taken one at a time, in the order in which they were asked for")
{
    asio::io_context loop;
    std::string told;
    turns line([&] { told += "."; });
    turns::turn held;
    auto take_and_keep = [&]() -> asio::awaitable<void> {
        held = co_await line.take();
        told += "1";
    };
    auto take = [&](char name) -> asio::awaitable<void> {
        auto mine = co_await line.take();
        told += name;
    };
    asio::co_spawn(loop, take_and_keep, asio::detached);
    asio::co_spawn(loop, take('2'), asio::detached);
    asio::co_spawn(loop, take('3'), asio::detached);
    loop.poll();
    CHECK(told == "1");
    CHECK(held != nullptr); // so that who has it does not ask again
    held.reset();
    loop.restart();
    loop.poll();
    CHECK(told == "1.2.3.");
    asio::co_spawn(loop, take('4'), asio::detached); // nobody is left before it
    loop.restart();
    loop.poll();
    CHECK(told == "1.2.3.4.");
}
