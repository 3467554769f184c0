#include "orderd/tracking/books.hpp"
#include "silent_api.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace orderd;
using namespace orderd::tracking;

namespace {

namespace asio = boost::asio;

/// A provider of sites that lists at most so many at once.
class capped_api final : public tests::silent_api {
public:
    std::vector<provider::site_summary> sites;
    std::size_t most = 20;
    int asked = 0;
    int fail_at = 0;

    asio::awaitable<provider::result<provider::listing<provider::site_summary>>>
    list_sites(provider::site_filter f) override
    {
        provider::listing<provider::site_summary> out;
        if (++asked == fail_at) co_return provider::failure{};
        for (const auto& s : sites) {
            auto day = s.start_at;
            bool in_days = (f.start_at_from.empty() && f.start_at_to.empty()) ||
                           (!day.empty() && day >= f.start_at_from && day <= f.start_at_to);
            if (!in_days || (!f.status.empty() && s.status != f.status)) continue;
            if (out.items.size() == most) {
                out.complete = false;
                out.beyond_reach = true;
                break;
            }
            out.items.push_back(s);
        }
        co_return out;
    }
    void add(const std::string& code, const std::string& status, const std::string& day)
    {
        provider::site_summary s;
        s.code = {code};
        s.status = status;
        s.start_at = day;
        sites.push_back(s);
    }
};

std::optional<provider::listing<provider::site_summary>> all_of(capped_api& api)
{
    return tests::told(list_all_sites(api, *parse_yyyymmdd("20270301")));
}

}

TEST_CASE("slices of sites do not overlap, leave nothing out, and end")
{
    auto today = *parse_yyyymmdd("20270301");
    auto by_status = narrower({}, {}, today);
    REQUIRE(by_status.size() == 2);
    CHECK(by_status[0].status == "1");
    CHECK(by_status[1].status == "2");
    auto halves = narrower({"1", "20270101", "20270131"}, {"20270105", "20270110", "20270120"}, today);
    REQUIRE(halves.size() == 2);
    CHECK((halves[0].start_at_from == "20270101" && halves[0].start_at_to == "20270110"));
    CHECK((halves[1].start_at_from == "20270111" && halves[1].start_at_to == "20270131"));
    // Whatever was seen, both parts are smaller than the whole.
    auto edge = narrower({"1", "20270101", "20270102"}, {"20270102", "20270102"}, today);
    REQUIRE(edge.size() == 2);
    CHECK((edge[0].start_at_to == "20270101" && edge[1].start_at_from == "20270102"));
    CHECK(narrower({"1", "20270101", "20270101"}, {}, today).empty());
}

TEST_CASE("all sites are listed whatever their number and days; a day with too many is admitted")
{
    std::mt19937 random(7);
    for (int n : {0, 1, 19, 20, 21, 500}) {
        INFO(n);
        capped_api api;
        for (int i = 0; i < n; ++i) {
            auto month = 1 + random() % 12, of_month = 1 + random() % 28;
            auto day = std::to_string(20200000 + random() % 8 * 10000 + month * 100 + of_month);
            api.add("s" + std::to_string(i), random() % 4 ? "1" : "2", day);
        }
        auto all = all_of(api);
        REQUIRE(all);
        CHECK(all->complete);
        std::set<std::string> codes;
        for (const auto& s : all->items) codes.insert(s.code.text);
        CHECK(codes.size() == static_cast<std::size_t>(n));
        CHECK(all->items.size() == codes.size());
        CHECK(api.asked <= 1 + n / 3);
    }
    capped_api crowded;
    for (int i = 0; i < 30; ++i) crowded.add("s" + std::to_string(i), "1", "20270110");
    crowded.add("other", "2", "20270111");
    auto some = all_of(crowded);
    REQUIRE(some);
    CHECK(!some->complete);
    CHECK(some->items.size() == 21);
    // One failure fails all: half a list would look like sites that vanished.
    crowded.asked = 0;
    crowded.fail_at = 3;
    CHECK(!all_of(crowded));
}

namespace {

/// A provider whose lists are those that a test wrote down, one after the other.
class scripted_api final : public tests::silent_api {
public:
    struct one_list {
        std::vector<std::string> codes;
        bool complete = true, fails = false;
        std::vector<std::string> odd{}; // codes of elements that cannot be read; "": it names none
    };
    explicit scripted_api(std::vector<one_list> l) : lists(std::move(l)) {}
    std::vector<one_list> lists;
    std::size_t asked = 0;

    asio::awaitable<provider::result<provider::listing<provider::site_summary>>>
    list_sites(provider::site_filter f) override
    {
        provider::listing<provider::site_summary> out;
        bool narrowed = !f.status.empty(); // after a list that was not complete: more of the same
        auto list = lists.at(narrowed ? asked - 1 : asked);
        if (!narrowed) ++asked;
        if (list.fails) co_return provider::failure{};
        for (const auto& code : list.codes) {
            provider::site_summary site;
            site.code = {code};
            site.status = "1";
            out.items.push_back(site);
        }
        for (const auto& code : list.odd) {
            auto told = std::make_shared<provider::site_summary>();
            told->code = {code};
            out.unreadable.push_back({"it is odd", std::move(told)});
        }
        out.complete = list.complete;
        out.beyond_reach = !list.complete;
        co_return out;
    }
};

}

TEST_CASE("what one list of sites does not name is asked for once more, and gone only when two complete lists agree")
{
    auto listed = [](scripted_api& api, std::vector<std::string> in_use) {
        return tests::told(list_sites_surely(api, *parse_yyyymmdd("20270301"), std::move(in_use)));
    };
    auto codes = [](const std::optional<sure_listing>& of) {
        std::set<std::string> out;
        for (const auto& site : of->sites.items) out.insert(site.code.text);
        return out;
    };
    using names = std::set<std::string>;
    {
        scripted_api whole({{.codes = {"A", "B", "C"}}});
        auto got = listed(whole, {"A", "B"});
        REQUIRE(got);
        CHECK((got->sites.complete && whole.asked == 1 && codes(got) == names{"A", "B", "C"}));
    }
    {
        scripted_api odd({{.codes = {"C"}}, {.codes = {"A", "B", "D"}}});
        auto got = listed(odd, {"A", "B", "C"});
        REQUIRE(got);
        CHECK((got->sites.complete && got->left_out == 2 && codes(got) == names{"A", "B", "C", "D"}));
    }
    {
        scripted_api gone({{.codes = {"A"}}, {.codes = {"A"}}});
        auto got = listed(gone, {"A", "B"});
        REQUIRE(got);
        CHECK((got->sites.complete && gone.asked == 2 && codes(got) == names{"A"}));
    }
    {
        scripted_api incomplete({{.codes = {"A"}, .complete = false}});
        auto got = listed(incomplete, {"A", "B"});
        REQUIRE(got);
        CHECK_FALSE(got->sites.complete);
    }
    {
        scripted_api incomplete({{.codes = {"A"}}, {.codes = {"A"}, .complete = false}});
        auto got = listed(incomplete, {"A", "B"});
        REQUIRE(got);
        CHECK_FALSE(got->sites.complete);
    }
    {
        scripted_api broken({{.codes = {"A"}}, {.codes = {}, .fails = true}});
        CHECK_FALSE(listed(broken, {"A", "B"}));
    }
    {
        scripted_api empty({scripted_api::one_list{}, scripted_api::one_list{}});
        auto got = listed(empty, {"A"});
        REQUIRE(got);
        CHECK_FALSE(got->sites.complete); // as if everybody's sites had gone at once
    }
    {
        scripted_api new_customer({scripted_api::one_list{}});
        auto got = listed(new_customer, {});
        REQUIRE(got);
        CHECK(got->sites.complete);
    }
}

TEST_CASE("an element that cannot be read is left out alone; where it may be a missing site, none is taken for gone")
{
    auto listed = [](const scripted_api::one_list& each_time, std::vector<std::string> in_use) {
        scripted_api api({each_time, each_time});
        return tests::told(list_sites_surely(api, *parse_yyyymmdd("20270301"), std::move(in_use))).value();
    };
    for (std::string odd : {"", "../../etc/passwd", "int\x01", "B"}) {
        INFO(odd);
        auto nothing_missing = listed({.codes = {"A"}, .odd = {odd}}, {"A"});
        CHECK(nothing_missing.sites.complete);
        CHECK(nothing_missing.sites.items.size() == 1);
        CHECK(nothing_missing.sites.unreadable.size() == 1);
    }
    for (std::string nameless : {"", "int\x01"}) {
        auto missing = listed({.codes = {"A"}, .odd = {nameless}}, {"A", "B"});
        CHECK_FALSE(missing.sites.complete);
        CHECK_THAT(missing.sites.not_whole,
                   Catch::Matchers::Contains("site B") && Catch::Matchers::Contains("it is odd"));
    }
    CHECK(listed({.codes = {"A"}, .odd = {"../../etc/passwd"}}, {"A", "B"}).sites.complete); // B is gone
    auto there = listed({.codes = {"A"}, .odd = {"B"}}, {"A", "B"});
    CHECK(there.sites.complete);
    REQUIRE(there.sites.items.size() == 2);
    CHECK(there.sites.items[1].code.text == "B");
    CHECK(there.sites.items[1].status.empty());
}

TEST_CASE("a list of which too much cannot be read is none, and says why")
{
    scripted_api::one_list rubbish{.codes = {"A"}};
    rubbish.odd.assign(2'000, "");
    scripted_api api({rubbish});
    auto got = tests::told(list_sites_surely(api, *parse_yyyymmdd("20270301"), {"A"})).value();
    CHECK_FALSE(got.sites.complete);
    CHECK(got.sites.unreadable.size() == 1'000);
    CHECK_THAT(got.sites.not_whole, Catch::Matchers::Contains("it is odd"));
}

namespace {

/// A provider that lists the same sites whatever is asked for, and more than it can list.
class deaf_api final : public tests::silent_api {
public:
    std::string day;
    int asked = 0;
    bool says_more = false; // that there is more, though its list ends
    asio::awaitable<provider::result<provider::listing<provider::site_summary>>>
    list_sites(provider::site_filter) override
    {
        ++asked;
        provider::listing<provider::site_summary> out;
        for (int i = 0; i < 30; ++i) {
            provider::site_summary site;
            site.code = {"s" + std::to_string(i)};
            site.status = i % 2 ? "1" : "2";
            site.start_at = day;
            out.items.push_back(site);
        }
        out.complete = false;
        out.beyond_reach = !says_more;
        if (says_more) out.not_whole = "the provider's list says by \"hasMore\" that it is not whole";
        co_return out;
    }
};

}

TEST_CASE("a list of sites that heeds no days is not asked for day by day")
{
    for (std::string day : {"20260401", "2026-04-01T10:00:00+09:00", "20280301", ""}) {
        INFO(day);
        deaf_api api;
        api.day = day;
        auto all = tests::told(list_all_sites(api, *parse_yyyymmdd("20270301")));
        REQUIRE(all);
        CHECK_FALSE(all->complete);
        CHECK(all->items.size() == 30);
        CHECK_THAT(all->not_whole, Catch::Contains("days"));
        CHECK(api.asked <= 16);
        if (!day.empty()) CHECK(api.asked <= 8);
    }
}

TEST_CASE("a list of sites that says that there is more, and does not tell where, is asked for once")
{
    deaf_api api;
    api.says_more = true;
    auto all = tests::told(list_all_sites(api, *parse_yyyymmdd("20270301")));
    REQUIRE(all);
    CHECK_FALSE(all->complete);
    CHECK(api.asked == 1);
    CHECK_THAT(all->not_whole, Catch::Contains("hasMore"));
}
