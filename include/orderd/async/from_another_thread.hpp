#pragma once
#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace orderd::async {

namespace asio = boost::asio;

/// What may be handed to a coroutine in a co_await expression: g++ 12 destroys a lambda's captures twice when it is a
/// temporary there, so one that captures more than numbers gets a name first.
template <class F>
concept safe_in_co_await = std::is_lvalue_reference_v<F> || std::is_trivially_destructible_v<std::remove_cvref_t<F>>;

/// Waits for a value that another thread makes. `start` is called with the way back, a copyable function of an
/// exception and a value: whoever has it calls it once, from any thread, and the coroutine goes on where it ran. When
/// the last copy goes without having been called, so does the coroutine.
template <class Value, class Start>
asio::awaitable<Value> from_another_thread(Start start)
{
    auto initiate = [](auto handler, Start begin) {
        auto executor = asio::get_associated_executor(handler);
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        begin(
            [kept, executor, guard = asio::make_work_guard(executor)](std::exception_ptr failed, Value value) mutable {
                // The loop alone keeps the exception: it is freed where it was read.
                asio::post(executor,
                           [kept = std::move(kept), failed = std::move(failed), value = std::move(value)]() mutable {
                               std::move (*kept)(std::move(failed), std::move(value));
                           });
            });
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Value)>(
        initiate, asio::use_awaitable, std::move(start));
}

/// The way back to a coroutine that waits no longer than it said.
template <class Value, class Handler>
class timely_way_back {
public:
    timely_way_back(Handler handler, std::chrono::milliseconds limit, std::exception_ptr too_late)
        : waiting_(std::make_shared<waiting>(std::move(handler)))
    {
        waiting_->timer.expires_after(limit);
        waiting_->timer.async_wait([kept = waiting_, too_late = std::move(too_late)](auto) {
            if (!kept->over.exchange(true)) std::move(kept->handler)(too_late, Value{});
        });
    }
    /// Whether anybody still waits.
    bool wanted() const { return !waiting_->over; }
    void operator()(std::exception_ptr failed, Value value)
    {
        asio::post(waiting_->executor,
                   [kept = waiting_, failed = std::move(failed), value = std::move(value)]() mutable {
                       if (kept->over.exchange(true)) return;
                       kept->timer.cancel();
                       std::move(kept->handler)(std::move(failed), std::move(value));
                   });
    }

private:
    using executor_type = asio::associated_executor_t<Handler>;
    struct waiting {
        explicit waiting(Handler h)
            : handler(std::move(h)), executor(asio::get_associated_executor(handler)), timer(executor)
        {
        }
        Handler handler;
        executor_type executor;
        asio::steady_timer timer;
        std::atomic<bool> over{false};
    };
    std::shared_ptr<waiting> waiting_;
};

/// The same, but after `limit` the coroutine goes on with `too_late`, whatever becomes of the value.
template <class Value, class Start>
asio::awaitable<Value> from_another_thread_within(std::chrono::milliseconds limit, std::exception_ptr too_late,
                                                  Start start)
{
    auto initiate = [](auto handler, std::chrono::milliseconds at_most, std::exception_ptr late, Start begin) {
        begin(timely_way_back<Value, decltype(handler)>(std::move(handler), at_most, std::move(late)));
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Value)>(
        initiate, asio::use_awaitable, limit, std::move(too_late), std::move(start));
}

/// What `work` gives, or the exception that it throws, by the way back of `from_another_thread`.
template <class Value, class Work, class WayBack>
void give_back(Work&& work, WayBack& way_back)
{
    Value value{};
    std::exception_ptr failed;
    try {
        value = work();
    } catch (...) {
        failed = std::current_exception();
    }
    way_back(std::move(failed), std::move(value));
}

}
