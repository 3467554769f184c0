#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/log.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/order_store.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace orderd::submission {

namespace asio = boost::asio;

struct lease_options {
    std::string instance_name;
    std::chrono::milliseconds length{15'000};
    std::chrono::milliseconds settle_time{120'000}; // for orders of lost instances
    int max_in_flight = 64;                         // of all instances together
    int instance_max_in_flight = 0;                 // of this one; 0: its share
};

/// This instance's right to send what it claimed, and its share of the places on the wire. It is renewed in the
/// database and watched here on a clock that never jumps: nothing is sent under a lease that may have run out, since
/// others may have taken the orders over by then.
class lease {
public:
    lease(timekeeper&, store::order_store&, lease_options, logger&);
    /// Registers this instance, renews the lease, and takes over from instances that went silent, until stopped.
    asio::awaitable<void> run();
    void stop();
    /// Says good-bye, so that nobody waits for the lease to run out.
    asio::awaitable<void> give_up();

    bool valid() const { return time_.now() < valid_until_; }
    /// Whether `owner` is this instance and its lease runs.
    bool holds(instance_id owner) const { return owner == id_ && valid(); }
    instance_id id() const { return id_; }
    /// How many requests this instance may have on the wire, and how many instances share them.
    int places() const { return valid() ? places_ : 0; }
    int instances() const { return instances_; }
    /// Until the lease is valid, or stopped.
    asio::awaitable<bool> wait_until_valid();

    void on_use(std::function<int()> places_in_use) { in_use_ = std::move(places_in_use); }
    void on_renewal(std::function<void()> f) { on_renewal_ = std::move(f); }

private:
    asio::awaitable<void> beat();

    timekeeper& time_;
    store::order_store& store_;
    lease_options options_;
    logger& log_;
    store::database_notice database_trouble_;
    async::wakeup tick_, renewed_;
    std::function<int()> in_use_ = [] { return 0; };
    std::function<void()> on_renewal_ = [] {};
    instance_id id_{};
    timekeeper::time_point valid_until_{};
    int places_ = 0, instances_ = 1;
    bool settled_ = false, stopping_ = false;
};

}
