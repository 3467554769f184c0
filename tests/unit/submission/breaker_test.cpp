#include "orderd/async/loop_time.hpp"
#include "orderd/submission/breaker.hpp"
#include "unit/kept_log.hpp"
#include "unit/store/silent_store.hpp"
#include "unit/tracking/silent_api.hpp"

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

/// A breaker of one instance, told what orders were answered.
struct told_breaker {
    asio::io_context loop;
    std::unique_ptr<timekeeper> time = async::make_loop_time(loop.get_executor());
    tests::silent_store store;
    tests::silent_api api;
    tests::kept_log log;
    breaker circuit{*time, store, api, {}, log, [] { return 0.5; }};

    void failed(std::int64_t order, const provider::failure& f)
    {
        circuit.saw({order}, decide(f, {}, {}, 0.5), &f, false, {1});
    }
    void accepted(std::int64_t order)
    {
        circuit.saw({order}, decide(order_code{"A1"}, {}, {}, 0.5), nullptr, false, {1});
    }
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
        for (int n = 1; n < 100; ++n) n % 3 == 0 ? mixed.accepted(n) : mixed.failed(n, refused);
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

TEST_CASE("wrong credentials stop sending at once")
{
    told_breaker one;
    one.failed(1, answer(what::unauthorized, 401));
    CHECK(one.circuit.open());
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
