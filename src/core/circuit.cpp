#include "orderd/core/circuit.hpp"

#include <algorithm>
#include <utility>

namespace orderd {

bool circuit::failed(clock::time_point now, double uniform01)
{
    bool was_open = open();
    bool was_probe = std::exchange(probing_, false);
    if (was_open && !was_probe) return false; // it went out before the circuit opened: it tells nothing new
    if (was_open)
        ++failed_probes_;
    else
        ++failures_;
    if (!open()) return false;
    // At least half of the jittered pause: a probe right after a failure would tell nothing new.
    probe_at_ = now + backoff(std::min(failed_probes_ + 1, 30), pauses_, 0.5 + uniform01 / 2);
    return !was_open;
}

}
