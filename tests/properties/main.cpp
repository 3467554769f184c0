#include "property.hpp"

#include <cstdlib>
#include <iostream>
#include <map>

// property-tests [--events N] [--first SEED]: random sequences until N events were seen; prints figures.
// property-tests --seed SEED: replays the episodes of one seed and tells the story of what breaks.
int main(int argc, char** argv)
{
    using namespace orderd::properties;
    std::uint64_t events = 2'000'000, first = 1, only = 0;
    for (int i = 1; i < argc; i += 2) {
        std::string word = argv[i];
        auto value = i + 1 < argc ? std::strtoull(argv[i + 1], nullptr, 10) : 0;
        if (value > 0 && word == "--events")
            events = value;
        else if (value > 0 && word == "--first")
            first = value;
        else if (value > 0 && word == "--seed")
            only = value;
        else {
            std::cerr << "usage: property-tests [--events N] [--first SEED] | --seed SEED\n";
            return 2;
        }
    }
    std::map<std::string, std::uint64_t> seen;
    std::uint64_t total = 0, episodes = 0;
    int failures = 0;
    for (auto seed = only ? only : first; only ? seed == only : total < events && failures < 5; ++seed)
        for (const auto& p : all_properties()) {
            episode e(seed, only != 0);
            try {
                p.run(e);
            } catch (const broken& b) {
                ++failures;
                std::cout << e.story() << p.name << ", seed " << seed << ", event " << e.events() << ": " << b.what()
                          << "\nreplay it with: property-tests --seed " << seed << "\n";
            }
            seen[p.name] += e.events();
            total += e.events();
            ++episodes;
        }
    for (const auto& [name, count] : seen) std::cout << name << ": " << count << " events\n";
    std::cout << "properties: " << total << " events in " << episodes << " episodes, broken " << failures << "\n";
    return failures == 0 ? 0 : 1;
}
