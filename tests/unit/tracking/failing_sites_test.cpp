#include "orderd/tracking/failing_sites.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::tracking;
using Catch::Matchers::Contains;
using what = provider::failure::what_happened;

namespace {

struct kept_log final : logger {
    void write(log_level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        lines.emplace_back(message);
        for (const auto& f : fields) lines.back() += " " + std::string(f.name) + "=" + f.value;
    }
    std::vector<std::string> lines;
};

provider::failure failed(what kind, std::string text, std::vector<provider::api_error> errors = {})
{
    provider::failure f;
    f.kind = kind;
    f.text = std::move(text);
    f.errors = std::move(errors);
    return f;
}
const auto not_known = failed(what::not_found, "HTTP 400", {{"4000137", "ありません", {}, {}, {}}});
const auto silence = failed(what::server_error, "HTTP 500");

struct world {
    kept_log log;
    failing_sites sites{log};
    failing_sites::clock::time_point now{std::chrono::hours(1)};
    failing_sites::outcome end_round()
    {
        now += std::chrono::minutes(5);
        return sites.end_round(now);
    }
};

}

TEST_CASE("a site that the provider does not know is said once with its code, is no outage, and is given up")
{
    world w;
    std::vector<std::string> given_up;
    for (int round = 1; round <= failing_sites::most_answers; ++round) {
        w.sites.failed("nosuch", not_known);
        if (round % 2) w.sites.read("int-1");
        auto out = w.end_round();
        CHECK(out.answered);
        CHECK(out.outage.empty());
        CHECK(out.give_up.empty() == (round < failing_sites::most_answers));
        given_up = out.give_up;
    }
    CHECK(given_up == std::vector<std::string>{"nosuch"});
    REQUIRE(w.log.lines.size() == 2);
    CHECK_THAT(w.log.lines[0], Contains("sites=1") && Contains("for_example=nosuch") && Contains("4000137"));
    CHECK_THAT(w.log.lines[1], Contains("not asked for any more") && Contains("for_example=nosuch"));
}

TEST_CASE("many sites that the provider does not know are one line with their number")
{
    world w;
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 1'000; ++i) w.sites.failed("nosuch-" + std::to_string(i), not_known);
        w.end_round();
    }
    REQUIRE(w.log.lines.size() == 1);
    CHECK_THAT(w.log.lines[0], Contains("sites=1000") && Contains("for_example=nosuch-0"));
}

TEST_CASE("sites that become known only later are told together, not one by one")
{
    world w;
    auto now = w.now;
    for (int i = 0; i < 100; ++i) {
        w.sites.failed("nosuch-" + std::to_string(i), not_known);
        w.sites.end_round(now);
    }
    CHECK(w.log.lines.size() == 1);
    w.sites.end_round(now + std::chrono::minutes(2));
    REQUIRE(w.log.lines.size() == 2);
    CHECK_THAT(w.log.lines[1], Contains("sites=99"));
}

TEST_CASE("an answer that is not the site's detail is a fact of that site, whatever it is")
{
    for (auto kind : {what::not_found, what::unusable, what::refused}) {
        world w;
        w.sites.failed("odd", failed(kind, "odd words"));
        auto out = w.end_round();
        CHECK(out.outage.empty());
        CHECK(w.log.lines.size() == 1);
    }
}

TEST_CASE("a page in place of the API is an outage, and gives no site up")
{
    world w;
    auto page = failed(what::unusable, "the answer is not a site");
    page.asked = "https://api.example/customerSites/int-1";
    for (int round = 0; round < 20; ++round) {
        w.sites.failed("int-1", page);
        auto out = w.end_round();
        CHECK_THAT(out.outage, Contains("https://api.example/customerSites/int-1"));
        CHECK(out.give_up.empty());
    }
    CHECK(w.log.lines.empty());
}

TEST_CASE("silence about all sites is an outage; about one while others are answered it is that site's")
{
    for (auto kind : {what::server_error, what::unknown, what::not_sent, what::throttled, what::unauthorized,
                      what::forbidden, what::redirected}) {
        world w;
        w.sites.failed("int-1", failed(kind, "no answer"));
        w.sites.failed("int-2", failed(kind, "no answer"));
        auto out = w.end_round();
        CHECK_FALSE(out.answered);
        CHECK(out.outage == "no answer");
        CHECK(out.give_up.empty());
        CHECK(w.log.lines.empty()); // the outage is said by itself
    }
    world w;
    int outages = 0;
    for (int round = 0; round < 20; ++round) { // together, and each by itself
        if (round % 3 != 1) w.sites.failed("bad", silence);
        if (round % 3 != 2) w.sites.read("good");
        outages += !w.end_round().outage.empty();
    }
    CHECK(outages == 0);
    REQUIRE(w.log.lines.size() == 1);
    CHECK_THAT(w.log.lines[0], Contains("for_example=bad") && Contains("HTTP 500"));
}

TEST_CASE("a site that was silent alone is an outage once, until others are answered")
{
    world w;
    w.sites.failed("bad", silence);
    CHECK_FALSE(w.end_round().outage.empty());
    w.sites.read("good");
    CHECK(w.end_round().answered);
    for (int round = 0; round < 5; ++round) {
        w.sites.failed("bad", silence);
        CHECK(w.end_round().outage.empty());
    }
    CHECK(w.log.lines.size() == 1);
    w.sites.read("bad"); // well again; the next silence may be an outage
    w.end_round();
    w.sites.failed("bad", silence);
    CHECK_FALSE(w.end_round().outage.empty());
}

TEST_CASE("where nobody answers, the rest of a round is not asked for")
{
    world w;
    for (int i = 0; i < 7; ++i) w.sites.failed("int-" + std::to_string(i), silence);
    CHECK_FALSE(w.sites.nobody_answers());
    w.sites.failed("int-7", silence);
    CHECK(w.sites.nobody_answers());
    w.sites.failed("nosuch", not_known);
    CHECK_FALSE(w.sites.nobody_answers());
}

TEST_CASE(
    "a site that the database refuses to keep is said once, however often it is read, and again after it was kept")
{
    world w;
    for (int round = 0; round < 20; ++round) {
        w.sites.read("odd");
        w.sites.not_kept("odd", "not this one");
        auto out = w.end_round();
        CHECK(out.outage.empty());
        CHECK(out.give_up.empty());
    }
    REQUIRE(w.log.lines.size() == 1);
    CHECK_THAT(w.log.lines[0], Contains("refuses to keep") && Contains("for_example=odd") && Contains("not this one"));
    w.sites.kept("odd");
    w.sites.not_kept("odd", "not this one");
    w.end_round();
    CHECK(w.log.lines.size() == 2);
}
