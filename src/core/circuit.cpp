#include "orderd/core/circuit.hpp"

#include <algorithm>

namespace orderd {

bool circuit::failed(clock::time_point now, double uniform01)
{
    probing_ = false;
    bool was_open = open();
    ++failures_;
    if (!open()) return false;
    // At least half of the jittered pause: a probe right after a failure would tell nothing new.
    auto beyond = std::min(failures_ - threshold_ + 1, 30);
    probe_at_ = now + backoff(beyond, pauses_, 0.5 + uniform01 / 2);
    return !was_open;
}

}
