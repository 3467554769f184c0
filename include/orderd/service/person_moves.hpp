#pragma once
#include "orderd/store/inspect.hpp"

#include <functional>
#include <string>

// What a person decides about orders and batches, from the command line or the status page. Blocking.
namespace orderd::service {

/// Who decides, and why; both are kept with the event.
struct decision_of_person {
    std::string operator_name, why;
    bool resolves = false;       // decided with a look at what the provider has
    std::string evidence_json{}; // what was shown
};

/// What became of one order: moved, or why it was not, in words.
struct move_outcome {
    bool moved = false;
    std::string words;
};
/// Moves one order. Refuses what the table of transitions does not have, and to release or withdraw what may exist at
/// the provider: that is for `orders resolve`. `code`: the order code, when it is resolved as ours.
move_outcome move_order(store::session&, const store::found_order&, order_event, const decision_of_person&,
                        const std::string& code = {});
/// Whether `event` may be asked for this order, and otherwise why not; "" when it may.
std::string why_not(const store::found_order&, order_event, bool resolves = false);

/// Whether a retry first searches the provider: it refused the order for a live one of its line or site (4000139),
/// which may be this very order where a gateway repeated the request.
bool searched_before_retry(const store::found_order&, order_event);

struct bulk_outcome {
    long moved = 0, left = 0; // left: changed in the meantime, or not to be moved
    long for_resolve = 0;     // of these: they may exist at the provider
};
/// Moves all that match, some hundred a transaction; stops and goes on where it was when it is called again.
bulk_outcome move_matching(store::session&, const store::order_filter&, order_event, const decision_of_person&,
                           const std::function<void(long done)>& tell = {});

/// Sends nothing of the batch any more: what is ready is held. What is on the wire comes home. False: no such batch.
bool pause_batch(store::session&, const std::string& batch, const std::string& operator_name,
                 const std::function<void(long done)>& tell = {});
/// Lets go what the pause held, and nothing else.
bool resume_batch(store::session&, const std::string& batch, const std::string& operator_name,
                  const std::function<void(long done)>& tell = {});

}
