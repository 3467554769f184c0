#pragma once
#include "orderd/store/wakeup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <functional>
#include <memory>

namespace orderd::store {

/// Runs `workers` coroutines and waits for all of them; the first exception is thrown when all have ended.
inline asio::awaitable<void> run_together(asio::any_io_executor on, int workers,
                                          std::function<asio::awaitable<void>()> make)
{
    if (workers <= 0) co_return;
    struct shared {
        wakeup ended;
        int running;
        std::exception_ptr failed;
    };
    auto all = std::make_shared<shared>(shared{wakeup(on), workers, nullptr});
    for (int i = 0; i < workers; ++i)
        asio::co_spawn(on, make(), [all](std::exception_ptr error) {
            if (error && !all->failed) all->failed = error;
            if (--all->running == 0) all->ended.notify();
        });
    while (all->running > 0) co_await all->ended.wait();
    if (all->failed) std::rethrow_exception(all->failed);
}

}
