#include "orderd/submission/reconcile.hpp"
#include "orderd/submission/resolution.hpp"
#include "searches.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;
using Catch::Matchers::Contains;
using tests::judged_as;
using tests::search_of;
using answer = control::answer;

namespace {

constexpr auto ours = order_event::resolved_as_ours, not_created = order_event::resolved_as_not_created,
               give_up = order_event::withdraw_asked;

bool objects(order_event decision, const std::string& code, const shown_evidence& seen)
{
    auto o = objection_to(decision, {code}, seen);
    CHECK(o.english.empty() == o.japanese.empty());
    return !o.english.empty();
}
bool same(const shown_evidence& a, const shown_evidence& b)
{
    return a.searched == b.searched && a.found == b.found && a.may_be_ours == b.may_be_ours &&
           a.differing == b.differing && a.line_busy == b.line_busy;
}

}

TEST_CASE("a decision that goes against what was found is objected to")
{
    auto element = [](verdict v, const char* code = "A1") { return judged_as(v, code); };
    auto cut = search_of({});
    cut.unusable = "no list";
    auto cut_with_ours = search_of({element(verdict::ours)});
    cut_with_ours.unusable = "a page is missing";
    const struct {
        std::string_view what;
        search_evidence found;
        bool as_a1, as_b1, as_not_created, as_given_up;
    } rows[] = {
        {"nothing there", search_of({}), true, true, false, false},
        {"another's", search_of({element(verdict::another)}), true, true, false, false},
        {"one ours", search_of({element(verdict::ours)}), false, true, true, true},
        {"perhaps", search_of({element(verdict::perhaps)}), false, true, true, true},
        {"two ours", search_of({element(verdict::ours), element(verdict::ours, "B1")}), false, false, true, true},
        {"ours and perhaps", search_of({element(verdict::ours), element(verdict::perhaps, "B1")}), false, false, true,
         true},
        {"ours and another's", search_of({element(verdict::ours), element(verdict::another, "B1")}), false, true, true,
         true},
        {"unreadable", search_of({element(verdict::unreadable, "C1")}), true, true, true, true},
        {"no list", cut, true, true, true, true},
        {"a page is missing", cut_with_ours, false, true, true, true},
        {"control bad", search_of({}, answer::bad), true, true, true, true},
        {"no control", search_of({}, answer::impossible), true, true, true, true},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        auto seen = shown(row.found, false);
        CHECK(seen.searched);
        CHECK(objects(ours, "A1", seen) == row.as_a1);
        CHECK(objects(ours, "B1", seen) == row.as_b1);
        CHECK(objects(not_created, "", seen) == row.as_not_created);
        CHECK(objects(give_up, "", seen) == row.as_given_up);
    }
}

TEST_CASE("a line that the provider calls busy speaks against sending again and giving up, whatever was found")
{
    auto seen = shown(search_of({}), true);
    CHECK(objects(not_created, "", seen));
    CHECK(objects(give_up, "", seen));
    CHECK_THAT(objection_to(not_created, {}, seen).english, Contains("4000139"));
    CHECK_THAT(objection_to(not_created, {}, seen).japanese, Contains("4000139"));
    CHECK_FALSE(objects(ours, "A1", shown(search_of({judged_as(verdict::ours)}), true)));
}

TEST_CASE("without a search every decision is objected to")
{
    for (auto text : {"", "{}", "[]", "null", "no JSON", "{\"finding\":\"nonsense\"}", "{\"finding\":1}"})
        for (bool busy : {false, true}) {
            auto seen = shown(text, busy);
            INFO(text);
            CHECK_FALSE(seen.searched);
            CHECK(seen.line_busy == busy);
            for (auto decision : {ours, not_created, give_up}) CHECK(objects(decision, "A1", seen));
        }
    for (auto decision : {ours, not_created, give_up}) CHECK(objects(decision, "A1", shown_evidence{}));
}

TEST_CASE("an objection names what may be the order, and what would follow")
{
    auto seen = shown(search_of({judged_as(verdict::perhaps, "A77"), judged_as(verdict::ours, "A78")}), false);
    for (auto decision : {ours, not_created, give_up}) {
        auto o = objection_to(decision, {"X1"}, seen);
        for (const auto* text : {&o.english, &o.japanese}) {
            INFO(*text);
            CHECK_THAT(*text, Contains("A77") && Contains("A78"));
        }
        CHECK(o.english != o.japanese);
    }
    CHECK(objection_to(not_created, {}, seen).english != objection_to(give_up, {}, seen).english);
    CHECK(objection_to(not_created, {}, seen).japanese != objection_to(give_up, {}, seen).japanese);
    CHECK_THAT(objection_to(ours, {"X1"}, seen).english, Contains("X1"));
    CHECK_THAT(objection_to(ours, {"X1"}, seen).japanese, Contains("X1"));
}

TEST_CASE("a search shows the same when it comes back from the story")
{
    tests::any_search any(20261127);
    for (int i = 0; i < 20'000; ++i) {
        auto found = any();
        bool busy = any.coin();
        if (!same(shown(to_json(found), busy), shown(found, busy))) FAIL(to_json(found));
    }
}

TEST_CASE("until two settle times after it was sent nobody knows that an order was not created")
{
    using namespace std::chrono_literals;
    store::doubtful_order order;
    order.settle_time = 30s;
    for (auto [ago, early] : {std::pair{59'999ms, true}, {60'000ms, false}, {-1ms, false}}) {
        order.sent_ago = ago;
        auto seen = with_facts(shown(search_of({}), false), order, 10s);
        INFO(ago.count());
        CHECK(seen.too_early == early);
        CHECK(objects(not_created, "", seen) == early);
        CHECK(objects(give_up, "", seen) == early);
    }
    order.sent_ago = 100s;
    CHECK(with_facts(shown(search_of({}), false), order, 60s).too_early); // the longer settle time counts
    order.line_busy = true;
    CHECK(with_facts(shown(search_of({}), false), order, 1s).line_busy);
}

TEST_CASE("to take an order for ours that differs from what was sent needs a person who is sure")
{
    auto differs = judged_as(verdict::perhaps, "A1");
    differs.members = {{"customerSiteName", false, "東京拠点", "大阪拠点"}, {"lineId", true, "CAF1", "CAF1"}};
    auto ended = judged_as(verdict::perhaps, "B1");
    ended.members = {{"customerSiteName", true, "東京拠点", "東京拠点"}};
    auto seen = shown(search_of({differs, ended}), false);
    CHECK(seen.differing == std::vector<order_code>{{"A1"}});
    CHECK(objects(ours, "A1", seen));
    CHECK_FALSE(objects(ours, "B1", seen));
}
