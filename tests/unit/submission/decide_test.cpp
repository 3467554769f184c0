#include "orderd/submission/decide.hpp"
#include "orderd/submission/match.hpp"

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

store::doubtful_order doubtful(order_type type = order_type::start)
{
    store::doubtful_order o;
    o.type = type;
    o.customer_site_name = "東京拠点";
    o.attempts = 1;
    o.submitted_at = tokyo_time(*parse_yyyymmdd("20261123"), 12h);
    o.product_codes = {"a", "b"};
    return o;
}
provider::order_summary listed(std::string code, std::string day = "20261123", std::string site = "東京拠点",
                               std::string type = "1")
{
    provider::order_summary s;
    s.code = {std::move(code)};
    s.application_date = std::move(day);
    s.customer_site_name = std::move(site);
    s.order_type = std::move(type);
    return s;
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

TEST_CASE("a line state error is tried again the next day when the configuration says so")
{
    auto lenient = settings;
    lenient.retry_line_state = true;
    auto d = decide(failed(what::refused, 400, "4000139"), {1, 0}, lenient, 0.5);
    CHECK(d.event == order_event::not_processed);
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

TEST_CASE("a candidate is of the type, the day, the site and nobody else's")
{
    auto order = doubtful();
    CHECK(candidate(listed("A"), order, {}));
    CHECK(candidate(listed("A", "20261124"), order, {}));
    CHECK_FALSE(candidate(listed("A", "20261122"), order, {}));
    CHECK_FALSE(candidate(listed("A", "20261123", "大阪拠点"), order, {}));
    CHECK_FALSE(candidate(listed("A", "20261123", "東京拠点", "3"), order, {}));
    CHECK_FALSE(candidate(listed("A"), order, {order_code{"A"}}));
    CHECK_FALSE(candidate(listed(""), order, {}));
    order.submitted_at = tokyo_time(*parse_yyyymmdd("20261123"), 5min); // the provider's clock may be behind ours
    CHECK(candidate(listed("A", "20261122"), order, {}));
    auto cancel = doubtful(order_type::cancel);
    CHECK(candidate(listed("A", "20261123", "the site's own name", "3"), cancel, {}));
}

TEST_CASE("a change is found by its products")
{
    provider::order_detail detail;
    detail.contracts = {{"b", "", "", "", ""}, {"a", "", "", "", ""}};
    CHECK(same_products(detail, doubtful(order_type::change)));
    detail.contracts.pop_back();
    CHECK_FALSE(same_products(detail, doubtful(order_type::change)));
}

TEST_CASE("one candidate is ours, none in two searches was not created, several are for a person")
{
    auto order = doubtful();
    auto one = reconcile(order, {{"A"}}, false, settings, 0.5);
    CHECK(one.event == order_event::found_at_provider);
    CHECK(one.code.text == "A");
    auto first = reconcile(order, {}, false, settings, 0.5);
    CHECK(first.event == order_event::not_found_yet);
    CHECK(first.delay == 120s);
    CHECK(first.searches == 1);
    order.searches = 1;
    CHECK(reconcile(order, {}, false, settings, 0.5).event == order_event::not_created);
    CHECK(reconcile(order, {{"A"}}, false, settings, 0.5).event == order_event::found_at_provider);
    CHECK(reconcile(order, {{"A"}, {"B"}}, false, settings, 0.5).event == order_event::several_candidates);
    order.attempts = 5;
    CHECK(reconcile(order, {}, false, settings, 0.5).event == order_event::attempts_used_up);
}

TEST_CASE("an order that was created after two searches proves the settle time too short: then nothing is resent")
{
    auto order = doubtful();
    CHECK_FALSE(reconcile(order, {{"A"}}, false, settings, 0.5).created_late);
    order.resent = true;
    CHECK_FALSE(reconcile(order, {{"A"}}, false, settings, 0.5).created_late); // of the second attempt
    CHECK(reconcile(order, {{"A"}, {"B"}}, false, settings, 0.5).created_late);
    order.line_busy = true;
    CHECK(reconcile(order, {{"A"}}, false, settings, 0.5).created_late);
    order.searches = 1;
    CHECK(reconcile(order, {}, true, settings, 0.5).event == order_event::late_creation_possible);
    CHECK(reconcile(order, {{"A"}}, true, settings, 0.5).event == order_event::found_at_provider);
    CHECK(reconcile(order, {}, false, settings, 0.5).event == order_event::not_created);
}

TEST_CASE("an order that was kept back goes back at once, and says nothing about the provider")
{
    auto d = decided(failed(what::kept_back), {1, 0});
    CHECK(d.event == order_event::not_processed);
    CHECK(d.attempt_given_back);
    CHECK(d.delay == 0ms);
    CHECK(d.on_sending == effect::none);
}
