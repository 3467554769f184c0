#pragma once
#include "orderd/core/japanese_date.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace orderd {

/// Hours of the Japanese day in which orders are sent. The end is not part of it; an end that is not after the
/// beginning is on the next day.
struct daily_window {
    std::chrono::minutes from{0}, to{24 * 60}; // since midnight in Tokyo
    bool open(utc_time) const;
    /// How long until it opens; zero while it is open.
    std::chrono::milliseconds opens_in(utc_time) const;
    bool operator==(const daily_window&) const = default;
};

/// "09:00-18:00", "22:00-05:30"; "" is the whole day. Nothing for anything else, or for a window of no length.
std::optional<daily_window> parse_daily_window(std::string_view);

}
