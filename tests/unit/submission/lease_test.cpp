#include "orderd/async/loop_time.hpp"
#include "orderd/submission/lease.hpp"
#include "unit/kept_log.hpp"
#include "unit/store/silent_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <vector>

using namespace orderd;
namespace asio = boost::asio;

namespace {

/// Grants what a test gives it, renewal by renewal, and ends the lease behind the last.
class granting_store final : public tests::silent_store {
public:
    explicit granting_store(std::vector<int> places) : places_(std::move(places)) {}
    std::vector<int> told;
    std::function<void()> done = [] {};

    asio::awaitable<instance_id> register_instance(std::string) override { co_return instance_id{1}; }
    asio::awaitable<store::held_lease> heartbeat(instance_id, store::wished_places wish) override
    {
        told.push_back(wish.in_use);
        store::held_lease held;
        held.live = true;
        held.places = places_[told.size() - 1];
        held.settled = false;
        if (told.size() == places_.size()) done();
        co_return held;
    }
    asio::awaitable<store::reaped> reap(instance_id, store::milliseconds, store::milliseconds) override
    {
        co_return store::reaped{};
    }

private:
    std::vector<int> places_;
};

}

TEST_CASE("an instance gives places back when it knows that it has fewer, not while it may fill them still")
{
    asio::io_context loop;
    auto time = async::make_loop_time(loop.get_executor());
    granting_store store({5, 2, 2, 2});
    tests::kept_log log;
    submission::lease_options options;
    options.length = std::chrono::milliseconds(200);
    submission::lease held(*time, store, options, log);
    std::vector<int> in_use{0, 0, 4, 1};
    held.on_use([&] { return in_use[store.told.size()]; });
    store.done = [&] { held.stop(); };
    asio::co_spawn(loop, held.run(), asio::detached);
    loop.run();
    // Nothing yet; five while the answer that says two is under way; then what is still on the wire; then the two.
    CHECK(store.told == std::vector<int>{0, 5, 4, 2});
}
