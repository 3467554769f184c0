#pragma once
#include "orderd/store/errors.hpp"
#include "orderd/store/order_store.hpp"
#include "scheduler.hpp"

#include <boost/asio/associated_executor.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

// What PostgreSQL keeps, in memory: each question is one transaction, as its statement in sql/queries says. An
// integration test asks both the same questions and compares the answers.
namespace orderd::simulation {

struct order_row {
    order_id id;
    std::string natural_key;
    order_request request;
    order_type type = order_type::start;
    order_state state = order_state::ready;
    int revision = 0, attempts = 0, doubts = 0, searches = 0, uncontrolled_searches = 0;
    instance_id owner;
    time_point not_before{}, received{}, accepted{};
    store::milliseconds settle_time{0};
    std::optional<time_point> submitted, first_submitted, not_created_at, inconclusive_since, proven_absent;
    bool line_busy = false;
    bool background = false; // was there before, and stays in progress
    std::string code, error_code;
    std::string_view held_by{}; // the event
    time_point held_at{};
    std::string evidence; // of the last search
    std::set<std::string> codes_ever;
    std::set<std::string> codes_accepted,
        codes_of_earlier_attempts;          // that it was followed by; before it was sent again
    std::set<std::string> answered_codes{}; // that the provider answered with
    std::string taken_by{};                 // the event by which it was accepted last
    std::vector<std::string> ruled_out{};
    bool told_no_own_code = false; // the provider answered with a code that is not its own, and that it does not know
    std::set<std::string> told_of_others{};                        // codes of its answers that were another order's
    std::set<std::tuple<int, std::int64_t, std::string>> recorded; // revision, author, and event with its code
    std::vector<std::string> late_codes{};                         // of answers that came when its row had been moved
    std::set<std::string> codes_in_story{};                        // of its events
    std::string_view last_told{}; // the last event that says what is known of an attempt
    bool unfinished = false;      // an attempt was begun while it was open what became of the one before
    /// The order code that was told late and of which nobody has decided since; "" for none.
    std::string told_late() const;
    /// Whether its story leaves open that it exists at the provider.
    bool left_open() const;
    std::set<std::string> shown_before{}; // codes that its searches showed, and not as another's
    int shown_unnamed = 0;                // orders in the fullest search of which one had no order code
    void note_shown(bool not_created);    // what its evidence tells
    /// Held because it may exist at the provider.
    bool must_be_resolved() const;
};

/// The database as everybody sees it.
class memory_tables {
public:
    struct instance_row {
        instance_id id;
        time_point heartbeat{};
        bool stopped = false, lost = false;
        int places = 0, cap = 0;
    };
    std::map<std::int64_t, order_row> orders;
    std::map<std::int64_t, instance_row> instances;
    std::map<std::string, time_point> seen; // order codes of others
    // A restore from a backup: when, what was the backup's time, and up to which order it reaches once it is over.
    std::optional<time_point> restored_at, restored_from;
    bool restoring = false;
    store::milliseconds restored_settle{0};
    std::int64_t restored_through = 0;
    int epoch = 0; // grows with each restore: what was on its way to the database before it never comes
    // What the simulation may leave out, to see that it would be noticed.
    bool forget_settle_time = false, forget_restore = false, forget_line_busy = false, forget_shown = false;
    std::map<std::string, std::pair<instance_id, time_point>> duties;
    circuit_state circuit = circuit_state::closed;
    std::string circuit_why;
    int failed_probes = 0;
    time_point probe_at{}, probe_until{}, paused_until{}, next_request{};
    instance_id prober;
    store::milliseconds settle_time_too_short{-1};
    std::optional<time_point> codes_known_until;
    long late_answers = 0;
    std::function<void(const order_row&, std::string_view event)> moved = [](auto&, auto) {}; // for the story

    bool live(instance_id id) const
    {
        auto at = instances.find(id.value);
        return at != instances.end() && !at->second.lost;
    }
    /// `chosen`: the order that PostgreSQL took for a probe, which may be any that is due.
    std::vector<store::claimed_order> claim(instance_id owner, int limit, bool probe, store::milliseconds settle,
                                            time_point now, std::optional<order_id> chosen = {});
    std::optional<store::milliseconds> next_due(time_point now) const;
    store::moved_orders move(const std::vector<store::order_move>&, instance_id by, time_point now);
    store::doubtful_orders due_in_doubt(int limit, store::milliseconds hidden, time_point now, utc_time utc);
    std::vector<store::change_beside> changes_beside(order_id, time_point now, utc_time utc) const;
    std::vector<store::owned_code> owned(const std::vector<order_code>&) const;
    std::vector<order_code> seen_before(order_id, const std::vector<order_code>&) const;
    /// Whether this code was told of another order, too, which is in doubt since.
    bool disputed(const std::string& code) const;
    std::vector<store::known_order> known_orders(order_type, store::milliseconds settle, time_point now) const;
    /// Whether an order may be sent as far as a restore goes.
    bool searched_since_restore(const order_row&) const;
    /// When an order may be searched for at the earliest that a person wants searched.
    time_point searchable(const order_row&) const;
    /// What `orders reconcile --since` does, and the housekeeper from then on.
    void restored(time_point backup, store::milliseconds settle, time_point now);
    void doubt_restored(time_point now);
    /// Writes an event into the story of an order.
    void tell(order_row&, std::string_view event);
    store::held_lease heartbeat(instance_id, const store::wished_places&, time_point now);
    store::reaped reap(instance_id by, store::milliseconds lease, store::milliseconds settle, time_point now);
    bool take_duty(const std::string&, instance_id, store::milliseconds, time_point now);
    std::chrono::microseconds reserve(double per_second, int count, time_point now);
    bool take_probe(instance_id, store::milliseconds, time_point now);
};

/// How the way to the database behaves.
struct database_faults {
    bool away = false;      // every question fails
    double lost_before = 0; // the connection breaks before the transaction
    double lost_after = 0;  // after it: the answer never comes
    double ghost = 0;       // the answer does not come, and the transaction is committed seconds later
    duration slowest = 20ms;
};

/// One process's connections.
class memory_store final : public store::order_store {
public:
    memory_store(process& p, memory_tables& tables, database_faults& faults)
        : process_(p), tables_(tables), faults_(faults)
    {
    }

    asio::awaitable<std::vector<store::claimed_order>> claim(instance_id owner, int limit, bool probe,
                                                             store::milliseconds settle) override;
    asio::awaitable<std::vector<store::own_claim>> own_claims(instance_id owner) override;
    asio::awaitable<std::optional<store::milliseconds>> next_due() override;
    asio::awaitable<store::moved_orders> move(std::shared_ptr<const std::vector<store::order_move>>,
                                              instance_id) override;
    asio::awaitable<std::vector<order_id>> locked(std::vector<order_id>) override { co_return std::vector<order_id>{}; }
    asio::awaitable<store::doubtful_orders> due_in_doubt(int limit, store::milliseconds hidden) override;
    asio::awaitable<void> postpone_search(store::doubtful_order, store::milliseconds) override;
    asio::awaitable<std::vector<store::owned_code>> owned_codes(std::vector<order_code>) override;
    asio::awaitable<std::vector<order_code>> seen_before(order_id, std::vector<order_code>) override;
    asio::awaitable<void> note_seen(std::vector<order_code>) override;
    asio::awaitable<std::vector<store::known_order>> known_orders(order_type, store::milliseconds) override;
    asio::awaitable<std::vector<store::change_beside>> changes_beside(order_id) override;
    asio::awaitable<void> note_late_creation(store::milliseconds) override;
    asio::awaitable<std::vector<store::tracked_order>> tracked() override;
    asio::awaitable<std::vector<store::followed_order>> followed(std::vector<order_id>) override;
    asio::awaitable<void> note_codes_known(store::milliseconds ago, std::vector<order_id> unknown) override;
    asio::awaitable<instance_id> register_instance(std::string) override;
    asio::awaitable<store::held_lease> heartbeat(instance_id, store::wished_places) override;
    asio::awaitable<void> say_goodbye(instance_id) override;
    asio::awaitable<store::reaped> reap(instance_id, store::milliseconds, store::milliseconds) override;
    asio::awaitable<bool> take_duty(std::string, instance_id, store::milliseconds) override;
    asio::awaitable<std::chrono::microseconds> reserve_requests(double, int) override;
    asio::awaitable<store::shared_circuit> read_circuit() override;
    asio::awaitable<void> open_circuit(circuit_state, std::string, store::milliseconds) override;
    asio::awaitable<void> close_circuit() override;
    asio::awaitable<void> pause_sending(store::milliseconds) override;
    asio::awaitable<bool> take_probe(instance_id, store::milliseconds) override;
    asio::awaitable<void> probe_failed(instance_id, circuit_state, std::string, store::milliseconds) override;

private:
    /// Runs `transaction` at the database some time later, and gives its value back later still; or what a broken
    /// connection gives.
    template <class T>
    asio::awaitable<T> run(std::function<T()> transaction)
    {
        auto initiate = [this](auto handler, std::function<T()> work) {
            auto& world = process_.world();
            auto executor = asio::get_associated_executor(handler);
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            auto answer = [this, kept, executor, &world](std::exception_ptr failed, T value, duration later) {
                world.add(world.now() + later, &process_, [kept, executor, failed, value = std::move(value)]() mutable {
                    asio::post(executor, [kept, failed, value = std::move(value)]() mutable {
                        std::move (*kept)(failed, std::move(value));
                    });
                });
            };
            auto there = world.between(100us, faults_.slowest), back = world.between(100us, faults_.slowest);
            auto broken = [] { return std::make_exception_ptr(store::unavailable("the connection broke")); };
            if (faults_.away || world.chance(faults_.lost_before)) return answer(broken(), T{}, there);
            bool lost = world.chance(faults_.lost_after), ghost = world.chance(faults_.ghost);
            auto still_there = [epoch = tables_.epoch, there_tables = &tables_] {
                return there_tables->epoch == epoch;
            };
            if (ghost) {
                answer(broken(), T{}, there);
                world.after(there + world.between(1s, 20s), [work, still_there] {
                    try {
                        if (still_there()) work();
                    } catch (const store::statement_failed&) { // and is rolled back; nobody hears of it
                    }
                });
                return;
            }
            world.after(there, [answer, work, lost, back, broken, still_there] {
                if (!still_there()) return answer(broken(), T{}, back);
                try {
                    auto value = work();
                    lost ? answer(broken(), T{}, back) : answer(nullptr, std::move(value), back);
                } catch (...) {
                    answer(std::current_exception(), T{}, back);
                }
            });
        };
        return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, T)>(
            initiate, asio::use_awaitable, std::move(transaction));
    }
    time_point now() const { return process_.world().now(); }

    process& process_;
    memory_tables& tables_;
    database_faults& faults_;
};

}
