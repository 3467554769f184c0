#include "orderd/store/order_store.hpp"
#include "moves_of.hpp"
#include "ready_line.hpp"
#include "session.hpp"

#include <chrono>
#include <cmath>

namespace orderd::store {

shared_circuit read_circuit(session& s)
{
    auto r = one_row(s.ask(ORDERD_SQL(read_circuit)), "orderd.circuit");
    return {circuit_state_from(r[0].as<std::string>()),
            r[1].as<std::string>(),
            r[2].as<int>(),
            milliseconds(r[3].as<std::int64_t>()),
            milliseconds(r[4].as<std::int64_t>()),
            r[5].as<bool>()};
}

namespace {

class postgres_orders final : public order_store {
public:
    postgres_orders(database& db, database& leases, logger& log)
        : database_(db),
          leases_(leases),
          ready_(log),
          refused_in_doubt_(log, "search for orders in doubt"),
          refused_of_lost_(log, "take over from a lost instance")
    {
    }

    // Questions get a name before co_await: see database::run.
    asio::awaitable<std::vector<claimed_order>> claim(instance_id owner, int limit, bool probe,
                                                      milliseconds settle_time) override
    {
        auto ask = [=, this](session& s) { return ready_.claim(s, owner, limit, probe, settle_time); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<std::vector<own_claim>> own_claims(instance_id owner) override
    {
        auto ask = [=](session& s) { return store::own_claims(s, owner); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<std::optional<milliseconds>> next_due() override
    {
        auto ask = [this](session& s) { return ready_.next_due(s); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<moved_orders> move(std::shared_ptr<const std::vector<order_move>> moves, instance_id by) override
    {
        auto ask = [moves, by](session& s) {
            moved_orders out{move_orders(s, *moves, by)};
            if (out.moved.size() == moves->size()) return out;
            auto left = moves_without(*moves, out.moved);
            out.unchanged = unchanged_orders(s, left, by);
            out.late_answers = keep_late_answers(s, moves_without(left, out.unchanged), by, moved_by_somebody);
            keep_late_answers(s, moves_of(left, out.unchanged), by, row_kept_as_it_was);
            return out;
        };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<std::vector<order_id>> locked(std::vector<order_id> ids) override
    {
        auto ask = [ids](session& s) { return locked_orders(s, ids); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<doubtful_orders> due_in_doubt(int limit, milliseconds hidden) override
    {
        auto ask = [=, this](session& s) {
            auto take = [&](int size, const std::string& without) {
                return store::due_in_doubt(s, size, hidden, without);
            };
            auto first = [&](const std::string& without) { return first_in_doubt(s, without); };
            return refused_in_doubt_.take(s, limit, take, first);
        };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<void> postpone_search(doubtful_order order, milliseconds delay) override
    {
        auto ask = [order, delay](session& s) { return store::postpone_search(s, order, delay), true; };
        co_await database_.run(ask);
    }
    asio::awaitable<std::vector<owned_code>> owned_codes(std::vector<order_code> codes) override
    {
        auto ask = [codes](session& s) { return owned_order_codes(s, codes); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<std::vector<order_code>> seen_before(order_id id, std::vector<order_code> codes) override
    {
        auto ask = [id, codes](session& s) { return store::seen_before(s, id, codes); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<void> note_seen(std::vector<order_code> codes) override
    {
        auto ask = [codes](session& s) { return store::note_seen(s, codes), true; };
        co_await database_.run(ask);
    }
    asio::awaitable<std::vector<known_order>> known_orders(order_type type, milliseconds settle_time) override
    {
        auto ask = [=](session& s) { return store::known_orders(s, type, settle_time); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<std::vector<change_beside>> changes_beside(order_id id) override
    {
        auto ask = [id](session& s) { return store::changes_beside(s, id); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<void> note_late_creation(milliseconds settle_time) override
    {
        auto ask = [=](session& s) { return store::note_late_creation(s, settle_time), true; };
        co_await database_.run(ask);
    }
    asio::awaitable<std::vector<tracked_order>> tracked() override
    {
        auto ask = [](session& s) { return tracked_orders(s); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<std::vector<followed_order>> followed(std::vector<order_id> orders) override
    {
        auto ask = [orders](session& s) { return followed_orders(s, orders); };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<void> note_codes_known(milliseconds ago, std::vector<order_id> unknown) override
    {
        auto ask = [ago, unknown](session& s) { return store::note_codes_known(s, ago, unknown), true; };
        co_await database_.run(ask);
    }
    asio::awaitable<instance_id> register_instance(std::string name) override
    {
        auto ask = [name](session& s) { return store::register_instance(s, name); };
        co_return co_await leases_.run(ask);
    }
    asio::awaitable<held_lease> heartbeat(instance_id id, wished_places wish) override
    {
        auto ask = [=](session& s) { return store::heartbeat(s, id, wish); };
        co_return co_await leases_.run(ask);
    }
    asio::awaitable<void> say_goodbye(instance_id id) override
    {
        auto ask = [=](session& s) { return store::say_goodbye(s, id), true; };
        co_await leases_.run(ask);
    }
    asio::awaitable<reaped> reap(instance_id by, milliseconds lease, milliseconds settle_time) override
    {
        auto ask = [=, this](session& s) {
            auto take = [&](int size, const std::string& without) {
                return take_over_lost(s, by, size, settle_time, without);
            };
            auto first = [&](const std::string& without) { return first_of_lost(s, without); };
            reaped out{reap_instances(s, by, lease), 0};
            out.orders = refused_of_lost_.take(s, taken_over_at_once, take, first);
            return out;
        };
        co_return co_await leases_.run(ask);
    }
    asio::awaitable<bool> take_duty(std::string name, instance_id id, milliseconds how_long) override
    {
        auto ask = [=](session& s) { return store::take_duty(s, name, id, how_long); };
        co_return co_await leases_.run(ask);
    }
    asio::awaitable<std::chrono::microseconds> reserve_requests(double per_second, int count) override
    {
        auto length = std::llround(1e6 * count / per_second);
        // No honest reservation reaches further than this: it takes a clock that was set back.
        auto furthest = std::llround(60e6 + 200e6 / per_second);
        auto ask = [=](session& s) {
            auto rows = s.ask(ORDERD_SQL(reserve_requests), length, furthest);
            return std::chrono::microseconds(one_row(rows, "orderd.request_rate")[0].as<std::int64_t>());
        };
        co_return co_await database_.run(ask);
    }
    asio::awaitable<shared_circuit> read_circuit() override
    {
        auto ask = [](session& s) { return store::read_circuit(s); };
        co_return co_await leases_.run(ask);
    }
    asio::awaitable<void> open_circuit(circuit_state state, std::string why, milliseconds pause) override
    {
        auto ask = [=](session& s) {
            return s.ask(ORDERD_SQL(open_circuit), std::string(name(state)), why, pause.count()), true;
        };
        co_await leases_.run(ask);
    }
    asio::awaitable<void> close_circuit() override
    {
        auto ask = [](session& s) { return s.ask(ORDERD_SQL(close_circuit)), true; };
        co_await leases_.run(ask);
    }
    asio::awaitable<void> pause_sending(milliseconds pause) override
    {
        auto ask = [=](session& s) { return s.ask(ORDERD_SQL(pause_sending), pause.count()), true; };
        co_await leases_.run(ask);
    }
    asio::awaitable<bool> take_probe(instance_id id, milliseconds how_long) override
    {
        auto ask = [=](session& s) { return !s.ask(ORDERD_SQL(take_probe), id.value, how_long.count()).empty(); };
        co_return co_await leases_.run(ask);
    }
    asio::awaitable<void> probe_failed(instance_id id, circuit_state state, std::string why,
                                       milliseconds pause) override
    {
        auto ask = [=](session& s) {
            return s.ask(ORDERD_SQL(probe_failed), id.value, why, std::string(name(state)), pause.count()), true;
        };
        co_await leases_.run(ask);
    }

private:
    static constexpr int taken_over_at_once = 1'000; // the others at the next heartbeat
    database& database_;
    database& leases_;
    ready_line ready_;
    refused_rows refused_in_doubt_, refused_of_lost_;
};

}

std::unique_ptr<order_store> make_order_store(database& db, database& leases, logger& log)
{
    return std::make_unique<postgres_orders>(db, leases, log);
}

}
