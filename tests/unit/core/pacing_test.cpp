#include "orderd/core/circuit.hpp"
#include "orderd/core/log.hpp"
#include "orderd/core/rate.hpp"
#include "orderd/core/retry.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace orderd;
using namespace std::chrono_literals;

TEST_CASE("backoff is random between nothing and a ceiling that doubles up to the cap")
{
    retry_limits limits{1s, 10s};
    CHECK(backoff(1, limits, 0) == 0ms);
    CHECK(backoff(1, limits, 0.999) < 1s);
    CHECK(backoff(3, limits, 0.5) == 2s);
    CHECK(backoff(100, limits, 0.999) < 10s);
    CHECK(backoff(1'000'000, limits, 0.999) > 9s);
}

TEST_CASE("no second holds more requests than the rate, however they arrive")
{
    std::mt19937 random(7);
    request_pacer pacer(30);
    auto now = request_pacer::clock::time_point{} + 1h;
    std::vector<request_pacer::clock::time_point> places;
    for (int i = 0; i < 3000; ++i) {
        now += std::chrono::milliseconds(random() % 60);
        places.push_back(pacer.reserve(now));
        REQUIRE(places.back() >= now);
    }
    for (std::size_t first = 0, last = 0; last < places.size(); ++last) {
        while (places[last] - places[first] >= 1s) ++first;
        REQUIRE(last - first + 1 <= 30);
    }
    request_pacer free(0);
    CHECK(free.reserve(now) == now);
}

TEST_CASE("many failures in a row open the circuit, one probe at a time goes out, the first success closes it")
{
    circuit c(3, {1s, 8s});
    auto now = circuit::clock::time_point{} + 1h;
    CHECK_FALSE(c.failed(now, 0.5));
    c.succeeded();
    CHECK_FALSE(c.failed(now, 0.5));
    CHECK_FALSE(c.failed(now, 0.5));
    CHECK(c.allows(now));
    CHECK(c.failed(now, 0.5)); // the third in a row
    CHECK(c.open());
    CHECK_FALSE(c.allows(now));
    CHECK(c.allows(c.probe_at()));
    c.sending();
    CHECK_FALSE(c.allows(c.probe_at() + 1h));
    auto first_pause = c.probe_at() - now;
    now = c.probe_at();
    CHECK_FALSE(c.failed(now, 0.5));
    CHECK(c.probe_at() - now > first_pause); // pauses grow
    auto probe_at = c.probe_at();
    for (int i = 0; i < 100; ++i) c.failed(now, 0.999); // the rest of the window, sent before the circuit opened
    CHECK(c.probe_at() == probe_at);
    for (int i = 0; i < 100; ++i) {
        c.sending();
        c.failed(now, 0.999);
    }
    CHECK(c.probe_at() - now <= 8s);
    c.sending();
    c.ended(); // a probe that told nothing lets the next one out
    CHECK(c.allows(c.probe_at()));
    c.succeeded();
    CHECK_FALSE(c.open());
}

TEST_CASE("an outage is said once, again after ten minutes, and when it is over")
{
    struct counting final : logger {
        int errors = 0, infos = 0;
        void write(log_level level, std::string_view, std::initializer_list<log_field>) override
        {
            (level == log_level::error ? errors : infos)++;
        }
    } log;
    outage_notice notice(log, "the database");
    auto now = outage_notice::clock::now();
    notice.recovered(now);
    CHECK(log.infos == 0);
    for (int i = 0; i < 599; ++i) notice.failed("gone", now + std::chrono::seconds(i));
    CHECK(log.errors == 1);
    notice.failed("gone", now + 601s);
    CHECK(log.errors == 2);
    notice.recovered(now + 602s);
    notice.recovered(now + 603s);
    CHECK(log.infos == 1);
}
