#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
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
