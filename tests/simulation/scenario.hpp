#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

// One seed: some daemons, some hundred requests, everything that can go wrong, and then the books are compared.
namespace orderd::simulation {

struct figures {
    std::uint64_t seeds = 0, steps = 0, orders = 0, requests = 0, crashes = 0, pauses = 0, doubts = 0, held = 0,
                  searches_asked = 0, tried_again = 0, late_answers = 0, doubled = 0, lost = 0, adopted_wrongly = 0,
                  indistinguishable = 0;
    std::map<std::string, std::uint64_t> held_by, worlds; // by event; by what was chosen
    double virtual_hours = 0;
    void add(const figures&);
};

struct outcome {
    figures seen;
    std::string wrong; // "" when every promise was kept
    std::string story; // what happened, when `tell`
};

/// One rule that is left out, to see that it would be noticed; "" for none.
struct ablation {
    std::string rule;
};
/// The rules that can be left out: every line of the tables of evidence and findings, and three that are kept in the
/// database.
std::vector<std::string> rules_to_leave_out();

/// Runs one seed to its end; the same seed gives the same outcome.
outcome run_scenario(std::uint64_t seed, const ablation& = {}, bool tell = false);

}
