#include "orderd/async/loop_time.hpp"
#include "orderd/async/supervise.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>

using namespace orderd;
namespace asio = boost::asio;

namespace {

struct lines final : logger {
    void write(log_level, std::string_view, std::initializer_list<log_field>) override { ++count; }
    int count = 0;
};

}

TEST_CASE("work that fails is begun anew until it ends by itself")
{
    asio::io_context loop;
    auto time = async::make_loop_time(loop.get_executor());
    async::wakeup bell(*time);
    lines log;
    int begun = 0;
    std::function<asio::awaitable<void>()> work = [&]() -> asio::awaitable<void> {
        bell.notify(); // the pause after it is over at once
        if (++begun < 4) throw std::runtime_error("a defect");
        co_return;
    };
    asio::co_spawn(loop,
                   async::keep_running(
                       bell, log, "work", [] { return false; }, work),
                   asio::detached);
    loop.run();
    CHECK(begun == 4);
    CHECK(log.count == 3);
}

TEST_CASE("work that fails while everything stops is not begun anew")
{
    asio::io_context loop;
    auto time = async::make_loop_time(loop.get_executor());
    async::wakeup bell(*time);
    lines log;
    bool over = false;
    int begun = 0;
    std::function<asio::awaitable<void>()> work = [&]() -> asio::awaitable<void> {
        ++begun;
        over = true;
        bell.notify();
        throw std::runtime_error("a defect");
        co_return;
    };
    asio::co_spawn(loop,
                   async::keep_running(
                       bell, log, "work", [&] { return over; }, work),
                   asio::detached);
    loop.run();
    CHECK(begun == 1);
}
