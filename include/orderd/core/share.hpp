#pragma once
#include <cstddef>
#include <vector>

// How instances share what all of them together may do.
namespace orderd {

/// Shares `total` places among claimants, as evenly as their caps allow (0: no cap); what does not divide goes to the
/// first ones. The sum never exceeds `total`, no share exceeds its cap, and two shares below their caps differ by at
/// most one.
std::vector<int> fair_shares(int total, const std::vector<int>& caps);

/// One claimant, as it last said.
struct claim_on_places {
    int cap = 0;  // 0: none
    int held = 0; // places it may be using now
};
struct granted_places {
    int held = 0;        // counted against the others: never fewer than those `in_use` that it cannot give back at once
    int usable = 0;      // it may fill these: its fair share, less while others still hold more than theirs
    bool settled = true; // everybody holds a fair share
};
/// What claimant `self` has from now on. When everybody asks, one after another, the sum of what is held never exceeds
/// `total` (once it has not), and becomes fair as soon as those who hold too much have ended what they began.
granted_places places_for(int total, const std::vector<claim_on_places>& all, std::size_t self, int in_use);

}
