#include "orderd/submission/lease.hpp"

#include <algorithm>

namespace orderd::submission {

using namespace std::chrono_literals;

lease::lease(timekeeper& time, store::order_store& orders, lease_options options, logger& log)
    : time_(time),
      store_(orders),
      options_(std::move(options)),
      log_(log),
      database_trouble_(log, "the lease of this instance"),
      tick_(time),
      renewed_(time)
{
}

asio::awaitable<void> lease::run()
{
    while (!stopping_) {
        std::exception_ptr failed;
        try {
            co_await beat();
            database_trouble_.recovered();
        } catch (const std::exception&) {
            failed = std::current_exception();
        }
        if (failed) database_trouble_.failed(failed);
        // Sooner while the database is away, and while instances that come or go share the places anew.
        auto pause = options_.length / 5;
        if (failed) pause = std::min<std::chrono::milliseconds>(pause, 1s);
        if (!settled_) pause = std::min<std::chrono::milliseconds>(pause, 500ms);
        co_await tick_.wait_for(pause);
    }
}

asio::awaitable<void> lease::beat()
{
    auto began = time_.now(); // the lease counts from before the statement: the database's clock started no earlier
    auto safe = options_.length * 4 / 5;
    // While the statement is under way it may fill what it has: fewer are given back once it knows of fewer.
    store::wished_places wish{options_.max_in_flight, options_.instance_max_in_flight, std::max(in_use_(), places())};
    store::held_lease held;
    if (id_.value != 0) held = co_await store_.heartbeat(id_, wish);
    if (!held.live) {
        if (id_.value != 0)
            log_.warning(
                "this instance was silent for longer than its lease; its orders were taken over, it begins anew",
                {{"instance", id_.value}});
        valid_until_ = {};
        id_ = {};
        auto name = options_.instance_name;
        id_ = co_await store_.register_instance(name);
        wish.in_use = 0;
        held = co_await store_.heartbeat(id_, wish);
        if (!held.live) co_return; // declared lost before it began: anew at the next beat
    }
    valid_until_ = began + safe;
    places_ = held.places;
    instances_ = std::max(1, held.instances);
    settled_ = held.settled;
    renewed_.notify();
    on_renewal_();

    auto gone = co_await store_.reap(id_, options_.length, options_.settle_time);
    if (gone.orders > 0 || gone.instances > 0)
        log_.warning("took over from instances that went silent",
                     {{"instances", gone.instances}, {"orders_in_doubt", gone.orders}});
}

asio::awaitable<bool> lease::wait_until_valid()
{
    while (!valid() && !stopping_) co_await renewed_.wait_for(1s);
    co_return valid();
}

void lease::stop()
{
    stopping_ = true;
    tick_.notify();
    renewed_.notify();
}

asio::awaitable<void> lease::give_up()
{
    auto id = id_;
    valid_until_ = {};
    if (id.value == 0) co_return;
    try {
        co_await store_.say_goodbye(id);
    } catch (const std::exception&) { // the lease will run out by itself
    }
}

}
