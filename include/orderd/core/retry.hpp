#pragma once
#include <chrono>

namespace orderd {

struct retry_limits {
    std::chrono::milliseconds base{1000};
    std::chrono::milliseconds cap{300'000};
};

/// When to try again after `attempt` failures (1 = after the first). Full jitter: uniform in
/// [0, min(cap, base * 2^(attempt-1))]. Pure: `uniform01` is the caller's random number in [0, 1).
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
std::chrono::milliseconds backoff(int attempt, const retry_limits&, double uniform01);

}
