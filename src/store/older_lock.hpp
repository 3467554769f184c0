#pragma once
#include <pqxx/pqxx>

namespace orderd::store {

/// Advisory locks are what daemons of releases before 0.12.0 wait for each other with. Any login that may connect can
/// take one, so nothing depends on them any more; they are kept for the time in which such a daemon still runs.
///
/// Takes the lock `key` until the transaction ends, unless somebody has it. Whether one of our own daemons has it,
/// which is then to be waited for; what a stranger does with the key is no matter.
bool one_of_ours_has(pqxx::transaction_base&, long long key);
/// Waits for it.
void wait_for(pqxx::transaction_base&, long long key);

}
