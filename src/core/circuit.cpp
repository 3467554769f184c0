#include "orderd/core/circuit.hpp"

#include <algorithm>

namespace orderd {

std::string_view name(circuit_state state)
{
    switch (state) {
    case circuit_state::open: return "open";
    case circuit_state::halted: return "halted";
    default: return "closed";
    }
}

circuit_state circuit_state_from(std::string_view text)
{
    for (auto state : {circuit_state::open, circuit_state::halted})
        if (text == name(state)) return state;
    return circuit_state::closed;
}

std::chrono::milliseconds pause_before_probe(circuit_state state, int failed_probes, const circuit_pauses& pauses,
                                             double uniform01)
{
    const auto& limits = state == circuit_state::halted ? pauses.halted : pauses.open;
    return backoff(std::min(failed_probes + 1, 30), limits, 0.5 + uniform01 / 2);
}

}
