#pragma once
#include "orderd/core/log.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/store/wakeup.hpp"

#include <chrono>
#include <string>

namespace orderd::submission {

namespace asio = boost::asio;

struct lease_options {
    std::string instance_name;
    std::chrono::milliseconds length{15'000};
    std::chrono::milliseconds settle_time{120'000}; // for orders of lost instances
};

/// This instance's right to send what it claimed. It is renewed in the database and watched on the monotonic clock
/// here: nothing is sent under a lease that may have run out, since others may have taken the orders over by then.
class lease {
public:
    lease(asio::any_io_executor, store::database&, lease_options, logger&);
    /// Registers this instance, renews the lease, and takes over from instances that went silent, until stopped.
    asio::awaitable<void> run();
    void stop();
    /// Says good-bye, so that nobody waits for the lease to run out.
    asio::awaitable<void> give_up();

    bool valid() const { return clock::now() < valid_until_; }
    /// Whether `owner` is this instance and its lease runs.
    bool holds(instance_id owner) const { return owner == id_ && valid(); }
    instance_id id() const { return id_; }
    /// Until the lease is valid, or stopped.
    asio::awaitable<bool> wait_until_valid();

private:
    using clock = std::chrono::steady_clock;
    asio::awaitable<void> beat();

    store::database& database_;
    lease_options options_;
    logger& log_;
    outage_notice outage_;
    store::wakeup tick_, renewed_;
    instance_id id_{};
    clock::time_point valid_until_{};
    bool stopping_ = false;
};

}
