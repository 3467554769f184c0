#pragma once
#include "orderd/core/circuit.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/store/recorder.hpp"
#include "orderd/submission/decide.hpp"
#include "orderd/submission/lease.hpp"

#include <deque>
#include <functional>

namespace orderd::submission {

struct submitter_options {
    int max_in_flight = 64;
    double requests_per_second = 0;                 // claims no more than can be sent soon
    std::chrono::milliseconds poll_interval{5'000}; // for orders that became ready without a notification
    decision_settings decisions;
    int circuit_threshold = 10;
    retry_limits circuit_pauses{std::chrono::milliseconds(1'000), std::chrono::milliseconds(60'000)};
    retry_limits halt_pauses{std::chrono::milliseconds(60'000), std::chrono::milliseconds(900'000)};
};

/// claim → send → record. Claims orders in groups, keeps at most `max_in_flight` requests on the wire, and has at most
/// three times as many orders claimed and not yet recorded. Lives on the event loop's thread.
class submitter {
public:
    submitter(asio::any_io_executor, store::database&, provider::api&, store::recorder&, lease&, submitter_options,
              logger&, std::function<double()> uniform01);
    /// Until stopped: then what is on the wire comes home, and what was not sent goes back to `ready`.
    asio::awaitable<void> run();
    void wake(); // orders may have become ready
    void stop();
    bool circuit_open() const { return circuit_.open(); }
    int in_flight() const { return in_flight_; }

private:
    using clock = std::chrono::steady_clock;
    struct claimed {
        store::claimed_order order;
        instance_id owner;
    };
    asio::awaitable<void> claim_orders();
    asio::awaitable<void> send_orders(); // one of max_in_flight
    asio::awaitable<void> send(claimed);
    void record(const claimed&, const provider::result<order_code>&);
    void give_back(const claimed&, std::string why, std::chrono::milliseconds delay);
    void apply(const decision&, const provider::result<order_code>&);
    int places() const;
    /// When sending may go on; now or earlier: at once.
    clock::time_point open_at() const;

    asio::any_io_executor executor_;
    store::database& database_;
    provider::api& api_;
    store::recorder& recorder_;
    lease& lease_;
    submitter_options options_;
    logger& log_;
    std::function<double()> uniform01_;
    circuit circuit_;
    outage_notice database_outage_, provider_outage_;
    clock::time_point paused_until_{};
    int halts_ = 0;
    store::wakeup room_, work_;
    std::deque<claimed> line_;
    int in_flight_ = 0;
    bool stopping_ = false;
};

}
