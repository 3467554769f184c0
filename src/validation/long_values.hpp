#pragma once
#include "orderd/validation/validate.hpp"

// Values that are longer than any may be.
namespace orderd::validation {

/// A value that is cut keeps so many bytes.
inline constexpr std::size_t kept_of_long = 200;

void report_too_long(const column_info&, std::size_t bytes, reporter&);

/// Cuts the long values that were judged whole. Where a rule of the column told the length that is enough; elsewhere
/// nothing is said about the value but that it is too long.
void cut_long_values(judgement&, const severities& changed);

}
