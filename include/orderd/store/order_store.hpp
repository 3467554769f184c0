#pragma once
#include "orderd/core/circuit.hpp"
#include "orderd/store/database.hpp"
#include "orderd/store/orders.hpp"

#include <memory>

// What the loops ask of the store, awaitable. PostgreSQL answers; the deterministic simulation answers from memory.
namespace orderd::store {

/// The circuit that all instances share, as it was when asked.
struct shared_circuit {
    circuit_state state = circuit_state::closed;
    std::string why;
    int failed_probes = 0;
    milliseconds probe_in{0};   // open: until a probe may go out
    milliseconds paused_for{0}; // until a pause that the provider asked for is over
    bool probing = false;       // somebody's probe is out
};

/// What an instance holds from one heartbeat to the next.
struct held_lease {
    bool live = false;   // false: declared lost; it must not send or record under this number any more
    int places = 0;      // requests it may have on the wire
    int instances = 1;   // live ones, itself included
    bool settled = true; // false: the places of the instances are being shared anew
};
struct wished_places {
    int total = 64; // of all instances together
    int cap = 0;    // of this one, 0: none
    int in_use = 0;
};

/// Every question is one transaction and may be repeated when its commit is in doubt. Throws `unavailable` when the
/// database is away (whether it was committed is then unknown), `statement_failed` for a defect.
class order_store {
public:
    virtual ~order_store() = default;

    /// See claim_orders in orders.hpp; `probe`: although the circuit is open, whose probe this instance has.
    virtual asio::awaitable<std::vector<claimed_order>> claim(instance_id owner, int limit, bool probe,
                                                              milliseconds settle_time) = 0;
    virtual asio::awaitable<std::vector<own_claim>> own_claims(instance_id owner) = 0;
    virtual asio::awaitable<std::optional<milliseconds>> next_due() = 0;
    /// Moves orders and keeps the answers of those that were somebody else's by then.
    virtual asio::awaitable<moved_orders> move(std::shared_ptr<const std::vector<order_move>>, instance_id by) = 0;

    /// Those that somebody's transaction has locked.
    virtual asio::awaitable<std::vector<order_id>> locked(std::vector<order_id>) = 0;

    virtual asio::awaitable<doubtful_orders> due_in_doubt(int limit, milliseconds hidden) = 0;
    virtual asio::awaitable<void> postpone_search(doubtful_order, milliseconds delay) = 0;
    virtual asio::awaitable<std::vector<owned_code>> owned_codes(std::vector<order_code>) = 0;
    virtual asio::awaitable<std::vector<order_code>> seen_before(order_id, std::vector<order_code>) = 0;
    virtual asio::awaitable<void> note_seen(std::vector<order_code>) = 0;
    virtual asio::awaitable<std::vector<known_order>> known_orders(order_type, milliseconds settle_time) = 0;
    virtual asio::awaitable<std::vector<change_beside>> changes_beside(order_id) = 0;
    virtual asio::awaitable<void> note_late_creation(milliseconds settle_time) = 0;

    virtual asio::awaitable<std::vector<tracked_order>> tracked() = 0;
    virtual asio::awaitable<std::vector<followed_order>> followed(std::vector<order_id>) = 0;
    virtual asio::awaitable<void> note_codes_known(milliseconds ago, std::vector<order_id> unknown) = 0;

    virtual asio::awaitable<instance_id> register_instance(std::string name) = 0;
    virtual asio::awaitable<held_lease> heartbeat(instance_id, wished_places) = 0;
    virtual asio::awaitable<void> say_goodbye(instance_id) = 0;
    virtual asio::awaitable<reaped> reap(instance_id by, milliseconds lease, milliseconds settle_time) = 0;
    virtual asio::awaitable<bool> take_duty(std::string name, instance_id, milliseconds how_long) = 0;

    /// Reserves `count` places on the line of requests, `per_second` of them a second for all instances together; how
    /// long until the first. The others follow evenly.
    virtual asio::awaitable<std::chrono::microseconds> reserve_requests(double per_second, int count) = 0;

    virtual asio::awaitable<shared_circuit> read_circuit() = 0;
    virtual asio::awaitable<void> open_circuit(circuit_state, std::string why, milliseconds pause) = 0;
    virtual asio::awaitable<void> close_circuit() = 0;
    virtual asio::awaitable<void> pause_sending(milliseconds) = 0;
    /// True: this instance alone may look whether the provider is well again, for `how_long`.
    virtual asio::awaitable<bool> take_probe(instance_id, milliseconds how_long) = 0;
    virtual asio::awaitable<void> probe_failed(instance_id, circuit_state, std::string why, milliseconds pause) = 0;
};

/// `leases`: the connection for heartbeats, duties and the circuit, which no claim and no group of answers holds up.
std::unique_ptr<order_store> make_order_store(database&, database& leases, logger&);

/// Renews the lease and shares the places anew (see places_for in core).
held_lease heartbeat(session&, instance_id, const wished_places&);
shared_circuit read_circuit(session&);

}
