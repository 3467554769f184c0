#pragma once
#include <chrono>
#include <utility>

namespace orderd {

/// For log lines about what others can make happen any number of times: the first is told at once, those after it
/// together, at most once in `pause`.
class repeated_notice {
public:
    using clock = std::chrono::steady_clock;
    explicit repeated_notice(clock::duration pause) : pause_(pause) {}

    /// It happened. How many times there are to be told of now; 0: nothing is told yet.
    long happened(clock::time_point now = clock::now())
    {
        ++untold_;
        return due(now);
    }
    /// The same without another time: what a timer asks.
    long due(clock::time_point now = clock::now())
    {
        if (untold_ == 0 || (told_ && now - told_at_ < pause_)) return 0;
        told_ = true;
        told_at_ = now;
        return std::exchange(untold_, 0);
    }

private:
    clock::duration pause_;
    clock::time_point told_at_{};
    bool told_ = false;
    long untold_ = 0;
};

}
