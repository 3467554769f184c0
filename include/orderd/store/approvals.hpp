#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/store/database.hpp"
#include "orderd/store/inspect.hpp"
#include "orderd/store/left_out_rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Consent to what a batch costs, before anything of it is sent.
namespace orderd::store {

/// What waits for consent: everything, or batches whose first year costs more than `above` yen (0: no such bound).
struct approval_policy {
    bool always = false;
    long above = 0;
    bool wanted() const { return always || above > 0; }
    bool operator==(const approval_policy&) const = default;
};

/// What a batch waits with. The first year is the initial fees and twelve monthly fees.
struct awaiting_batch {
    batch_id id;
    std::string name;
    std::vector<std::string> brought_by; // some of them by name
    int brought_by_more = 0;             // and so many more
    int orders = 0;
    long purchase_price = 0, monthly_price = 0, first_year_price = 0; // yen, as far as known
    int unpriced = 0;                                                 // orders whose price is not known
    std::string fingerprint;                                          // of the orders: others have another
    // What may still join them; until there is none, nobody can know what the batch costs, and nothing is decided.
    int received = 0; // orders that are not judged yet
    int to_come = 0;  // rows of intake.order_row that are not taken in yet
    /// Where orders cannot be judged because the product catalogue has never been read: why, "" if not known.
    std::optional<std::string> no_catalogue;
    bool complete() const { return received + to_come == 0; }
};
/// Who brought it, for people.
std::string people(const awaiting_batch&);
/// Nothing when no order of the batch waits, nor will.
std::optional<awaiting_batch> awaiting_approval(session&, const std::string& batch);
/// Why nothing can be decided about a batch that is not complete, and what to do.
std::string why_incomplete(const awaiting_batch&, bool japanese);

/// The last ten decisions about a batch, newest first: at (Japanese time), decision, decided_by, orders,
/// first_year_price, why.
table decisions(session&, batch_id);

struct approval_request {
    std::string batch;
    bool approve = true;                              // false: decline, which withdraws the orders
    std::string by, channel, why;                     // channel: verb, page or table
    std::optional<long> orders_seen, first_year_seen; // what the person looked at
    std::optional<std::string> fingerprint_seen{};    // and which orders; a table of figures cannot tell
};
enum class approval_result { done, no_batch, nothing_waits, incomplete, changed, own_batch, too_long };
struct approval_outcome {
    approval_result result = approval_result::done;
    int orders = 0;
    std::string japanese, english; // what came of it, or why nothing did and what to do
};
/// Decides about everything that waits in a batch: what waits is compared with what was seen, moved and kept with the
/// decision in one statement, so that nothing slips in between. Refuses when what waits is not what was seen, while
/// more of the batch is still to be taken in or judged, and who brought the batch.
approval_outcome decide_approval(session&, const approval_request&);

/// Decisions that other systems inserted into intake.approval: looks at each and writes there what came of it. A text
/// that is too long is refused; only its beginning is read.
inline constexpr std::int64_t longest_reason = 2'048; // bytes
struct table_approval {
    std::string batch, by; // of long ones the beginning
    approval_outcome outcome;
};
/// What came of it could not be written there: neither is the decision. Such rows are added to `refused`, and those in
/// it are left out. At most `approvals_at_once`, oldest first: as many as that, and more may wait.
inline constexpr std::size_t approvals_at_once = 200;
std::vector<table_approval> answer_approvals(session&, left_out_rows& refused);

/// Lets batches go that are complete and cost no more than the policy allows: after rows that waited for the catalogue
/// were judged, and when the last rows of a table were taken in. Batches of which the database refuses that are added
/// to `refused`, by their numbers; the others go.
void approve_below(session&, const approval_policy&, left_out_rows& refused);

}
