#include "orderd/submission/odd_answers.hpp"
#include "unit/kept_log.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;
using what = provider::failure::what_happened;
using Catch::Matchers::Contains;

namespace {

provider::failure answered(what kind, int status)
{
    provider::failure f;
    f.kind = kind;
    f.status = status;
    return f;
}

}

TEST_CASE("an order with odd answers is named once, and again after it was answered well")
{
    for (auto odd : {answered(what::unauthorized, 401), answered(what::forbidden, 403), answered(what::redirected, 302),
                     answered(what::unusable, 200), answered(what::throttled, 429)}) {
        INFO(odd.status);
        bool alone = odd.kind == what::throttled;
        tests::kept_log log;
        odd_answers answers(log);
        for (int n = 0; n < 100; ++n) answers.tell({17}, odd, alone);
        REQUIRE(log.lines.size() == 1);
        CHECK_THAT(log.lines[0], Contains("others go on order=17"));
        answers.tell({18}, odd, alone);
        CHECK(log.lines.size() == 2);
        answers.well({17});
        answers.tell({17}, odd, alone);
        CHECK(log.lines.size() == 3);
    }
}

TEST_CASE("many orders with odd answers are some lines and a count")
{
    tests::kept_log log;
    odd_answers answers(log);
    for (int n = 0; n < 10'000; ++n) answers.tell({n}, answered(what::unusable, 200), false);
    CHECK(log.lines.size() == 10);
    CHECK(log.seldom.size() == 9'990);
}

TEST_CASE("refused credentials and a limit for everybody are no order's matter")
{
    tests::kept_log log;
    odd_answers answers(log);
    auto credentials = answered(what::unauthorized, 401);
    credentials.credentials_refused = true;
    answers.tell({1}, credentials, false);
    answers.tell({2}, answered(what::throttled, 429), false);
    answers.tell({3}, answered(what::server_error, 500), false);
    CHECK(log.lines.empty());
    CHECK(log.seldom.empty());
}
