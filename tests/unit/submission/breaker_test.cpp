#include "orderd/async/loop_time.hpp"
#include "orderd/submission/breaker.hpp"
#include "unit/kept_log.hpp"
#include "unit/store/silent_store.hpp"
#include "unit/tracking/silent_api.hpp"

#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;
using what = provider::failure::what_happened;

namespace {

provider::failure answer(what kind, int status)
{
    provider::failure f;
    f.kind = kind;
    f.status = status;
    f.text = status == 0 ? "no answer" : "HTTP " + std::to_string(status);
    return f;
}

/// Gives its products as it is told to.
struct answering_api final : tests::silent_api {
    answer<provider::listing<product>> list_products() override
    {
        ++asked;
        co_return products;
    }
    provider::result<provider::listing<product>> products = provider::failure{};
    int asked = 0;
};

/// A store that keeps the circuit, and has it closed.
struct circuit_store final : tests::silent_store {
    boost::asio::awaitable<store::shared_circuit> read_circuit() override { co_return now; }
    boost::asio::awaitable<void> open_circuit(circuit_state state, std::string, store::milliseconds) override
    {
        now.state = state;
        co_return;
    }
    store::shared_circuit now;
};

/// A breaker of one instance, told what orders were answered.
struct told_breaker {
    asio::io_context loop;
    std::unique_ptr<timekeeper> time = async::make_loop_time(loop.get_executor());
    circuit_store store;
    answering_api api;
    tests::kept_log log;
    breaker circuit{*time, store, api, {}, log, [] { return 0.5; }};

    /// Whether it is told to slow down alone.
    bool failed(std::int64_t order, const provider::failure& f)
    {
        return circuit.saw({order}, decide(f, {}, {}, 0.5), &f, false, {1});
    }
    void accepted(std::int64_t order)
    {
        circuit.saw({order}, decide(order_code{"A1"}, {}, {}, 0.5), nullptr, false, {1});
    }
    /// What it does by itself, until it waits.
    void run_for_a_moment()
    {
        if (!std::exchange(running_, true)) asio::co_spawn(loop, circuit.run(), asio::detached);
        loop.restart();
        loop.poll();
    }

private:
    bool running_ = false;
};

}

TEST_CASE("an odd answer to one order stops no other, however often it comes")
{
    for (auto odd : {answer(what::redirected, 304), answer(what::redirected, 302), answer(what::forbidden, 403),
                     answer(what::forbidden, 404), answer(what::unusable, 200), answer(what::unusable, 409),
                     answer(what::server_error, 500)}) {
        INFO(odd.status);
        told_breaker one;
        for (int n = 0; n < 100; ++n) one.failed(17, odd);
        CHECK_FALSE(one.circuit.open());
        CHECK(one.log.lines.empty());
    }
}

TEST_CASE("orders that are refused in a row stop sending, with an alarm, unless one is accepted in between")
{
    for (auto refused : {answer(what::redirected, 304), answer(what::redirected, 302), answer(what::forbidden, 403),
                         answer(what::forbidden, 404)}) {
        INFO(refused.status);
        told_breaker mixed;
        for (int n = 1; n < 100; ++n) n % 3 == 0 ? mixed.accepted(n) : void(mixed.failed(n, refused));
        CHECK_FALSE(mixed.circuit.open());

        told_breaker row;
        row.failed(1, refused);
        row.failed(2, refused);
        CHECK_FALSE(row.circuit.open());
        row.failed(3, refused);
        CHECK(row.circuit.open());
        CHECK_THAT(row.log.lines.back(), Catch::Matchers::Contains("check api.base_url"));
        CHECK(row.circuit.open_at() <= row.time->now() + std::chrono::seconds(1)); // looked at again soon
    }
}

TEST_CASE("credentials that the token call refuses stop sending at once")
{
    told_breaker one;
    auto refused = answer(what::unauthorized, 401);
    refused.credentials_refused = true;
    one.failed(1, refused);
    CHECK(one.circuit.open());
}

TEST_CASE("a 401 of one order stops sending when the provider answers everything so, and not when it answers others")
{
    for (auto [status, kind] :
         {std::pair(200, what::unusable), std::pair(500, what::server_error), std::pair(401, what::unauthorized)}) {
        INFO(status);
        told_breaker one;
        one.api.products = status == 200 ? provider::result<provider::listing<product>>(provider::listing<product>{})
                                         : answer(kind, status);
        for (int n = 0; n < 100; ++n) {
            one.failed(17, answer(what::unauthorized, 401));
            one.run_for_a_moment();
        }
        CHECK(one.api.asked > 0);
        CHECK(one.circuit.open() == (status == 401));
        CHECK(one.log.lines.empty() == (status != 401));
    }
}

TEST_CASE("a daemon that may open no more files waits by itself, longer each time, and closes nothing for others")
{
    told_breaker one;
    auto no_files = answer(what::not_sent, 0);
    no_files.no_descriptors = true;
    for (int n = 1; n < 10; ++n) one.failed(n, no_files);
    CHECK(one.circuit.open_at() <= one.time->now());
    one.failed(10, no_files);
    auto waits = one.circuit.open_at();
    CHECK(waits > one.time->now());
    one.failed(11, no_files); // on its way already
    CHECK(one.circuit.open_at() == waits);
    CHECK_FALSE(one.circuit.open());
    CHECK(one.log.lines.empty()); // whoever opens connections says it
}

TEST_CASE("an order that is told to slow down each time stops no other while others are taken")
{
    told_breaker one;
    auto slow_down = answer(what::throttled, 429);
    slow_down.retry_after = std::chrono::seconds(30);
    CHECK_FALSE(one.failed(17, slow_down)); // heeded
    auto paused = one.circuit.open_at();
    CHECK(paused > one.time->now());
    for (int n = 100; n < 200; ++n) {
        one.accepted(n);
        CHECK(one.failed(17, slow_down));
    }
    CHECK(one.circuit.open_at() == paused);
    CHECK_FALSE(one.failed(18, slow_down)); // another one: it may be everybody's limit after all
}

TEST_CASE("orders that fail in a row open the circuit, and so does one that gets no answer at all")
{
    told_breaker many;
    for (int n = 1; n < 10; ++n) many.failed(n, answer(what::unusable, 200));
    CHECK_FALSE(many.circuit.open());
    many.failed(10, answer(what::unusable, 200));
    CHECK(many.circuit.open());

    told_breaker silent;
    for (int n = 1; n <= 10; ++n) silent.failed(17, answer(what::not_sent, 0));
    CHECK(silent.circuit.open());
}

TEST_CASE("a pause much longer than the one that was told is told, too")
{
    told_breaker one;
    auto limited = [&](std::int64_t order, int seconds) {
        auto f = answer(what::throttled, 429);
        f.retry_after = std::chrono::seconds(seconds);
        one.failed(order, f);
        return one.log.lines.size();
    };
    CHECK(limited(1, 1) == 1);
    CHECK(limited(2, 2) == 1); // a little longer: the first line serves for ten minutes
    CHECK(limited(3, 600) == 2);
    CHECK_THAT(one.log.lines.back(), Catch::Matchers::Contains("600"));
    CHECK(limited(4, 700) == 2);
}
