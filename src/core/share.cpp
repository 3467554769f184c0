#include "orderd/core/share.hpp"

#include <algorithm>

namespace orderd {

std::vector<int> fair_shares(int total, const std::vector<int>& caps)
{
    // Everybody gets the same level of water; a claimant that is full leaves the rest to the others.
    std::vector<int> shares(caps.size(), 0);
    int left = std::max(0, total);
    auto full = [&](std::size_t i) { return caps[i] > 0 && shares[i] >= caps[i]; };
    while (left > 0) {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < caps.size(); ++i)
            if (!full(i)) open.push_back(i);
        if (open.empty()) break;
        int level = std::max<int>(1, left / static_cast<int>(open.size()));
        for (auto i : open) {
            int more = std::min(level, left);
            if (caps[i] > 0) more = std::min(more, caps[i] - shares[i]);
            shares[i] += more;
            left -= more;
        }
    }
    return shares;
}

granted_places places_for(int total, const std::vector<claim_on_places>& all, std::size_t self, int in_use)
{
    std::vector<int> caps;
    int others = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        caps.push_back(all[i].cap);
        if (i != self) others += all[i].held;
    }
    auto fair = fair_shares(total, caps);
    granted_places granted;
    granted.usable = std::min(fair[self], std::max(0, total - others));
    granted.held = std::max(granted.usable, std::min(in_use, all[self].held));
    for (std::size_t i = 0; i < all.size(); ++i)
        granted.settled = granted.settled && (i == self ? granted.held : all[i].held) == fair[i];
    return granted;
}

}
