#pragma once
#include "orderd/submission/resolution.hpp"

#include <string>
#include <vector>

// What a person can decide about an order that may exist at the provider, as commands. Pure.
namespace orderd::submission {

struct choice {
    std::string arguments;         // behind `ipoe-orderd orders resolve`: "'#7' --not-created --sure"
    std::string english, japanese; // what it means; where it is against the evidence, the risk
};
/// Each candidate that the search shows, those first that agree in everything; what it shows and could not read; then
/// what else can be done. A command says --sure where the decision wants it. Only what can be decided in this state.
std::vector<choice> choices(order_id, const shown_evidence&, order_state);

}
