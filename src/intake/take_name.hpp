#pragma once
#include "orderd/core/ids.hpp"

#include <optional>
#include <string>

namespace orderd::intake {

/// The name of a file in processing/: TAKE_ID~NAME. All that is to be known of a taking stands in it, so that the next
/// start goes on with it after a crash.
struct take_name {
    std::string take_id;
    std::optional<batch_id> grown_from; // the batch as which it was taken in before it grew
    std::string name;                   // of the file

    std::string text() const;
    static take_name read(const std::string& text);
};

/// One that no other taking has.
std::string new_take_id();

}
