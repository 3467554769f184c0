#pragma once
#include "orderd/core/timekeeper.hpp"

namespace orderd {

/// Spaces requests evenly: the n-th is allowed n / rate after the first, so no second holds more than `per_second` + 1.
/// Unused time is not saved up beyond one place. Pure arithmetic; the caller brings the clock.
class request_pacer {
public:
    using clock = timekeeper::lasting;
    explicit request_pacer(double per_second = 0) : per_second_(per_second) {} // 0: no limit
    /// Reserves the next place and says when it is; never earlier than `now`.
    clock::time_point reserve(clock::time_point now);

private:
    double per_second_;
    clock::time_point next_{};
};

}
