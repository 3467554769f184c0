#pragma once
#include <cstdint>
#include <map>
#include <string>

// One seed: some daemons, some hundred requests, everything that can go wrong, and then the books are compared.
namespace orderd::simulation {

struct figures {
    std::uint64_t seeds = 0, steps = 0, orders = 0, requests = 0, crashes = 0, pauses = 0, doubts = 0, held = 0,
                  late_answers = 0, doubled = 0, lost = 0;
    double virtual_hours = 0;
    void add(const figures&);
};

struct outcome {
    figures seen;
    std::string wrong; // "" when every promise was kept
    std::string story; // what happened, when `tell`
};

/// Runs one seed to its end; the same seed gives the same outcome.
outcome run_scenario(std::uint64_t seed, bool tell = false);

}
