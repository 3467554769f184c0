#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/submission/search.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A person's decision about an order that may exist at the provider, held against what a search found. Pure.
namespace orderd::submission {

/// An order at the provider that may be the one in doubt.
struct candidate {
    order_code code;
    bool ours = false;    // it agrees in everything that both sides tell
    bool hidden = false;  // the search for this order does not show it: the list of what is in progress does, or an
                          // earlier search did
    bool differs = false; // in some member
    std::string application_date, customer_site_name, status;
    std::string order_type{}, customer_site_code{};
    bool detail_unknown = false; // the provider lists it, and does not tell what it is
    bool operator==(const candidate&) const = default;
};

/// What a search found, as far as it speaks for or against a decision.
struct shown_evidence {
    bool searched = false; // false: the provider could not be asked, or never was
    finding found = finding::inconclusive;
    std::vector<candidate> candidates; // those first that agree in everything, then those that differ in nothing
    std::vector<candidate> unread;     // that it showed, and nobody can tell what they are
    std::vector<order_code> others;    // that it showed and told as another's, or could not read
    bool too_early = false;            // less than two settle times since it was last sent: it may still be performed
    bool line_busy = false;            // the provider refused a second order for the line
    bool told_created = false;         // it said that it made this one, under a code that is not its own
    order_code told_late;              // or under this one, when its row had been moved by somebody else
    order_code followed_by;            // the code of an order that is accepted
    bool told_by_provider = false;     // the code that it is followed by came from the provider, not from a person
    const candidate* candidate_of(const order_code&) const; // null: it shows none of that code
    const candidate* unread_of(const order_code&) const;    // the same of what it could not read
};
shown_evidence shown(const search_evidence&, bool line_busy);
/// With the candidates of an earlier search that this one does not show: an index may come and go. Without those that
/// were given back or ruled out.
shown_evidence with_earlier(shown_evidence, const shown_evidence& earlier, const store::doubtful_order&);
/// With what is known of the order itself.
shown_evidence with_facts(shown_evidence, const store::doubtful_order&, std::chrono::milliseconds settle_time);
/// The same from the story (see to_json); "" and what is no evidence: not searched.
shown_evidence shown(std::string_view evidence_json, bool line_busy);

/// A search as the story keeps it, in words of several lines.
std::string evidence_words(const std::string& evidence_json, bool japanese);

struct objection {
    std::string english, japanese;
    bool none() const { return english.empty(); }
};
/// Why the decision goes against the evidence; empty texts when it does not. `event` is resolved_as_ours (with `code`),
/// resolved_as_not_created, withdraw_asked, resolved_as_not_ours or search_asked.
objection objection_to(order_event, const order_code&, const shown_evidence&);

/// An order code as a person typed it: half width, without spaces around it; nothing when it is no order code of the
/// provider's (letters and digits, at most 256).
std::optional<order_code> typed_order_code(std::string_view word);
/// The order that the search shows under this code, as the provider writes it, whatever the case; else `typed`.
order_code as_the_provider_writes(const order_code& typed, const shown_evidence&);
bool same_but_for_case(const order_code&, const order_code&);

/// Why an order of the provider's cannot be this one, whatever a person says: it is of another type, or for another
/// line or site. `whose`: the order here that it is for, "#8", or "".
objection impossible_as(const provider::order_detail&, const store::doubtful_order&, const std::string& whose);

/// What the story keeps of a decision: where it was taken, the order code that was named, what it went against, and the
/// person's reason.
std::string decision_words(std::string_view where, const order_code&, const objection& against, const std::string& why);

}
