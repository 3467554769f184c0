#include "orderd/core/circuit.hpp"
#include "orderd/core/daily_window.hpp"
#include "orderd/core/log.hpp"
#include "orderd/core/rate.hpp"
#include "orderd/core/retry.hpp"
#include "orderd/core/share.hpp"

#include <catch2/catch.hpp>
#include <map>
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

TEST_CASE("only failures in a row open the circuit")
{
    failure_row row(3);
    CHECK_FALSE(row.failed());
    row.succeeded();
    CHECK_FALSE(row.failed());
    CHECK_FALSE(row.failed());
    CHECK(row.failed()); // the third in a row
    CHECK(row.failed());
    row.succeeded();
    CHECK_FALSE(row.failed());
}

TEST_CASE("pauses before a probe grow to their cap, and are longer when it is for a person to mend something")
{
    circuit_pauses pauses{{1s, 8s}, {60s, 900s}};
    for (auto state : {circuit_state::open, circuit_state::halted}) {
        auto cap = state == circuit_state::open ? pauses.open.cap : pauses.halted.cap;
        auto base = state == circuit_state::open ? pauses.open.base : pauses.halted.base;
        for (int failed = 0; failed < 1000; ++failed) {
            auto least = pause_before_probe(state, failed, pauses, 0),
                 most = pause_before_probe(state, failed, pauses, 0.999);
            CHECK(least >= base / 2);
            CHECK(most <= cap);
            CHECK(least <= most);
            if (failed > 0) CHECK(most >= pause_before_probe(state, failed - 1, pauses, 0.999));
        }
    }
    for (auto state : {circuit_state::closed, circuit_state::open, circuit_state::halted})
        CHECK(circuit_state_from(name(state)) == state);
}

TEST_CASE("places are shared evenly, within caps, and never more than there are")
{
    CHECK(fair_shares(64, {0, 0, 0}) == std::vector<int>{22, 21, 21});
    CHECK(fair_shares(64, {0, 10, 0}) == std::vector<int>{27, 10, 27});
    CHECK(fair_shares(2, {0, 0, 0}) == std::vector<int>{1, 1, 0});
    CHECK(fair_shares(64, {5}) == std::vector<int>{5});
    CHECK(fair_shares(64, {}).empty());
    // Who comes gets nothing before the others have given back.
    CHECK(places_for(64, {{0, 64}, {0, 0}}, 1, 0).held == 0);
    CHECK(places_for(64, {{0, 64}, {0, 0}}, 0, 50).held == 50);
    CHECK(places_for(64, {{0, 64}, {0, 0}}, 0, 50).usable == 32);
    CHECK(places_for(64, {{0, 50}, {0, 0}}, 1, 0).usable == 14);
    CHECK(places_for(64, {{0, 50}, {0, 14}}, 0, 10).held == 32);
}

TEST_CASE("a daily window is in Japanese time, and may pass midnight")
{
    auto day = *parse_yyyymmdd("20261123");
    auto office = *parse_daily_window("09:00-18:00");
    CHECK_FALSE(office.open(tokyo_time(day, 8h + 59min + 59s)));
    CHECK(office.open(tokyo_time(day, 9h)));
    CHECK(office.open(tokyo_time(day, 17h + 59min + 59s)));
    CHECK_FALSE(office.open(tokyo_time(day, 18h)));
    CHECK(office.opens_in(tokyo_time(day, 8h)) == 1h);
    CHECK(office.opens_in(tokyo_time(day, 18h)) == 15h);
    CHECK(office.opens_in(tokyo_time(day, 12h)) == 0ms);
    auto night = *parse_daily_window("22:00-05:30");
    CHECK(night.open(tokyo_time(day, 23h)));
    CHECK(night.open(tokyo_time(day, 5h)));
    CHECK_FALSE(night.open(tokyo_time(day, 5h + 30min)));
    CHECK(night.opens_in(tokyo_time(day, 6h)) == 16h);
    CHECK(parse_daily_window("")->open(tokyo_time(day, 0s)));
    CHECK(parse_daily_window("00:00-24:00") == daily_window{});
    for (auto wrong : {"9:00-18:00", "09:00", "09:00-09:00", "24:00-05:00", "09:60-10:00", "25:00-26:00", "09-18", "x"})
        CHECK_FALSE(parse_daily_window(wrong));
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

TEST_CASE("the same line is written a hundred times in ten minutes, and the others are counted")
{
    line_budget budget;
    line_budget::clock::time_point now{std::chrono::hours(1)};
    int written = 0;
    for (int i = 0; i < 10'000; ++i) written += budget.spend(log_level::warning, "an order is odd", now);
    CHECK(written == 100);
    CHECK(budget.spend(log_level::error, "an order is odd", now));
    CHECK(budget.spend(log_level::warning, "another thing", now));
    CHECK(budget.take(now).empty());
    now += std::chrono::minutes(10);
    auto held = budget.take(now);
    REQUIRE(held.size() == 1);
    CHECK(held[0].message == "an order is odd");
    CHECK(held[0].lines == 9'900);
    CHECK(budget.take(now, true).empty());
    CHECK(budget.spend(log_level::warning, "an order is odd", now));
}

TEST_CASE("messages that differ each time share one budget in the end")
{
    line_budget budget;
    line_budget::clock::time_point now{std::chrono::hours(1)};
    int written = 0;
    for (int i = 0; i < 20'000; ++i) written += budget.spend(log_level::info, "line " + std::to_string(i), now);
    CHECK(written <= 1'100);
    auto held = budget.take(now, true);
    REQUIRE(held.size() == 1);
    CHECK(held[0].lines == 20'000 - written);
}

TEST_CASE("the same trouble of many orders is one line a round")
{
    struct kept final : logger {
        void write(log_level, std::string_view, std::initializer_list<log_field> fields) override
        {
            lines.push_back({});
            for (const auto& f : fields) lines.back() += std::string(f.name) + "=" + f.value + " ";
        }
        std::vector<std::string> lines;
    } log;
    trouble_count trouble(log, "orders are odd");
    trouble_count::clock::time_point now{std::chrono::hours(1)};
    for (int round = 0; round < 12; ++round, now += std::chrono::minutes(5)) {
        for (int order = 1; order <= 10'000; ++order) trouble.add(order, "status 9");
        trouble.tell(now);
    }
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] == "orders=10000 for_example=1 why=status 9 ");
    trouble.add(5, "status 8");
    trouble.tell(now); // another number
    trouble.tell(now); // none
    trouble.add(5, "status 8");
    trouble.tell(now); // again
    CHECK(log.lines.size() == 3);
}

TEST_CASE("of a trouble every reason is told that somebody met last, each once")
{
    trouble_list list;
    trouble_list::clock::time_point now{std::chrono::hours(1)};
    int first = 0, second = 0, third = 0;
    list.failed(&first, "the provider", "HTTP 503", now);
    list.failed(&second, "the provider", "HTTP 503", now);
    REQUIRE(list.all().size() == 1);
    list.failed(&second, "the provider", "the client secret is wrong", now);
    list.failed(&third, "the database", "connection refused", now);
    std::map<std::string, std::string> reasons;
    for (const auto& t : list.all()) reasons.emplace(t.why, t.name.what);
    CHECK(reasons == std::map<std::string, std::string>{{"HTTP 503", "the provider"},
                                                        {"the client secret is wrong", "the provider"},
                                                        {"connection refused", "the database"}});
    list.failed(&first, "the provider", "the client secret is wrong", now); // what was first is over
    CHECK(list.all().size() == 2);
    CHECK_FALSE(list.recovered(&first, "the provider", now));
    CHECK(list.recovered(&second, "the provider", now));
    REQUIRE(list.all().size() == 1);
    CHECK(list.all().front().name.what == "the database");
}
