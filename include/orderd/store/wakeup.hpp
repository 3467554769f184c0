#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>

namespace orderd::store {

namespace asio = boost::asio;

/// Lets coroutines of one thread wait for one another: `notify` wakes all who wait, and the next one to wait when
/// nobody does, so that no call is missed between a check and the wait.
class wakeup {
public:
    using clock = std::chrono::steady_clock;
    explicit wakeup(asio::any_io_executor on) : executor_(std::move(on)) {}

    /// Until notified or `deadline`, whichever is first.
    asio::awaitable<void> wait(clock::time_point deadline = clock::time_point::max())
    {
        if (pending_) {
            pending_ = false;
            co_return;
        }
        asio::steady_timer timer(executor_, deadline);
        auto at = waiting_.insert(waiting_.end(), &timer);
        struct leave {
            std::list<asio::steady_timer*>& all;
            std::list<asio::steady_timer*>::iterator at;
            ~leave() { all.erase(at); }
        } leaving{waiting_, at};
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        pending_ = false;
    }
    asio::awaitable<void> wait_for(clock::duration how_long) { return wait(clock::now() + how_long); }

    void notify()
    {
        pending_ = true;
        for (auto* timer : waiting_) timer->cancel();
    }

private:
    asio::any_io_executor executor_;
    std::list<asio::steady_timer*> waiting_;
    bool pending_ = false;
};

}
