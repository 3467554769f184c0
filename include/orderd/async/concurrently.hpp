#pragma once
#include "orderd/async/wakeup.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace orderd::async {

/// Runs `workers` coroutines and waits for all of them; the first exception is thrown when all have ended.
inline asio::awaitable<void> run_together(asio::any_io_executor on, int workers,
                                          std::function<asio::awaitable<void>()> make)
{
    if (workers <= 0) co_return;
    auto initiate = [on, workers](auto handler, std::function<asio::awaitable<void>()> start) {
        // The children own the way back to the caller, so that all of it goes when they go.
        struct shared {
            decltype(handler) resume;
            int running;
            std::exception_ptr failed;
        };
        auto executor = asio::get_associated_executor(handler);
        auto all = std::make_shared<shared>(shared{std::move(handler), workers, nullptr});
        for (int i = 0; i < workers; ++i)
            asio::co_spawn(on, start(), [all, executor](std::exception_ptr error) {
                if (error && !all->failed) all->failed = error;
                if (--all->running > 0) return;
                asio::post(executor, [resume = std::move(all->resume), failed = all->failed]() mutable {
                    std::move(resume)(failed);
                });
            });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        initiate, asio::use_awaitable, std::move(make));
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
