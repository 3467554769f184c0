#pragma once
#include "orderd/core/retry.hpp"

#include <chrono>
#include <string>
#include <string_view>

// When sending stops because the provider is unwell, and when it is tried again. One circuit serves all instances; the
// arithmetic of it is here, pure: time and randomness come in.
namespace orderd {

enum class circuit_state {
    closed, // orders are sent
    open,   // the provider failed many times in a row
    halted, // it does not accept our requests: credentials, configuration or contract
};
std::string_view name(circuit_state);
circuit_state circuit_state_from(std::string_view name); // an unknown name is closed

/// Failures in a row, as one instance sees them.
class failure_row {
public:
    explicit failure_row(int threshold) : threshold_(threshold) {}
    void succeeded() { length_ = 0; }
    /// True when this one, and each that follows it in the row, is a reason to open the circuit.
    bool failed() { return ++length_ >= threshold_; }

private:
    int threshold_;
    int length_ = 0;
};

struct circuit_pauses {
    retry_limits open{std::chrono::milliseconds(1'000), std::chrono::milliseconds(60'000)};
    retry_limits halted{std::chrono::milliseconds(60'000), std::chrono::milliseconds(900'000)};
};

/// How long nothing is sent after `failed_probes` probes failed (0: the circuit opened just now). Doubles up to the
/// cap, and is at least half of that: a probe right after a failure would tell nothing new.
std::chrono::milliseconds pause_before_probe(circuit_state, int failed_probes, const circuit_pauses&, double uniform01);

}
