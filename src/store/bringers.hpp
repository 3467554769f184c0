#pragma once
#include "orderd/core/ids.hpp"

#include <pqxx/pqxx>
#include <string>
#include <vector>

// Who brought a batch. The first are kept by name, for people to read; of further ones only a hash, which is enough to
// tell that they may not approve it.
namespace orderd::store {

struct bringers {
    std::vector<std::string> named;
    int more = 0; // people beyond those
};

bringers read_bringers(pqxx::transaction_base&, batch_id);
void keep_bringers(pqxx::transaction_base&, batch_id, const std::vector<std::string>& names);
/// Whether `person` is one of them, however the name is written.
bool is_bringer(pqxx::transaction_base&, batch_id, const bringers&, const std::string& person);

}
