#pragma once
#include "orderd/store/order_store.hpp"

#include <boost/asio/awaitable.hpp>
#include <stdexcept>

namespace orderd::tests {

/// A store that knows nothing but what a test gives it an answer for.
class silent_store : public store::order_store {
public:
    boost::asio::awaitable<store::moved_orders> move(std::shared_ptr<const std::vector<store::order_move>>,
                                                     instance_id) override
    {
        throw unused;
    }
    boost::asio::awaitable<std::vector<order_id>> locked(std::vector<order_id>) override { throw unused; }
    boost::asio::awaitable<std::vector<store::claimed_order>> claim(instance_id, int, bool,
                                                                    store::milliseconds) override
    {
        throw unused;
    }
    boost::asio::awaitable<std::vector<store::own_claim>> own_claims(instance_id) override { throw unused; }
    boost::asio::awaitable<std::optional<store::milliseconds>> next_due() override { throw unused; }
    boost::asio::awaitable<store::doubtful_orders> due_in_doubt(int, store::milliseconds) override { throw unused; }
    boost::asio::awaitable<void> postpone_search(store::doubtful_order, store::milliseconds) override { throw unused; }
    boost::asio::awaitable<std::vector<store::owned_code>> owned_codes(std::vector<order_code>) override
    {
        throw unused;
    }
    boost::asio::awaitable<std::vector<order_code>> seen_before(order_id, std::vector<order_code>) override
    {
        throw unused;
    }
    boost::asio::awaitable<void> note_seen(std::vector<order_code>) override { throw unused; }
    boost::asio::awaitable<std::vector<store::known_order>> known_orders(order_type, store::milliseconds) override
    {
        throw unused;
    }
    boost::asio::awaitable<std::vector<store::change_beside>> changes_beside(order_id) override { throw unused; }
    boost::asio::awaitable<void> note_late_creation(store::milliseconds) override { throw unused; }
    boost::asio::awaitable<std::vector<store::tracked_order>> tracked() override { throw unused; }
    boost::asio::awaitable<std::vector<store::followed_order>> followed(std::vector<order_id>) override
    {
        throw unused;
    }
    boost::asio::awaitable<void> note_codes_known(store::milliseconds, std::vector<order_id>) override { throw unused; }
    boost::asio::awaitable<instance_id> register_instance(std::string) override { throw unused; }
    boost::asio::awaitable<store::held_lease> heartbeat(instance_id, store::wished_places) override { throw unused; }
    boost::asio::awaitable<void> say_goodbye(instance_id) override { throw unused; }
    boost::asio::awaitable<store::reaped> reap(instance_id, store::milliseconds, store::milliseconds) override
    {
        throw unused;
    }
    boost::asio::awaitable<bool> take_duty(std::string, instance_id, store::milliseconds) override { throw unused; }
    boost::asio::awaitable<std::chrono::microseconds> reserve_requests(double, int) override { throw unused; }
    boost::asio::awaitable<store::shared_circuit> read_circuit() override { throw unused; }
    boost::asio::awaitable<void> open_circuit(circuit_state, std::string, store::milliseconds) override
    {
        throw unused;
    }
    boost::asio::awaitable<void> close_circuit() override { throw unused; }
    boost::asio::awaitable<void> pause_sending(store::milliseconds) override { throw unused; }
    boost::asio::awaitable<bool> take_probe(instance_id, store::milliseconds) override { throw unused; }
    boost::asio::awaitable<void> probe_failed(instance_id, circuit_state, std::string, store::milliseconds) override
    {
        throw unused;
    }

private:
    static inline const std::logic_error unused{"not asked here"};
};

}
