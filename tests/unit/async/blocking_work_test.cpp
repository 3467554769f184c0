#include "orderd/async/blocking_work.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

using orderd::async::blocking_work;
namespace asio = boost::asio;

TEST_CASE("work that blocks runs on a thread of its own, and its value comes back to the loop")
{
    asio::io_context loop;
    blocking_work work(1);
    std::thread::id worked_on, went_on_on;
    std::string came;
    auto test = [&]() -> asio::awaitable<void> {
        auto read = [&worked_on, text = std::string("a text that is too long to be kept in place")] {
            worked_on = std::this_thread::get_id();
            return text;
        };
        came = co_await work.run(read);
        went_on_on = std::this_thread::get_id();
    };
    asio::co_spawn(loop, test, asio::detached);
    loop.run();
    CHECK(came == "a text that is too long to be kept in place");
    CHECK(went_on_on == std::this_thread::get_id());
    CHECK(worked_on != went_on_on);
}

TEST_CASE("the loop goes on while work blocks")
{
    asio::io_context loop;
    blocking_work work(1);
    std::promise<int> slow;
    auto arrives = slow.get_future().share();
    int came = 0;
    auto waits = [&]() -> asio::awaitable<void> {
        auto read = [arrives] { return arrives.get(); };
        came = co_await work.run(read);
    };
    asio::co_spawn(loop, waits, asio::detached);
    asio::post(loop, [&] { slow.set_value(17); }); // nobody else would
    loop.run();
    CHECK(came == 17);
}

TEST_CASE("what work throws is thrown to who waits for it")
{
    asio::io_context loop;
    blocking_work work(2);
    std::string caught;
    auto test = [&]() -> asio::awaitable<void> {
        auto fail = []() -> int { throw std::runtime_error("a bad disk"); };
        try {
            co_await work.run(fail);
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
    };
    asio::co_spawn(loop, test, asio::detached);
    loop.run();
    CHECK(caught == "a bad disk");
}

TEST_CASE("work that waits in line when its threads end is dropped, and with it who waits")
{
    asio::io_context loop;
    auto token = std::make_shared<int>();
    std::promise<void> begun, end;
    auto ended = end.get_future().share();
    bool went_on = false;
    std::optional<blocking_work> work(std::in_place, 1);
    auto waits = [&](std::function<int()> what) -> asio::awaitable<void> {
        auto held = token;
        co_await work->run(what);
        went_on = true;
    };
    std::function<int()> first = [&] {
        begun.set_value();
        ended.wait();
        return 1;
    };
    std::function<int()> second = [] { return 2; };
    asio::co_spawn(loop, waits(first), asio::detached);
    asio::co_spawn(loop, waits(second), asio::detached);
    loop.poll();
    begun.get_future().wait();
    CHECK(token.use_count() == 3);
    end.set_value();
    work.reset();
    CHECK_FALSE(went_on);
    loop.poll();
    CHECK(token.use_count() == 1);
}
