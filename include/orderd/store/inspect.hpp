#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/store/database.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// What people ask: counts, lists, one order's story. Values come as text, an absent one as nothing.
namespace orderd::store {

struct table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
};

struct state_count {
    order_state state;
    long count = 0;
    long must_be_resolved = 0; // of these; only where orders are matched one by one
};
/// Orders by state, of one batch or of all.
std::vector<state_count> count_states(session&, const std::optional<std::string>& batch);

struct order_filter {
    std::optional<std::string> state, batch, line_id, customer_site_code, error_code;
    std::optional<std::string> since, until; // Japanese days on which rows came, YYYY-MM-DD, both included
    std::optional<std::string> text;         // a part of the site's or the case's name
    int limit = 100;
    std::int64_t before = 0; // older than this number; 0: the newest
    bool empty() const
    {
        return !(state || batch || line_id || customer_site_code || error_code || since || until || text);
    }
};
table order_list(session&, const order_filter&);
/// The orders that match by state; `limit` and `before` do not matter.
std::vector<state_count> count_matching(session&, const order_filter&);

struct found_order {
    order_id id;
    int revision = 0;
    order_state state;
    std::string request_key, order_code;
    bool must_be_resolved = false; // held because it may exist at the provider
    bool details_gone = false;     // retention emptied what would be sent
    bool taken_by_person = false;  // accepted because a person said which order at the provider it is
    // Accepted under a code that the provider does not know or does not tell of, refused by what may be the answer to
    // its own second request, or refused although its story leaves open what became of an attempt.
    bool may_be_elsewhere = false;
    bool failed_open = false; // failed, and its story leaves that open
};
/// The order with this number here.
std::optional<found_order> find_order(session&, order_id);
/// The number in "#17"; nothing for any other word.
std::optional<order_id> order_number(const std::string& word);
/// The orders that a word of a person names, by number. "#17" is the number 17 and nothing else; any other word is a
/// request_key, an order code, a requestId of the provider or, being digits, a number. More than one where it fits
/// different orders: which is meant is for the person to say.
std::vector<found_order> find_orders(session&, const std::string& word);
/// What tells orders apart: number, request_key, batch, state, customer_site_name.
table names_of_orders(session&, const std::vector<found_order>&);
/// The orders that match with a number above `after`, the oldest first, at most `limit`.
std::vector<found_order> orders_matching(session&, const order_filter&, order_id after, int limit);
/// Those of a batch that its pause holds.
std::vector<found_order> held_by_pause(session&, std::int64_t batch, order_id after, int limit);
/// Tells the daemons that orders may have become ready.
void wake_submission(session&);
/// Says that a batch is paused, or not any more; false when there is none of this name.
bool set_paused(session&, const std::string& batch, bool paused, const std::string& operator_name);
/// Its line of the table without the body, as one row; and its events, oldest first.
table order_line(session&, order_id);
table order_events(session&, order_id);
/// What the last search for an order found, as kept in its story.
struct kept_evidence {
    std::int64_t event = 0; // its number
    std::string at, json;   // Japanese time
    long seconds_ago = 0;
};
std::optional<kept_evidence> last_evidence(session&, order_id);
/// What could make this server forget what it committed, in words for a person.
std::vector<std::string> durability_risks(session&);
/// What `check` wants to know about the server.
struct server_state {
    int version = 0; // 150018
    std::string version_text, encoding;
    double clock_ahead_seconds = 0; // of this machine's
    int connections_left = 0;
    std::vector<std::string> missing_roles;
    bool may_create_roles = false; // then the daemon makes those that are missing
    bool may_make_schema = false;
    bool read_only = false; // a standby, or told so
};
/// What keeps this server or database from ever being used, and what to do.
struct server_fault {
    std::string what, remedy;
};
std::optional<server_fault> fault_of(const server_state&);
server_state read_server_state(session&);
/// Asks the server something small; throws `unavailable` when it does not answer.
bool reachable(session&);
bool batch_exists(session&, const std::string& batch);
table product_list(session&);
/// What products cost, and from when to when.
table product_history(session&);

}
