#pragma once
#include "orderd/core/timekeeper.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <list>
#include <memory>
#include <utility>

namespace orderd::async {

namespace asio = boost::asio;

/// Lets coroutines of one thread wait for one another: `notify` wakes all who wait, and the next one to wait when
/// nobody does, so that no call is missed between a check and the wait. Outlives those who wait.
class wakeup {
public:
    using time_point = timekeeper::time_point;
    explicit wakeup(timekeeper& time) : time_(time) {}
    wakeup(const wakeup&) = delete;
    wakeup& operator=(const wakeup&) = delete;
    ~wakeup()
    {
        for (auto& w : waiting_)
            if (w.bell) time_.cancel(w.bell);
    }

    /// Until notified or `deadline`, whichever is first.
    asio::awaitable<void> wait(time_point deadline = time_point::max())
    {
        if (pending_) {
            pending_ = false;
            co_return;
        }
        auto initiate = [this, deadline](auto handler) {
            auto executor = asio::get_associated_executor(handler);
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            auto at = waiting_.insert(
                waiting_.end(), {[kept, executor]() mutable {
                                     asio::post(executor, [kept = std::move(kept)]() mutable { std::move (*kept)(); });
                                 },
                                 0});
            if (deadline == time_point::max()) return;
            at->bell = time_.call_at(deadline, [this, at] {
                auto resume = std::move(at->resume);
                waiting_.erase(at);
                resume();
            });
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
        pending_ = false;
    }
    asio::awaitable<void> wait_for(timekeeper::duration how_long) { return wait(time_.now() + how_long); }

    void notify()
    {
        pending_ = true;
        auto woken = std::exchange(waiting_, {});
        for (auto& w : woken) {
            if (w.bell) time_.cancel(w.bell);
            w.resume();
        }
    }

private:
    struct waiter {
        std::function<void()> resume;
        timekeeper::alarm bell = 0;
    };
    timekeeper& time_;
    std::list<waiter> waiting_;
    bool pending_ = false;
};

}
