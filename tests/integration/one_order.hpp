#pragma once
#include "stage.hpp"

#include <string>

// One order of a stage, by its request_key.
namespace orderd::tests {

/// What its row has in a column; "" for null.
inline std::string of(stage& s, const std::string& key, const std::string& column)
{
    return s.sql("select coalesce(" + column + "::text, '') from orderd.\"order\" where request_key = '" + key + "'");
}
inline void wait_for_state(stage& s, const std::string& key, const std::string& state)
{
    wait_until(key + " to be " + state, [&] { return of(s, key, "state") == state; });
}
inline std::string number_of(stage& s, const std::string& key) { return "#" + of(s, key, "id"); }

}
