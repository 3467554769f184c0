#include "scenario.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// simulation-tests [--seeds N] [--first SEED] [--jobs N]: runs seeds until one breaks a promise; prints figures.
// simulation-tests --seed SEED: runs that one and tells its story.
// simulation-tests --without RULE [--seeds N]: leaves out one rule, and runs until a promise is broken; `--without all`
// does so for each rule, and fails when one is not missed.
namespace {

using namespace orderd::simulation;

struct run {
    std::uint64_t first = 1, seeds = 1000;
    unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
    bool until_broken = false;
    ablation without;
};
struct result {
    figures all;
    std::map<std::uint64_t, std::string> broken; // by seed
};

result run_seeds(const run& r)
{
    std::atomic<std::uint64_t> next{r.first};
    std::atomic<bool> enough{false};
    std::mutex mutex;
    result out;
    auto work = [&] {
        for (auto seed = next++; seed < r.first + r.seeds && !enough; seed = next++) {
            auto one = run_scenario(seed, r.without);
            std::lock_guard lock(mutex);
            out.all.add(one.seen);
            if (one.wrong.empty()) continue;
            out.broken[seed] = one.wrong;
            enough = r.until_broken;
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < r.jobs; ++i) threads.emplace_back(work);
    for (auto& t : threads) t.join();
    return out;
}

/// Leaves out each rule in turn; how many are not missed.
int leave_out(const std::vector<std::string>& rules, run r)
{
    int unnoticed = 0;
    r.until_broken = true;
    for (const auto& rule : rules) {
        r.without = {rule};
        auto out = run_seeds(r);
        std::cout << "without " << rule << ": ";
        if (out.broken.empty()) {
            ++unnoticed;
            std::cout << "nothing is broken in " << r.seeds << " seeds" << std::endl;
        } else
            std::cout << "seed " << out.broken.begin()->first << " of " << out.all.seeds
                      << " is broken: " << out.broken.begin()->second.substr(0, 160) << std::endl;
    }
    std::cout << "rules left out one at a time: " << rules.size() << ", not missed " << unnoticed << "\n";
    return unnoticed;
}

void print_figures(const result& out, double seconds)
{
    const auto& all = out.all;
    std::cout << "worlds by what was chosen:\n";
    for (const auto& [kind, n] : all.worlds) std::cout << "  " << kind << ": " << n << "\n";
    std::cout << "held, by event:\n";
    for (const auto& [why, n] : all.held_by) std::cout << "  " << why << ": " << n << "\n";
    int shown = 0;
    for (const auto& [seed, wrong] : out.broken)
        if (++shown <= 10) std::cout << "seed " << seed << ": " << wrong << "\n";
    if (!out.broken.empty()) std::cout << "replay one with: simulation-tests --seed SEED\n";
    std::cout << "simulation: " << all.seeds << " seeds ("
              << static_cast<long>(static_cast<double>(all.seeds) * 60 / seconds) << " a minute), " << all.steps
              << " steps, " << static_cast<long>(all.virtual_hours) << " virtual hours, " << all.orders << " orders, "
              << all.requests << " sent, " << all.crashes << " kills, " << all.pauses << " pauses, " << all.doubts
              << " doubts, " << all.late_answers << " late answers, " << all.held << " held, " << all.searches_asked
              << " searches asked for, " << all.tried_again << " tried again, " << all.indistinguishable
              << " not to be told apart by anybody; doubled " << all.doubled << ", lost " << all.lost
              << ", adopted wrongly " << all.adopted_wrongly << ", seeds with a broken promise " << out.broken.size()
              << "\n";
}

}

int main(int argc, char** argv)
{
    run r;
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i], text = i + 1 < argc ? argv[i + 1] : "";
        auto value = std::strtoull(text.c_str(), nullptr, 10);
        if (word == "--without" && !text.empty())
            r.without.rule = text;
        else if (value == 0) // not a number, or no seeds at all
            word.clear();
        if (word == "--seed") {
            auto out = run_scenario(value, r.without, true);
            std::cout << out.story << (out.wrong.empty() ? "every promise was kept" : out.wrong) << "\n";
            return out.wrong.empty() ? 0 : 1;
        }
        if (word == "--seeds")
            r.seeds = value;
        else if (word == "--first")
            r.first = value;
        else if (word == "--jobs")
            r.jobs = static_cast<unsigned>(value);
        else if (word != "--without") {
            std::cerr
                << "usage: simulation-tests [--seeds N] [--first SEED] [--jobs N] | --seed SEED | --without RULE\n";
            return 2;
        }
        ++i;
    }
    if (!r.without.rule.empty()) {
        auto rules = rules_to_leave_out();
        bool known = std::find(rules.begin(), rules.end(), r.without.rule) != rules.end();
        if (known) rules = {r.without.rule};
        if (known || r.without.rule == "all") return leave_out(rules, r) == 0 ? 0 : 1;
        for (const auto& rule : rules) std::cout << rule << "\n";
        return 2;
    }
    auto began = std::chrono::steady_clock::now();
    auto out = run_seeds(r);
    print_figures(out, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    return out.broken.empty() ? 0 : 1;
}
