#include "orderd/core/circuit.hpp"
#include "orderd/core/daily_window.hpp"
#include "orderd/core/rate.hpp"
#include "orderd/core/share.hpp"
#include "property.hpp"

#include <deque>
#include <numeric>

// Pauses, rates, places and hours.
namespace orderd::properties {

using namespace std::chrono_literals;

void failures_lengthen_pauses(episode& e)
{
    circuit_pauses pauses{
        {std::chrono::milliseconds(1 + e.below(5000)), std::chrono::milliseconds(5000 + e.below(600'000))},
        {60s, 900s}};
    const int threshold = 1 + e.below(20);
    failure_row row(threshold);
    int length = 0, failed_probes = 0;
    for (int i = 0; i < 200; ++i) {
        e.happens(e.tells() ? "row " + std::to_string(length) + ", failed probes " + std::to_string(failed_probes)
                            : std::string());
        if (e.chance(0.2)) {
            row.succeeded();
            length = failed_probes = 0;
            continue;
        }
        bool opens = row.failed();
        ++length;
        episode::require(opens == (length >= threshold),
                         "opened after " + std::to_string(length) + " failures in a row");
        auto pause = pause_before_probe(circuit_state::open, failed_probes, pauses, e.uniform());
        episode::require(pause >= pauses.open.base / 2 && pause <= pauses.open.cap, "a pause out of its bounds");
        episode::require(pause_before_probe(circuit_state::open, failed_probes + 1, pauses, 0.5) >=
                             pause_before_probe(circuit_state::open, failed_probes, pauses, 0.5),
                         "a pause that shrinks");
        ++failed_probes;
        auto wait = backoff(1 + e.below(1000), pauses.open, e.uniform());
        episode::require(wait >= 0ms && wait <= pauses.open.cap, "a backoff out of its bounds");
    }
}

void the_rate_is_kept(episode& e)
{
    double rate = 0.1 + e.uniform() * 500;
    request_pacer pacer(rate);
    auto now = request_pacer::clock::time_point{} + 1h;
    std::deque<request_pacer::clock::time_point> second;
    for (int i = 0; i < 500; ++i) {
        now += std::chrono::microseconds(static_cast<long>(e.uniform() * 3e6 / rate));
        auto place = pacer.reserve(now);
        e.happens(e.tells() ? std::to_string((place - now).count()) + " ns to wait" : std::string());
        episode::require(place >= now, "a place in the past");
        episode::require(second.empty() || place >= second.back(), "places out of order");
        second.push_back(place);
        while (second.back() - second.front() >= 1s) second.pop_front();
        episode::require(static_cast<double>(second.size()) <= rate + 1, "more than the rate in one second");
    }
}

void places_are_shared(episode& e)
{
    // Instances come, go, and renew in any order; each uses up to what it holds.
    int total = 1 + e.below(100);
    struct instance {
        claim_on_places claim;
        int usable = 0, in_use = 0;
    };
    std::vector<instance> all;
    auto beat = [&](std::size_t self) {
        std::vector<claim_on_places> claims;
        for (const auto& i : all) claims.push_back(i.claim);
        auto granted = places_for(total, claims, self, all[self].in_use);
        all[self].claim.held = granted.held;
        all[self].usable = granted.usable;
        episode::require(granted.usable <= granted.held, "more usable than held");
    };
    auto check = [&] {
        int held = 0;
        for (const auto& a : all) {
            held += a.claim.held;
            episode::require(a.in_use <= a.claim.held, "a place that is used was taken away");
        }
        e.happens(e.tells() ? std::to_string(all.size()) + " instances hold " + std::to_string(held) : std::string());
        episode::require(held <= total, std::to_string(held) + " places held of " + std::to_string(total));
    };
    for (int i = 0; i < 300; ++i) {
        int what = e.below(10);
        if (all.empty() || (what == 0 && all.size() < 8))
            all.push_back({{e.chance(0.3) ? 1 + e.below(30) : 0, 0}});
        else if (what == 1)
            all.erase(all.begin() + e.below(static_cast<int>(all.size())));
        else {
            auto& one = all[static_cast<std::size_t>(e.below(static_cast<int>(all.size())))];
            if (what < 6)
                beat(static_cast<std::size_t>(&one - all.data()));
            else if (e.chance(0.5))
                one.in_use = std::max(one.in_use, one.usable); // it fills what it may
            else
                one.in_use = e.below(one.in_use + 1); // some come home
        }
        check();
    }
    // Nobody comes or goes, all are busy, and what comes home is replaced at once: it becomes fair all the same.
    for (int round = 0; round < 3; ++round)
        for (std::size_t i = 0; i < all.size(); ++i) {
            beat(i);
            all[i].in_use = all[i].usable;
            check();
        }
    std::vector<int> caps;
    for (const auto& a : all) caps.push_back(a.claim.cap);
    auto fair = fair_shares(total, caps);
    episode::require(std::accumulate(fair.begin(), fair.end(), 0) <= total, "shares of more than there is");
    for (std::size_t i = 0; i < all.size(); ++i) {
        episode::require(all[i].claim.held == fair[i], "not fair after three rounds");
        episode::require(caps[i] == 0 || fair[i] <= caps[i], "a share above its cap");
    }
}

void the_window_opens(episode& e)
{
    int from = e.below(24 * 60), length = 1 + e.below(24 * 60 - 1);
    daily_window window{std::chrono::minutes(from), std::chrono::minutes((from + length) % (24 * 60))};
    auto at = tokyo_time(*parse_yyyymmdd("20270101"));
    for (int i = 0; i < 100; ++i) {
        at += std::chrono::milliseconds(e.below(3'600'000 * 5));
        auto wait = window.opens_in(at);
        e.happens(e.tells() ? to_iso_tokyo(at) + " opens in " + std::to_string(wait.count()) + " ms" : std::string());
        episode::require(window.open(at) == (wait == 0ms), "open and yet to open");
        episode::require(wait < 24h, "closed for a day");
        episode::require(window.open(at + wait), "not open when it should be");
        if (wait > 0ms) episode::require(!window.open(at + wait - 1ms), "it was open before");
    }
}

std::span<const property> all_properties()
{
    static constexpr property all[] = {{"an order's whole life", an_order_lives},
                                       {"candidates are ours", what_is_ours_agrees},
                                       {"failures lengthen pauses", failures_lengthen_pauses},
                                       {"the rate is kept", the_rate_is_kept},
                                       {"places are shared", places_are_shared},
                                       {"the window opens", the_window_opens}};
    return all;
}

}
