#pragma once
#include "orderd/store/database.hpp"

// Daemons of this machine that ended without a word: whoever starts here knows that they are gone.
namespace orderd::service {

/// Declares those lost whose process is no more, so that nobody waits for their leases; how many.
int declare_gone_ones_lost(store::session&);

}
