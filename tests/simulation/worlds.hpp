#pragma once
#include "memory_provider.hpp"
#include "simulated_daemon.hpp"

#include <string>
#include <vector>

// What kinds of worlds there are: how a provider writes, who else orders there, and what can be promised of it.
namespace orderd::simulation {

/// Everything that a seed chooses about the provider and those who share it.
struct world_choices {
    /// The provider's hand varies within what is read for sure (RULINGS R12 to R14), and nothing else is odd: then
    /// every doubt that can be settled is settled.
    bool plain = true;
    double rivals = 0;         // of the orders: somebody else orders the like at the same time
    double others_before = 0;  // of the orders: others had orders there that are plainly theirs
    double twins = 0;          // of the changes: a second one just like it, here
    bool known_orders = true;  // orders of an earlier life, in progress, are known here
    bool restores = false;     // a backup is restored in the midst of it
    bool blind_spells = false; // for minutes, searches find nothing
    bool hides = false;        // single orders, in searches and for minutes
    bool wrong_codes = false;  // answers name other orders of ours
    bool fleeting = false;     // no list shows again what a search has shown
    bool repeats = false;      // a gateway repeats requests; people and the daemons try again what was refused
};

/// Chooses the provider's hands, in good weather and in bad.
void choose_hand(scheduler&, memory_provider&, world_choices&);
/// Names of what was chosen, for the count of worlds: "days dashes".
std::vector<std::string> names_of(const manners&);

/// Whether what a provider tells of a change in this hand can settle a doubt about it.
bool changes_can_be_told(const manners&, const std::vector<product_change>&);

/// Whether this hand tells a month as one of its days.
bool months_are_days(const manners&);
/// Whether two wanted days, or months, are told alike in one of the hands that this provider has.
bool wanted_days_look_alike(const memory_provider&, const std::string& one, const std::string& other);

/// Whether a name that is a beginning of another is seen to be one of its own.
bool names_are_seen(const manners&);

/// Orders of others that are plainly not this one: long ago, of another type.
void add_others_before(scheduler&, memory_provider&, const order_request&);
/// An order of somebody else, so like this one that only a person can tell. `in_progress`: it lives on.
created_order rival_of(scheduler&, const memory_provider&, const created_order&);

}
