#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/store/database.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// How everything is going, for the status page and the verbs. None of these questions counts orders: they read the
// tally, and cost the same with ten orders and with ten million.
namespace orderd::store {

using counts = std::map<order_state, long>;
/// Of all that came in and was not rejected.
long ended(const counts&);
long open_orders(const counts&);
long all_orders(const counts&); // rejected ones not among them

struct batch_overview {
    batch_id id;
    std::string name, source, received_at; // Japanese time
    std::string file_name, directory;
    bool paused = false;
    std::string paused_at, paused_by;
    int rows_taken = 0, rows_rejected = 0, rows_duplicate = 0;
    counts orders;
    long purchase_price = 0, monthly_price = 0; // yen, of what was not rejected
    long unpriced = 0;                          // orders whose price is not known, and is in no sum
    std::vector<std::string> notes;             // for the person who made the file
};
struct batch_choice {
    std::optional<std::string> name; // this one only
    std::int64_t id = 0;             // or this one
    std::int64_t before = 0;         // older than this number; 0: the newest
    bool open = false;               // only those with orders that have not ended, or that are paused
    int limit = 50;
};
/// The newest first.
std::vector<batch_overview> batch_overviews(session&, const batch_choice&);

/// Something that an instance cannot do at the moment.
struct trouble {
    std::string what, state, why, since; // "the database", "is away", …; Japanese time
};
struct instance_overview {
    std::string name, started_at;
    int places = 0;
    long silent_ms = 0;
    std::vector<trouble> troubles{};
};
/// Those that did not say good-bye and were not declared lost.
std::vector<instance_overview> instance_overviews(session&);
/// Keeps what this instance cannot do, for everybody to see: JSON [{"what", "state", "why", "since"}].
void note_troubles(session&, instance_id, const std::string& json);
/// Of the instances that did not say good-bye, how many were heard within `lease`: those of a restored backup were not.
long heard_lately(const std::vector<instance_overview>&, std::chrono::milliseconds lease);
struct overview {
    counts orders;
    long oldest_ready_seconds = 0;    // since the oldest order that could be sent was due; 0: none is
    long oldest_in_doubt_seconds = 0; // since the oldest doubt began
    std::string circuit = "closed", circuit_why;
    long circuit_probe_ms = 0, paused_ms = 0;
    bool restored = false;          // from a backup: everything is searched for before it is sent
    double accepted_per_minute = 0; // answers of the provider to orders, over the last ten full minutes
    double ended_per_minute = 0;    // orders that ended, the same
    std::vector<instance_overview> instances;
    /// Nothing is sent for a moment that people notice, because the provider asked to slow down.
    bool slowed_down() const { return circuit == "closed" && paused_ms >= 1000; }
};
overview read_overview(session&);

/// What came into states in one minute, of all batches, oldest first; for a chart of throughput.
struct throughput {
    std::int64_t at = 0; // seconds since 1970
    long answered = 0, ended = 0;
};
std::vector<throughput> throughput_of(session&, int minutes);

/// How the orders of a batch stood after each minute or hour in which something moved, oldest first; at most some 400
/// points, evenly chosen.
struct progress_point {
    std::int64_t at = 0; // seconds since 1970
    counts orders;
};
std::vector<progress_point> progress_of(session&, batch_id);

/// Orders that need somebody's eye, by cause: error code, with one message as an example, of batch `of` or of the
/// newest 50 batches.
struct cause {
    std::string code, message, example_key;
    order_id example;
    counts orders;
};
std::vector<cause> causes(session&, std::optional<batch_id> of, int limit);

}
