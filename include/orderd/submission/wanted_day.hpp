#pragma once
#include "orderd/submission/alike.hpp"

#include <optional>

// The day on which a site shall open or end, or the month (YYYYMM) in which it shall end, as it was sent and as the
// provider tells it. Pure.
namespace orderd::submission {

/// Whether what is told may be what was sent: a day is told as that day or as its month, a month as that month or as
/// its first or last day, one day more or less. Nothing when either names none.
std::optional<bool> may_be_day(const written&);
/// Whether a day is told as a month, or a month as a day, so that it matters how the provider writes.
bool told_in_another_unit(const written&);
/// Whether the hand in which the day of a known order is told explains how another is told; `known` may be empty. A day
/// is told as its month only where that of the known order is, a month as the day that the month of the known order is
/// told as.
bool day_in_the_same_hand(const written& known, const written& other);

}
