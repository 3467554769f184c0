#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/circuit.hpp"
#include "orderd/core/log.hpp"
#include "orderd/core/repeated_notice.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/order_store.hpp"
#include "orderd/submission/decide.hpp"
#include "orderd/submission/limited_orders.hpp"

#include <deque>
#include <functional>
#include <set>

namespace orderd::submission {

namespace asio = boost::asio;

struct breaker_options {
    int threshold = 10; // failures in a row
    circuit_pauses pauses;
    std::chrono::milliseconds probe_length{90'000}; // a probe that lasts longer is given up for another
    int refusals = 3;                               // orders in a row whose answers say that nobody may order
};

/// Stops sending for all instances when the provider is unwell or does not accept our requests, and finds out when it
/// is well again: one instance asks it for its products (which costs nothing), and only when that works sends one
/// order. The state is in the database; here is what this instance has seen and has still to say.
class breaker {
public:
    breaker(timekeeper&, store::order_store&, provider::api&, breaker_options, logger&,
            std::function<double()> uniform01);
    /// Tells the database what was seen, and reads what others told, until stopped.
    asio::awaitable<void> run();
    void stop();
    void wake(); // somebody changed the circuit
    void on_change(std::function<void()> f) { changed_ = std::move(f); }

    bool open() const { return state_ != circuit_state::closed; }
    /// When sending may be thought of again: now or earlier when orders may be claimed.
    timekeeper::time_point open_at() const
    {
        return std::max({paused_until_, waits_here_until_, open() ? probe_at_ : time_point{}});
    }
    /// The circuit is open and a probe is due: true when this instance may send one order to try.
    asio::awaitable<bool> may_probe(instance_id self);
    /// What the answer to an order says about sending. `probe`: that order was the probe. What is answered to one order
    /// alone, however often, stops no other. Gives whether it is told to slow down alone, while others are taken.
    bool saw(order_id, const decision&, const provider::failure*, bool probe, instance_id self);
    /// There was nothing to probe with, or it did not go out.
    void probe_unused() { probing_ = false; }

private:
    using time_point = timekeeper::time_point;
    bool says_more(order_id, const provider::failure*);
    bool refuses_everybody(order_id, const provider::failure*);
    void forget_row();
    asio::awaitable<void> keep_in_step();
    asio::awaitable<void> look_when_doubted();
    asio::awaitable<void> look_at_credentials();
    void open_now(circuit_state, const std::string& why, const provider::failure*);
    /// `pace`: looked at again as soon as a circuit in this state is.
    void probe_ended_badly(instance_id self, circuit_state, circuit_state pace, const std::string& why,
                           const provider::failure*);
    void take_over(const store::shared_circuit&);
    asio::awaitable<void> tell_and_read();
    void say(const std::string& why, const provider::failure*, std::chrono::milliseconds pause);
    void tell(std::function<asio::awaitable<void>()>);
    bool slow_down(order_id, const decision&);
    void wait_here();

    timekeeper& time_;
    store::order_store& store_;
    provider::api& api_;
    breaker_options options_;
    logger& log_;
    std::function<double()> uniform01_;
    store::database_notice database_trouble_;
    outage_notice provider_outage_;
    std::function<void()> changed_ = [] {};
    failure_row row_, refusals_, not_from_here_;
    limited_orders limited_;
    std::set<order_id> answered_in_row_; // orders that were answered since sending worked last
    repeated_notice slowed_{std::chrono::minutes(10)};
    std::chrono::milliseconds longest_told_{0}; // pause, since the log said last that it slows down
    int waits_here_ = 0;                        // in a row
    int limited_rounds_ = 0;                    // pauses in a row without an order between them that was not kept back
    circuit_state state_ = circuit_state::closed;
    int failed_probes_ = 0;
    time_point probe_at_{}, paused_until_{}, waits_here_until_{};
    bool probing_ = false, stale_ = true, stopping_ = false;
    std::deque<std::function<asio::awaitable<void>()>> to_tell_;
    async::wakeup tick_, doubted_; // whether our credentials are any good
};

}
