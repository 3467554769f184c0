#pragma once
#include "orderd/store/results.hpp"

#include <string>
#include <vector>

namespace orderd::reporting {

/// What a person wants to know of a file first.
struct summary {
    std::string name; // of the batch, or of a file that is only tried
    std::int64_t taken = 0, rejected = 0, duplicate = 0;
    long purchase_price = 0, monthly_price = 0; // yen, of what was accepted
    std::vector<store::rule_count> by_rule;     // of the rejected rows
    std::vector<std::string> notes;
    bool tried = false; // nothing was stored
    long awaiting_approval = 0;
    long unpriced = 0; // of the accepted ones: those whose price is not known, and is in no sum
};

/// In Japanese, then in English; the lines end with `line_break`.
std::string text(const summary&, std::string_view line_break);

/// 1234567 as "1,234,567".
std::string with_commas(long amount);

}
