#pragma once
#include "orderd/core/japanese_date.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

// Time as the loops see it: they ask what it is and wait for it only through this, so that a test can hand in its own.
namespace orderd {

class timekeeper {
public:
    /// Counts up and never jumps, also while the machine sleeps: a lease goes on running then. Has no `now()` of its
    /// own, so that nobody mixes it with another clock.
    struct lasting {
        using duration = std::chrono::nanoseconds;
        using rep = duration::rep;
        using period = duration::period;
        using time_point = std::chrono::time_point<lasting>;
        static constexpr bool is_steady = true;
    };
    using duration = lasting::duration;
    using time_point = lasting::time_point;
    using alarm = std::uint64_t; // never 0

    virtual ~timekeeper() = default;
    virtual time_point now() const = 0;
    virtual utc_time utc_now() const = 0;
    /// Calls `f` once on the loop's thread, at `when` or as soon after as it can.
    virtual alarm call_at(time_point when, std::function<void()> f) = 0;
    /// Nothing happens when the alarm has rung or is 0.
    virtual void cancel(alarm) = 0;
};

}
