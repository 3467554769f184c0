#pragma once
#include "orderd/core/order_state.hpp"
#include "orderd/core/retry.hpp"
#include "orderd/provider/answers.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace orderd::submission {

struct attempt_history {
    int attempts = 1; // this one included
    int doubts = 0;   // how often the order was ever in doubt
    int limited = 0;  // how often in a row it was answered and not processed before
};

struct decision_settings {
    std::chrono::milliseconds settle_time{120'000};
    int max_attempts = 10;
    retry_limits backoff;
    bool retry_line_state = false;                     // 4000139: try again daily instead of giving up
    std::chrono::milliseconds search_limit{3'600'000}; // searches that tell nothing usable for so long hold the order
    bool resend_without_control = false;               // not found is enough where no control is possible
};

/// What one answer says about sending in general.
enum class effect {
    none,
    healthy,   // the provider works
    unhealthy, // it does not; many in a row open the circuit
    slow_down, // pause before anything else is sent
    halt,      // credentials, configuration or contract: stop sending and call a person
    wait_here, // this daemon cannot send; others can
};

struct decision {
    order_event event;
    std::chrono::milliseconds delay{0}; // until the next thing is done with the order
    bool attempt_given_back = false;    // the attempt does not count
    /// Nothing at all is to be sent for so long: the provider asked for it.
    std::optional<std::chrono::milliseconds> pause_asked_for{};
    submission::effect on_sending = effect::none;
    std::string why;
};

/// What to do with the answer to a POST /orders. Source: RULINGS, "Outcome of a POST /orders".
decision decide(const provider::result<order_code>& seen, const attempt_history& before, const decision_settings&,
                double uniform01);

}
