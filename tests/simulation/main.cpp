#include "scenario.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// simulation-tests [--seeds N] [--first SEED] [--jobs N]: runs seeds until one breaks a promise; prints figures.
// simulation-tests --seed SEED: runs that one and tells its story.
int main(int argc, char** argv)
{
    using namespace orderd::simulation;
    std::uint64_t seeds = 1000, first = 1;
    unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i];
        auto value = i + 1 < argc ? std::strtoull(argv[i + 1], nullptr, 10) : 0;
        if (value == 0) word.clear(); // not a number, or no seeds at all
        if (word == "--seed") {
            auto out = run_scenario(value, true);
            std::cout << out.story << (out.wrong.empty() ? "every promise was kept" : out.wrong) << "\n";
            return out.wrong.empty() ? 0 : 1;
        }
        if (word == "--seeds")
            seeds = value;
        else if (word == "--first")
            first = value;
        else if (word == "--jobs")
            jobs = static_cast<unsigned>(std::max<unsigned long long>(1, value));
        else {
            std::cerr << "usage: simulation-tests [--seeds N] [--first SEED] [--jobs N] | --seed SEED\n";
            return 2;
        }
        ++i;
    }
    auto began = std::chrono::steady_clock::now();
    std::atomic<std::uint64_t> next{first};
    std::mutex mutex;
    figures all;
    std::vector<std::string> broken;
    auto work = [&] {
        for (auto seed = next++; seed < first + seeds; seed = next++) {
            auto out = run_scenario(seed);
            std::lock_guard lock(mutex);
            all.add(out.seen);
            if (!out.wrong.empty()) broken.push_back("seed " + std::to_string(seed) + ": " + out.wrong);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < jobs; ++i) threads.emplace_back(work);
    for (auto& t : threads) t.join();
    auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();

    for (std::size_t i = 0; i < broken.size() && i < 10; ++i) std::cout << broken[i] << "\n";
    if (!broken.empty()) std::cout << "replay one with: simulation-tests --seed SEED\n";
    std::cout << "simulation: " << all.seeds << " seeds ("
              << static_cast<long>(static_cast<double>(all.seeds) * 60 / took) << " a minute), " << all.steps
              << " steps, " << static_cast<long>(all.virtual_hours) << " virtual hours, " << all.orders << " orders, "
              << all.requests << " sent, " << all.crashes << " kills, " << all.pauses << " pauses, " << all.doubts
              << " doubts, " << all.late_answers << " late answers, " << all.held << " held; doubled " << all.doubled
              << ", lost " << all.lost << ", seeds with a broken promise " << broken.size() << "\n";
    return broken.empty() ? 0 : 1;
}
