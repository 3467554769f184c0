#pragma once
#include "orderd/service/configuration.hpp"

#include <functional>
#include <string>
#include <toml++/toml.h>
#include <vector>

// The table of keys: one line reads, checks, compares and documents a key.
namespace orderd::service {

using node = const toml::node&;

/// A key: how its value gets into the configuration, and whether two configurations agree on it. `read` throws what is
/// wrong with the value, without the place.
struct key {
    std::string name; // "submission.max_in_flight"
    std::function<void(configuration&, node)> read;
    std::function<bool(const configuration&, const configuration&)> same;
    std::function<void(configuration&, const configuration&)> take_over; // the value of another
    bool at_run_time = false;                                            // a reload applies it
};

struct wrong_value {
    std::string expected;
};

const std::vector<key>& keys();

}
