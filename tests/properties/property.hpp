#pragma once
#include <cstdint>
#include <random>
#include <span>
#include <stdexcept>
#include <string>

// Properties: what must hold after every step of any sequence of events. An episode is one sequence, made from a seed.
namespace orderd::properties {

struct broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One episode: randomness, the events it has seen, and its story when it is replayed.
class episode {
public:
    episode(std::uint64_t seed, bool tell) : random_(seed), tell_(tell) {}
    int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
    double uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }
    bool chance(double probability) { return uniform() < probability; }
    void happens(const std::string& what)
    {
        ++events_;
        if (tell_) story_ += what + "\n";
    }
    bool tells() const { return tell_; }
    static void require(bool holds, const std::string& what)
    {
        if (!holds) throw broken(what);
    }
    std::uint64_t events() const { return events_; }
    const std::string& story() const { return story_; }

private:
    std::mt19937_64 random_;
    std::uint64_t events_ = 0;
    bool tell_;
    std::string story_;
};

struct property {
    const char* name;
    void (*run)(episode&);
};
std::span<const property> all_properties();

void an_order_lives(episode&);
void failures_lengthen_pauses(episode&);
void the_rate_is_kept(episode&);
void places_are_shared(episode&);
void the_window_opens(episode&);
void what_is_ours_agrees(episode&);

}
