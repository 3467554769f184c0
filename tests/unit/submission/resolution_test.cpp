#include "orderd/submission/choices.hpp"
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
    return a.searched == b.searched && a.found == b.found && a.candidates == b.candidates && a.line_busy == b.line_busy;
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
    REQUIRE(seen.candidates.size() == 2);
    CHECK(seen.candidates[0].code.text == "B1"); // what differs in nothing comes first
    CHECK(seen.candidates[1].differs);
    CHECK(objects(ours, "A1", seen));
    CHECK_FALSE(objects(ours, "B1", seen));
}

TEST_CASE("what is in progress and not shown by the search may be the order, for a person")
{
    auto found = search_of({});
    found.elsewhere = "A4";
    for (const auto& seen : {shown(found, false), shown(to_json(found), false)}) {
        REQUIRE(seen.candidate_of({"A4"}));
        CHECK(seen.candidate_of({"A4"})->hidden);
        CHECK(objects(not_created, "", seen));
        CHECK(objects(give_up, "", seen));
        CHECK_FALSE(objects(ours, "A4", seen));
    }
}

TEST_CASE("what an earlier search showed counts for a person until it is told to be another's")
{
    store::doubtful_order order;
    auto earlier = shown(search_of({judged_as(verdict::perhaps, "A4")}), false);
    auto now = [&](const search_evidence& found) { return with_earlier(shown(found, false), earlier, order); };
    auto seen = now(search_of({}));
    REQUIRE(seen.candidate_of({"A4"}));
    CHECK(seen.candidate_of({"A4"})->hidden);
    CHECK(objects(not_created, "", seen));
    CHECK_THAT(choices({7}, seen, order_state::held).front().english, Contains("does not show it"));

    CHECK_FALSE(now(search_of({judged_as(verdict::another, "A4")})).candidate_of({"A4"}));
    auto shown_again = now(search_of({judged_as(verdict::ours, "A4")}));
    REQUIRE(shown_again.candidates.size() == 1);
    CHECK_FALSE(shown_again.candidates[0].hidden);
    order.ruled_out = {{"A4"}};
    CHECK_FALSE(objects(not_created, "", now(search_of({}))));
    order.ruled_out.clear();
    order.given_back = {{"A4"}};
    CHECK_FALSE(objects(not_created, "", now(search_of({}))));
}

TEST_CASE("an order code is taken as a person writes it, and what is none is refused")
{
    for (auto word : {"A1000010500000083", " A1000010500000083", "A1000010500000083\t", "Ａ１０００010500000083",
                      "\u3000A1000010500000083\u3000"}) {
        INFO(word);
        auto code = typed_order_code(word);
        REQUIRE(code);
        CHECK(code->text == "A1000010500000083");
    }
    const std::string longest(64, 'x');
    CHECK(typed_order_code(longest));
    CHECK(typed_order_code("A1-2_3")); // as the provider's may be
    for (const auto& word : {std::string(), std::string("  "), std::string("A1 B2"),
                             std::string("A1000010500000083;x y"), std::string("A1-"), std::string("番号1"),
                             longest + "x", std::string(3000, 'x'), std::string("A1\xff"), std::string("A1'--")}) {
        INFO(word);
        CHECK_FALSE(typed_order_code(word));
    }
}

TEST_CASE("a code is taken in the provider's own writing where the search shows it, whatever its case")
{
    auto seen = shown(search_of({judged_as(verdict::perhaps, "Ab1"), judged_as(verdict::another, "Cd2"),
                                 judged_as(verdict::another, "cD2")}),
                      false);
    CHECK(as_the_provider_writes({"aB1"}, seen).text == "Ab1");
    CHECK(as_the_provider_writes({"Ab1"}, seen).text == "Ab1");
    CHECK(as_the_provider_writes({"cD2"}, seen).text == "cD2"); // as it stands comes before any other case
    CHECK(as_the_provider_writes({"CD2"}, seen).text == "Cd2");
    CHECK(as_the_provider_writes({"aB12"}, seen).text == "aB12");
    CHECK(as_the_provider_writes({"x"}, {}).text == "x");
}

TEST_CASE("an order for another line or site, or of another type, is refused whatever a person says")
{
    store::doubtful_order order;
    order.id = {7};
    start_order start;
    start.line_id = "CAF3000000021";
    order.request = start;
    provider::order_detail there;
    there.code = {"A8"};
    there.order_type = "1";
    there.line_id = "CAF3000000022";
    auto why = impossible_as(there, order, "'#8'");
    for (const auto* words : {&why.english, &why.japanese}) {
        INFO(*words);
        CHECK_THAT(*words, Contains("A8") && Contains("CAF3000000022") && Contains("'#8'") && Contains("#7") &&
                               Contains("CAF3000000021"));
    }
    CHECK_FALSE(impossible_as(there, order, "").none());
    for (auto same : {"CAF3000000021", "caf3000000021", "ＣＡＦ3000000021", "CAF-3000-000021", "", "CAF30000*****"}) {
        INFO(same);
        there.line_id = same;
        CHECK(impossible_as(there, order, "").none());
    }
    for (auto type : {"2", "3"}) {
        there.order_type = type;
        CHECK_THAT(impossible_as(there, order, "").english, Contains("of type"));
    }
    there.order_type = ""; // not told
    CHECK(impossible_as(there, order, "").none());

    order.type = order_type::cancel;
    cancel_order cancel;
    cancel.customer_site_code = "int-1000001";
    order.request = cancel;
    there.order_type = "3";
    there.customer_site_code = "int-1000002";
    CHECK_THAT(impossible_as(there, order, "").english, Contains("site int-1000002"));
    there.customer_site_code = "int-1000001";
    CHECK(impossible_as(there, order, "").none());
}

TEST_CASE("the choices name each candidate, the best first, and say --sure with the risk where it will be wanted")
{
    auto theirs = judged_as(verdict::perhaps, "A1", {{"customerSiteName", false, "東京拠点", "大阪拠点"}});
    theirs.status = "4";
    auto ours_here = judged_as(verdict::ours, "A2", {{"customerSiteName", true, "東京拠点", "東京拠点"}});
    ours_here.application_date = "20261126";
    ours_here.customer_site_name = "東京拠点";
    auto seen = shown(search_of({theirs, ours_here}), false);
    auto all = choices({7}, seen, order_state::held);
    REQUIRE(all.size() == 5);
    CHECK(all[0].arguments == "'#7' --order-code A2");
    CHECK_THAT(all[0].english, Contains("2026-11-26") && Contains("東京拠点") && Contains("in progress"));
    CHECK_THAT(all[0].japanese, Contains("申込日 2026-11-26") && Contains("進行中"));
    CHECK(all[1].arguments == "'#7' --order-code A1 --sure");
    CHECK_THAT(all[1].english, Contains("cancelled") && Contains("somebody else's"));
    CHECK(all[2].arguments == "'#7' --not-created --sure");
    CHECK_THAT(all[2].english, Contains("A2") && Contains("twice"));
    CHECK(all[3].arguments == "'#7' --give-up --sure");
    CHECK_THAT(all[3].english, Contains("not cancelled and may be charged"));
    CHECK_THAT(all[3].japanese, Contains("取り消されず、課金されることがあります"));
    CHECK(all[4].arguments == "'#7' --search-again");
    // Whatever a search brings: a command carries --sure exactly where the decision would be refused without it.
    tests::any_search any(7);
    for (int i = 0; i < 5'000; ++i) {
        auto found = shown(any(), any.coin());
        for (const auto& c : choices({7}, found, any.coin() ? order_state::held : order_state::in_doubt)) {
            bool sure = c.arguments.ends_with(" --sure");
            auto event = c.arguments.find("--order-code") != c.arguments.npos    ? ours
                         : c.arguments.find("--not-created") != c.arguments.npos ? not_created
                         : c.arguments.find("--give-up") != c.arguments.npos     ? give_up
                                                                                 : order_event::search_asked;
            order_code code;
            for (const auto& there : found.candidates)
                if (event == ours && c.arguments.ends_with(" " + there.code.text + (sure ? " --sure" : "")))
                    code = there.code;
            if (sure == objection_to(event, code, found).none()) FAIL(c.arguments);
        }
    }
    CHECK(choices({7}, shown(search_of({}), false), order_state::in_doubt).size() ==
          2); // in doubt: it is searched for by itself
}

TEST_CASE("the story of a decision says where it was taken, what was named, what it went against, and why")
{
    CHECK(decision_words("", {}, {}, "") == "");
    CHECK(decision_words("", {}, {}, "seen in the portal") == "seen in the portal");
    CHECK(decision_words("", {"A1"}, {}, "") == "order code A1");
    CHECK(decision_words("", {"A1"}, {"it differs", "違う"}, "I know") == "order code A1, although it differs: I know");
    CHECK(decision_words("on the status page", {}, {"it differs", "違う"}, "") ==
          "on the status page, although it differs");
}

TEST_CASE("the choices are those of the order's state")
{
    auto options_in = [](order_state state) {
        std::string all;
        for (const auto& c : choices({7}, shown(search_of({}), false), state)) all += c.arguments + "\n";
        return all;
    };
    CHECK_THAT(options_in(order_state::accepted), Contains("--not-ours") && Contains("--search-again") &&
                                                      !Contains("--not-created") && !Contains("--give-up"));
    CHECK(options_in(order_state::refused) == "'#7' --search-again\n");
    CHECK_THAT(options_in(order_state::held), !Contains("--not-ours"));
}

TEST_CASE("a code that the provider told is given back otherwise than one that a person took")
{
    shown_evidence seen;
    auto by_person = objection_to(order_event::resolved_as_not_ours, {"X1"}, seen);
    CHECK_THAT(by_person.english, Contains("a person took order X1") && Contains("sent again"));
    seen.told_by_provider = true;
    auto by_provider = objection_to(order_event::resolved_as_not_ours, {"X1"}, seen);
    CHECK_THAT(by_provider.english, Contains("the provider told order code X1") && !Contains("sent again"));
}

TEST_CASE("what the provider lists and does not tell can be named, by who is sure")
{
    auto missing = judged_as(verdict::unreadable, "A4"), failed = judged_as(verdict::perhaps, "A4");
    missing.application_date = failed.application_date = "20261126";
    failed.rule = "detail_not_answered";
    std::vector<shown_evidence> searches;
    for (const auto& listed : {missing, failed}) {
        searches.push_back(shown(search_of({listed}), false));
        searches.push_back(shown(to_json(search_of({listed})), false));
    }
    for (const auto& seen : searches) {
        auto all = choices({4}, seen, order_state::held);
        REQUIRE(all.size() == 4);
        CHECK(all[0].arguments == "'#4' --order-code A4 --sure");
        CHECK_THAT(all[0].english, Contains("2026-11-26") && Contains("lists order A4") && Contains("somebody else's"));
        CHECK_THAT(all[0].japanese, Contains("A4") && Contains("一覧にあります"));
        CHECK(objects(ours, "A4", seen));
        CHECK(objects(not_created, "", seen));
        CHECK_THAT(objection_to(ours, {"A5"}, seen).english, Contains("shows no order A5"));
        CHECK(seen.unread_of({"A5"}) == nullptr);
    }
    CHECK(choices({4}, shown(search_of({judged_as(verdict::another, "A4")}), false), order_state::in_doubt).size() ==
          2);
}

TEST_CASE("what is said of giving a code back names the code")
{
    for (bool by_provider : {true, false}) {
        auto seen = shown(search_of({}), false);
        seen.told_by_provider = by_provider;
        seen.followed_by = {"X1"};
        for (const auto& c : choices({7}, seen, order_state::accepted))
            if (c.arguments.find("--not-ours") != c.arguments.npos) {
                CHECK(c.arguments == "'#7' --not-ours --sure");
                CHECK_THAT(c.english, Contains(by_provider ? "order code X1 for" : "order X1 for"));
                CHECK_THAT(c.japanese, Contains("オーダー番号 X1 "));
            }
    }
}

TEST_CASE("an order that the provider said late that it created is sent again only by who is sure")
{
    auto order = store::doubtful_order{};
    order.told_late = {"A4"};
    auto seen = with_facts(shown(search_of({}), false), order, std::chrono::seconds(1));
    for (auto event : {not_created, give_up}) {
        auto against = objection_to(event, {}, seen);
        CHECK_THAT(against.english, Contains("said that it created this order, as A4"));
        CHECK_THAT(against.japanese, Contains("オーダー番号 A4"));
    }
}
