#pragma once
#include "orderd/store/wakeup.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

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

/// Runs `work` on each of `items`, at most `at_once` at a time, until `stopping` says so; waits for all. Both are
/// called from the coroutines of the caller, which outlives them.
template <class T>
asio::awaitable<void> for_each_at_once(asio::any_io_executor on, int at_once, std::vector<T> items,
                                       std::function<bool()> stopping, std::function<asio::awaitable<void>(T)> work)
{
    struct shared {
        std::vector<T> items;
        std::size_t next;
        std::function<bool()> stopping;
        std::function<asio::awaitable<void>(T)> work;
        asio::awaitable<void> take()
        {
            while (next < items.size() && !stopping()) {
                auto item = std::move(items[next++]);
                co_await work(std::move(item));
            }
        }
    };
    int workers = std::min<int>(at_once, static_cast<int>(items.size()));
    shared all{std::move(items), 0, std::move(stopping), std::move(work)};
    std::function<asio::awaitable<void>()> worker = [&all] { return all.take(); };
    co_await run_together(on, workers, worker);
}

}
