#pragma once
#include <optional>
#include <span>
#include <string_view>

// The states of an order and the one function that changes them.
namespace orderd {

enum class order_state {
    received,
    rejected,
    awaiting_approval,
    ready,
    submitting,
    in_doubt,
    accepted,
    completed,
    failed,
    cancelled,
    partially_failed,
    refused,
    held,
    withdrawn,
};
enum class order_event {
    judged_valid,
    judged_invalid,
    needs_approval,
    approved,
    claimed, // an instance took it to send it
    accepted_by_provider,
    refused_by_provider,
    not_processed,
    outcome_unknown,
    instance_lost, // the instance that claimed it is gone
    found_at_provider,
    not_found_yet,
    search_inconclusive, // the provider told nothing usable
    not_created,
    perhaps_at_provider, // something there may be this order
    search_given_up,     // the provider has told nothing usable for too long
    control_impossible,  // not found, and there is no known order to see whether searches work
    line_taken,          // not found, but the provider says that the line has a live order, or that it made this one
    several_candidates,
    late_creation_possible, // not found, but the settle time has been proven too short
    attempts_used_up,
    provider_completed,
    provider_failed,
    provider_cancelled,
    provider_partially_failed,
    hold_asked,
    release_asked,
    retry_asked,
    withdraw_asked,
    resolved_as_ours,
    resolved_as_not_created,
    batch_paused,         // a person paused the whole batch
    batch_resumed,        // and let it go on: only what that pause held
    database_restored,    // from a backup: it may have been sent after the backup was made
    search_asked,         // a person wants the provider searched again
    retry_after_search,   // to be sent again, once it is proven that it was not created
    resolved_as_not_ours, // what a person took for it is another order after all
    code_is_anothers,     // what it was followed by is surely another order: it is searched for
    following_failed,     // the provider does not tell what became of it,
    following_resumed,    // and tells it again
    code_never_known,     // the provider never knew the code that it answered: the order is searched for
    outcome_missing,      // made ready although its story leaves open what became of an attempt
};

std::string_view name(order_state);          // "in_doubt", as in the database
std::string_view japanese_name(order_state); // "確認中"
std::optional<order_state> order_state_from(std::string_view name);
std::string_view name(order_event);
bool final(order_state);
/// Whether an order that this event holds may exist at the provider: only a look there decides about it.
bool may_exist_at_provider(order_event holding);

struct transition {
    order_state from;
    order_event event;
    order_state to;
};

/// Every transition there is. A pair that is not in the table is refused.
std::span<const transition> transitions();
/// Where `event` leads from `from`; nothing when the table has no such line.
std::optional<order_state> next(order_state from, order_event event);

}
