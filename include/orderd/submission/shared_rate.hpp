#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/log.hpp"
#include "orderd/core/rate.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/order_store.hpp"

#include <deque>
#include <functional>
#include <memory>

namespace orderd::submission {

namespace asio = boost::asio;

struct rate_options {
    double per_second = 0;          // of all instances together; 0: no limit
    double instance_per_second = 0; // of this one; 0: none of its own
};

/// Lets requests out at the configured rate, whichever instance sends them. Places on one line in the database are
/// reserved for those who wait, a quarter of a second of a fair share at a time: who dies leaves little unused, and who
/// comes is served at once.
class shared_rate {
public:
    /// `instances`: how many share the rate now.
    shared_rate(timekeeper&, store::order_store&, rate_options, std::function<int()> instances, logger&);
    /// Reserves for those who wait, until stopped. Whoever still waits then is let go at the rate by itself.
    asio::awaitable<void> run();
    void stop();
    /// Another rate, from the next reservation on.
    void configure(rate_options);
    /// Until a request may go out.
    asio::awaitable<void> place();

private:
    using time_point = timekeeper::time_point;
    asio::awaitable<void> reserve_once();

    timekeeper& time_;
    store::order_store& store_;
    rate_options options_;
    std::function<int()> instances_;
    store::database_notice database_trouble_;
    std::deque<time_point> reserved_; // places that nobody has yet
    time_point reserved_until_{};
    int waiting_ = 0;
    request_pacer own_, alone_; // by the limit of this instance; by the whole rate when the database cannot be asked
    async::wakeup wanted_, came_, stopped_;
    bool stopping_ = false;
};

}
