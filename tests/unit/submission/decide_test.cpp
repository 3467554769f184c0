#include "orderd/submission/decide.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;
using provider::failure;
using what = failure::what_happened;
using namespace std::chrono_literals;

namespace {

const decision_settings settings{120s, 5, {1s, 60s}, false};

provider::result<order_code> failed(what kind, int status = 0, std::string code = {})
{
    failure f;
    f.kind = kind;
    f.status = status;
    if (!code.empty()) f.errors.push_back({code, "words", "", "", "id"});
    return f;
}
decision decided(const provider::result<order_code>& seen, attempt_history before = {})
{
    return decide(seen, before, settings, 0.5);
}

}

TEST_CASE("an order code means accepted")
{
    auto d = decided(order_code{"A1"});
    CHECK(d.event == order_event::accepted_by_provider);
    CHECK(d.on_sending == effect::healthy);
}

TEST_CASE("whatever may have been processed is in doubt until the settle time is over")
{
    for (auto kind : {what::unknown, what::unusable, what::server_error}) {
        auto d = decided(failed(kind, 500));
        CHECK(d.event == order_event::outcome_unknown);
        CHECK(d.delay == 120s);
        CHECK_FALSE(d.attempt_given_back);
        CHECK(d.on_sending == effect::unhealthy);
    }
}

TEST_CASE("what was not sent is sent again, and the attempt does not count")
{
    auto d = decided(failed(what::not_sent), {1, 0});
    CHECK(d.event == order_event::not_processed);
    CHECK(d.attempt_given_back);
    CHECK(d.delay == 500ms);
    for (int attempts = 1; attempts < 1000; ++attempts) // an outage of any length uses up nothing
        CHECK(decided(failed(what::not_sent), {attempts, 0}).event == order_event::not_processed);
}

TEST_CASE("a 400 is the provider's no")
{
    CHECK(decided(failed(what::refused, 400, "4000144")).event == order_event::refused_by_provider);
    CHECK(decided(failed(what::refused, 400, "4000139")).event == order_event::refused_by_provider);
}

TEST_CASE("a line state error after a doubt may be our own order: it is looked for")
{
    auto d = decided(failed(what::refused, 400, "4000139"), {2, 1});
    CHECK(d.event == order_event::outcome_unknown);
    CHECK(d.delay == 120s);
}

TEST_CASE("a line state error is searched for and tried again the next day when the configuration says so")
{
    auto lenient = settings;
    lenient.retry_line_state = true;
    auto d = decide(failed(what::refused, 400, "4000139"), {1, 0}, lenient, 0.5);
    CHECK(d.event == order_event::retry_after_search);
    CHECK(d.delay == 24h);
}

TEST_CASE("wrong credentials and an unknown contract stop everything and lose nothing")
{
    for (auto kind : {what::unauthorized, what::forbidden}) {
        auto d = decided(failed(kind, 403));
        CHECK(d.event == order_event::not_processed);
        CHECK(d.attempt_given_back);
        CHECK(d.on_sending == effect::halt);
    }
}

TEST_CASE("a redirected order may have been processed: it is in doubt, and sending stops")
{
    for (int doubts : {0, 1}) {
        auto d = decided(failed(what::redirected, 307), {1, doubts});
        CHECK(d.event == order_event::outcome_unknown);
        CHECK(d.delay == 120s);
        CHECK_FALSE(d.attempt_given_back);
        CHECK(d.on_sending == effect::halt);
    }
}

TEST_CASE("a throttled request waits as long as it was told to")
{
    failure answer;
    answer.kind = what::throttled;
    answer.status = 429;
    answer.retry_after = 30s;
    auto d = decided(answer);
    CHECK(d.event == order_event::not_processed);
    CHECK(d.delay == 30s);
    CHECK(d.on_sending == effect::slow_down);
}

TEST_CASE("an order that comes back unprocessed again waits longer, by chance never less than half as long")
{
    auto pauses = settings;
    pauses.backoff = {1s, 64s};
    for (auto kind : {what::unauthorized, what::forbidden, what::throttled})
        for (double chance : {0.0, 0.5, 0.99}) {
            std::chrono::milliseconds longest{500};
            for (int limited = 1; limited <= 6; ++limited) {
                auto d = decide(failed(kind, 403), {1, 0, limited}, pauses, chance);
                CHECK(d.delay >= longest);
                longest *= 2;
                CHECK(d.delay <= 2 * longest);
            }
        }
}

TEST_CASE("every decision is a transition that the table knows")
{
    for (int kind = 0; kind <= static_cast<int>(what::server_error); ++kind)
        for (int attempts : {1, 5, 50})
            for (int doubts : {0, 1})
                for (auto code : {"", "4000139"})
                    CHECK(next(order_state::submitting,
                               decided(failed(static_cast<what>(kind), 400, code), {attempts, doubts}).event));
    CHECK(next(order_state::submitting, decided(order_code{"A"}).event));
}

TEST_CASE("an order that was kept back goes back at once, and says nothing about the provider")
{
    auto d = decided(failed(what::kept_back), {1, 0});
    CHECK(d.event == order_event::not_processed);
    CHECK(d.attempt_given_back);
    CHECK(d.delay == 0ms);
    CHECK(d.on_sending == effect::none);
}
