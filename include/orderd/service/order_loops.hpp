#pragma once
#include "orderd/core/metrics.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/store/recorder.hpp"
#include "orderd/submission/breaker.hpp"
#include "orderd/submission/code_check.hpp"
#include "orderd/submission/lease.hpp"
#include "orderd/submission/reconciler.hpp"
#include "orderd/submission/shared_rate.hpp"
#include "orderd/submission/submitter.hpp"
#include "orderd/tracking/tracker.hpp"

#include <functional>
#include <memory>

namespace orderd::service {

namespace asio = boost::asio;

struct order_loops_options {
    submission::rate_options rate;
    submission::lease_options lease;
    submission::breaker_options breaker;
    submission::submitter_options submitter;
    submission::reconciler_options reconciler;
    tracking::tracker_options tracker;
};

/// The loops that take an order from `ready` to its end, and how they hang together. The daemon runs them on the
/// machine's time against PostgreSQL and the provider; the simulation runs the same on its own.
struct order_loops {
    /// Makes the client; it asks `place` before every request.
    using api_maker = std::function<std::unique_ptr<provider::api>(std::function<asio::awaitable<void>()> place)>;
    order_loops(asio::any_io_executor, timekeeper&, store::order_store&, const api_maker&, const order_loops_options&,
                logger&, metrics&, const std::function<double()>& uniform01);
    /// What can change while they run: rates, pauses, intervals.
    void configure(const order_loops_options&);
    /// This instance's number, when asked.
    std::function<instance_id()> self()
    {
        return [this] { return lease.id(); };
    }

    submission::shared_rate rate;
    std::unique_ptr<provider::api> api;
    store::recorder recorder;
    submission::lease lease;
    submission::breaker breaker;
    submission::submitter submitter;
    submission::reconciler reconciler;
    tracking::tracker tracker;
    submission::code_check code_check;
};

}
