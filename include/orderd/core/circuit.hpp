#pragma once
#include "orderd/core/retry.hpp"

#include <chrono>

namespace orderd {

/// Stops sending when the provider fails many times in a row. Open, it lets one probe through after a growing pause;
/// the first success closes it. Pure: time and randomness come in.
class circuit {
public:
    using clock = std::chrono::steady_clock;
    circuit(int threshold, retry_limits pauses) : threshold_(threshold), pauses_(pauses) {}

    bool open() const { return failures_ >= threshold_; }
    /// How many requests may go out now: any number when closed, one probe when a pause is over, else none.
    bool allows(clock::time_point now) const { return !open() || (now >= probe_at_ && !probing_); }
    clock::time_point probe_at() const { return probe_at_; }
    void sending()
    {
        if (open()) probing_ = true;
    }
    void succeeded()
    {
        failures_ = failed_probes_ = 0;
        probing_ = false;
    }
    /// A failure that says the provider is unwell. True when this one opened the circuit.
    bool failed(clock::time_point now, double uniform01);
    /// A request ended without telling anything about the provider's health.
    void ended() { probing_ = false; }

private:
    int threshold_;
    retry_limits pauses_;
    int failures_ = 0, failed_probes_ = 0;
    bool probing_ = false;
    clock::time_point probe_at_{};
};

}
