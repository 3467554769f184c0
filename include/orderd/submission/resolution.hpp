#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/submission/search.hpp"

#include <string>
#include <string_view>
#include <vector>

// A person's decision about an order that may exist at the provider, held against what a search found. Pure.
namespace orderd::submission {

/// What a search found, as far as it speaks for or against a decision.
struct shown_evidence {
    bool searched = false; // false: the provider could not be asked, or never was
    finding found = finding::inconclusive;
    std::vector<order_code> may_be_ours, differing; // the latter: those of them that differ in something
    bool too_early = false; // less than two settle times since it was last sent: it may still be performed
    bool line_busy = false; // the provider refused a second order for the line
};
shown_evidence shown(const search_evidence&, bool line_busy);
/// With what is known of the order itself.
shown_evidence with_facts(shown_evidence, const store::doubtful_order&, std::chrono::milliseconds settle_time);
/// The same from the story (see to_json); "" and what is no evidence: not searched.
shown_evidence shown(std::string_view evidence_json, bool line_busy);

/// A search as the story keeps it, in words of several lines.
std::string evidence_words(const std::string& evidence_json, bool japanese);

struct objection {
    std::string english, japanese;
};
/// Why the decision goes against the evidence; empty texts when it does not. `event` is resolved_as_ours (with `code`),
/// resolved_as_not_created or withdraw_asked.
objection objection_to(order_event, const order_code&, const shown_evidence&);

}
