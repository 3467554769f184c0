#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/store/database.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// The questions that move orders. Each is one statement on a batch and may be repeated when its commit is in doubt.
namespace orderd::store {

using milliseconds = std::chrono::milliseconds;

/// An order that this instance may send now.
struct claimed_order {
    order_id id;
    int revision = 0;
    int attempts = 0; // this one included
    int doubts = 0;
    order_request request;
    bool left_open = false; // it is not to be sent: its story leaves open that it exists, and it is in doubt now
};
/// What a statement took of the orders that it picked, and those that it could not change: somebody's trigger kept them
/// as they were.
template <class T>
struct taken_rows {
    T taken{};
    std::vector<order_id> unchanged{};
};
/// Numbers of orders that a statement leaves out, as an array of PostgreSQL.
inline const std::string no_orders = "{}";
/// Where in the line of ready orders, by due time and number, the next claim looks on. What becomes ready before it is
/// found when the line is looked at from its beginning again.
struct claim_cursor {
    std::int64_t due = 0; // microseconds of Unix time
    std::int64_t id = 0;
    auto operator<=>(const claim_cursor&) const = default;
};
/// At most `limit` ready orders, `submitting` and owned by `owner` when this returns, but for those that are left_open:
/// the write-ahead. None while the circuit is open, unless `probe` and this instance has the probe. `settle_time` is
/// kept with them: whoever takes them over waits as long. Moves `from` behind them; to the beginning when there were
/// fewer than `limit`.
taken_rows<std::vector<claimed_order>> claim_orders(session&, instance_id owner, int limit, bool probe,
                                                    milliseconds settle_time, claim_cursor& from,
                                                    const std::string& without = no_orders);
/// The order that a claim from there would begin with; none: nothing is due, or others have it.
std::optional<order_id> first_to_claim(session&, const claim_cursor& from, const std::string& without);
/// Where the claim of a probe begins: at a due order that was tried little.
claim_cursor probe_candidate(session&);
/// Everything that `owner` has claimed and not recorded: also what it never heard of, because the answer was lost.
struct own_claim {
    order_id id;
    int revision = 0;
};
std::vector<own_claim> own_claims(session&, instance_id owner);
/// How long until the next ready order is due; nothing when none is ready.
std::optional<milliseconds> next_due(session&, const std::string& without = no_orders);

/// One transition of one order, and all that is known of why.
struct order_move {
    order_id id;
    int revision = 0; // as the mover knows it
    order_state from;
    order_event event;
    std::string why;
    int http_status = 0;
    std::string request_id, errors_json, raw;
    order_code code;
    std::string error_code, error_message;
    std::optional<milliseconds> delay; // until the next thing may be done with it
    milliseconds settle_time{0};       // of the one who sent it: until it may be searched for
    bool attempt_given_back = false;   // it was not really tried
    int searches = 0, uncontrolled_searches = 0;
    std::string evidence_json{}; // what a search found
    std::string provider_status, customer_site_code, application_date, hope_to_start_at, hope_to_end_at, global_ip;
};
/// Moves orders by the table of transitions; throws std::logic_error for a move that is not in it. Gives the orders
/// that moved: the others were no longer in the state and revision their mover knew, or are `unchanged_orders`.
std::vector<order_id> move_orders(session&, const std::vector<order_move>&, instance_id by,
                                  const std::string& operator_name = {});
/// Those of orders that did not move which still are as their mover knew them: somebody's trigger keeps them so.
std::vector<order_id> unchanged_orders(session&, const std::vector<order_move>&, instance_id by);
/// Why an answer is kept as an event alone; orderd.code_told_late reads the order code behind these words.
inline const std::string moved_by_somebody = "the order had been moved by somebody else when this came",
                         row_kept_as_it_was = "the database keeps the order as it was";
/// Keeps, as events, what the provider answered about orders that did not move, and `how_come`. Gives how many there
/// were: a repeated statement finds its own events and keeps nothing twice.
int keep_late_answers(session&, const std::vector<order_move>&, instance_id by, const std::string& how_come);
/// Those that somebody's transaction has locked at this moment.
std::vector<order_id> locked_orders(session&, const std::vector<order_id>&);
struct moved_orders {
    std::vector<order_id> moved;
    int late_answers = 0;              // of those that had been moved by somebody else
    std::vector<order_id> unchanged{}; // as their mover knew them, although it may move them
};

/// An order in doubt, and what is known of its doubt.
struct doubtful_order {
    order_id id;
    int revision = 0, attempts = 0;
    int searches = 0;              // empty ones of this doubt that controls vouched for
    int uncontrolled_searches = 0; // empty ones for which no control was possible
    order_type type = order_type::start;
    order_request request;
    utc_time submitted_at{};                        // the first of the attempts that may have created it
    milliseconds settle_time{0};                    // of the daemon that claimed it last; 0: not known
    std::optional<milliseconds> inconclusive_for{}; // how long searches have told nothing usable
    milliseconds sent_ago{-1};                      // the last attempt; -1: not known
    bool resent = false;                            // two searches had not found it, and it was sent again
    bool line_busy = false;                         // 4000139 was answered after a doubt: something lives there
    std::vector<order_code> given_back{};           // a person took these for it, and then said that they are not
    std::vector<order_code> ruled_out{};            // it was followed by these, and they are other orders
    bool told_created = false;                      // the provider said that it made it, under a code not its own
    std::vector<order_code> shown_before{};         // earlier searches showed these, and not as surely another's
    int shown_unnamed = 0;                          // orders in the fullest search of which one had no order code
    order_code told_late{};                         // or under this one, when its row had been moved by somebody else
};
struct doubtful_orders {
    std::vector<doubtful_order> orders;
    milliseconds settle_time_too_short{-1}; // the longest settle time that was proven too short, -1: none
};
/// Orders in doubt whose settle time is over; hidden from other searchers for `hidden`.
taken_rows<doubtful_orders> due_in_doubt(session&, int limit, milliseconds hidden,
                                         const std::string& without = no_orders);
std::optional<order_id> first_in_doubt(session&, const std::string& without);
/// The same of one order, whatever its state; nothing when it was never judged.
std::optional<doubtful_order> order_to_search(session&, order_id);
/// The other change orders here of the site of a change that were sent and have not ended: what is there may be theirs.
struct change_beside {
    doubtful_order order;
    order_code code; // "" when none is known of it
};
std::vector<change_beside> changes_beside(session&, order_id);
/// The provider created an order after two searches, `settle_time` apart, had not found it.
void note_late_creation(session&, milliseconds settle_time);
/// The search failed; it is due again after `delay`.
void postpone_search(session&, const doubtful_order&, milliseconds delay);
/// An order code that belongs to an order here, or did before it was retried, and what that order is for
/// ("start:LINE").
struct owned_code {
    order_code code;
    std::string natural_key;
    order_id owner{};
    bool ended = true; // false: the order had it when it was made to be searched for, by whatever way
};
std::vector<owned_code> owned_order_codes(session&, const std::vector<order_code>& codes);
/// Those of `codes` that were seen at the provider before the order was first sent.
std::vector<order_code> seen_before(session&, order_id, const std::vector<order_code>& codes);
/// These orders at the provider, of nobody here, have been seen.
void note_seen(session&, const std::vector<order_code>& codes);
/// An order here that a search by `key` (a line for a start, else a site) must find at the provider.
struct known_order {
    order_code code;
    std::string key;
    bool in_progress = false;   // as far as is known here
    std::string accepted_on{};  // YYYYMMDD in Tokyo, "" when not known
    std::string site_name{};    // as it was sent, "" when not known
    std::string wanted_day{};   // the same of the day on which it shall open or end
    bool long_accepted = false; // two settle times ago
};
/// At most three of this type, the best first.
std::vector<known_order> known_orders(session&, order_type, milliseconds settle_time);

struct tracked_order {
    order_id id;
    int revision = 0;
    order_code code;
    std::string opening_day{}, case_name{}; // as ordered: YYYYMMDD, or ""
    std::string error_code{};               // why it cannot be followed; "" when it can
    bool disputed = false;                  // the provider told its code of another order, too
    bool code_not_seen = false;             // nothing that is kept shows that the provider knows the code
};
std::vector<tracked_order> tracked_orders(session&);

/// What an order in progress is for, to compare with what the provider tells of it.
struct followed_order {
    order_id id;
    order_type type = order_type::start;
    order_request request;
    bool taken_by_person = false;    // who decided that the code is its own
    bool seen_before = false;        // the code was there before the order was first sent
    bool told_twice = false;         // the provider told the code of another order here, too
    bool code_never_known = false;   // it came with the answer, and no sweep has seen since that the provider knows it
    bool of_earlier_attempt = false; // the code was this order's before it was sent again
};
/// What surely differs between an order and what the provider tells under its code, in words without secrets; "" where
/// nothing does.
struct contradiction {
    std::string english{}, japanese{};
    bool only_doubt = false; // nothing differs, and nothing shows that it is this order
    bool none() const { return english.empty(); }
};
std::vector<followed_order> followed_orders(session&, const std::vector<order_id>&);
/// A sweep that began `ago` has seen that the provider knows the codes of all orders accepted before, but for
/// `unknown`.
void note_codes_known(session&, milliseconds ago, const std::vector<order_id>& unknown);

/// Registers one start of the daemon.
instance_id register_instance(session&, const std::string& name);
void say_goodbye(session&, instance_id);
struct live_instance {
    instance_id id;
    std::string name;
};
std::vector<live_instance> live_instances(session&);
/// Declares an instance lost of which it is known that it is gone; the next reaping takes over its orders.
void declare_lost(session&, instance_id);
struct reaped {
    int instances = 0, orders = 0;
};
/// Declares silent instances lost; gives how many.
int reap_instances(session&, instance_id by, milliseconds lease);
/// Puts claimed orders of instances that are gone in doubt, at most `limit`; gives how many.
taken_rows<int> take_over_lost(session&, instance_id by, int limit, milliseconds settle_time,
                               const std::string& without = no_orders);
std::optional<order_id> first_of_lost(session&, const std::string& without);
/// Whether this instance holds the duty for the next `how_long`.
bool take_duty(session&, const std::string& name, instance_id, milliseconds how_long);

}
