#include "orderd/submission/reconcile.hpp"
#include "searches.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using tests::judged_as;
using tests::search_of;
using answer = control::answer;

namespace {

const decision_settings settings{120s, 5, {1s, 60s}, false, 1h, false};

store::doubtful_order doubtful()
{
    start_order s;
    s.customer_site_name = "東京拠点";
    s.line_id = "CAF1234567890";
    s.line_access_key = "a1b2c3d4";
    s.product_codes = {"1-1-1-1-1"};
    store::doubtful_order o;
    o.id = {4711};
    o.attempts = 1;
    o.settle_time = 120s;
    o.request = s;
    return o;
}
reconciliation after(const store::doubtful_order& o, const search_evidence& found,
                     const decision_settings& with = settings, bool too_short = false)
{
    return reconcile(o, found, too_short, with, 0.5);
}

const auto ours = judged_as(verdict::ours), another = judged_as(verdict::another),
           perhaps = judged_as(verdict::perhaps), unreadable = judged_as(verdict::unreadable);

/// The events that hold an order for a person.
bool holds(order_event e) { return next(order_state::in_doubt, e) == order_state::held; }

void check_for_a_person(const reconciliation& r, std::initializer_list<const char*> named)
{
    CHECK(holds(r.event));
    CHECK_FALSE(r.error_code.empty());
    for (const auto* text : {&r.english, &r.japanese}) {
        INFO(*text);
        for (const auto* name : named) CHECK_THAT(*text, Contains(name));
        CHECK_THAT(*text, !Contains("--") && !Contains("orders resolve")); // pages show it, too
    }
    CHECK(r.english != r.japanese);
}

}

TEST_CASE("what a search found comes to one finding")
{
    auto with_none_told = [](answer negative, answer positive = answer::good) {
        auto found = search_of({}, positive);
        found.none_told_as = "4000137";
        found.negative = {negative, "e", "j"};
        return found;
    };
    auto with = [](search_evidence found, auto change) {
        change(found);
        return found;
    };
    auto cut = [](search_evidence& e) { e.unusable = "a page is missing"; };
    auto keyless = [](search_evidence& e) { e.without_key.push_back("it has no orderCode"); };
    const struct {
        std::string_view what;
        search_evidence found;
        finding is;
    } rows[] = {
        {"nothing", search_of({}), finding::not_there},
        {"another's", search_of({another, another}), finding::not_there},
        {"one ours", search_of({ours}), finding::one_ours},
        {"one ours beside another's", search_of({another, ours, another}), finding::one_ours},
        {"two ours", search_of({ours, ours}), finding::several_ours},
        {"perhaps", search_of({perhaps}), finding::perhaps_ours},
        {"perhaps beside ours", search_of({ours, perhaps}), finding::perhaps_ours},
        {"perhaps before ours", search_of({perhaps, ours}), finding::perhaps_ours},
        {"perhaps beside another's", search_of({another, perhaps}), finding::perhaps_ours},
        // no answer can be drawn from what cannot be read
        {"unreadable", search_of({unreadable}), finding::inconclusive},
        {"unreadable beside ours", search_of({ours, unreadable}), finding::inconclusive},
        {"unreadable beside another's", search_of({another, unreadable}), finding::inconclusive},
        {"no list", with(search_of({}), cut), finding::inconclusive},
        {"a page is missing, beside ours", with(search_of({ours}), cut), finding::inconclusive},
        {"an element without key", with(search_of({}), keyless), finding::inconclusive},
        {"an element without key, beside ours", with(search_of({ours}), keyless), finding::inconclusive},
        {"an element without key, beside another's", with(search_of({another}), keyless), finding::inconclusive},
        // an empty search and its controls
        {"positive bad", search_of({}, answer::bad), finding::inconclusive},
        {"positive bad beside another's", search_of({another}, answer::bad), finding::inconclusive},
        {"positive impossible", search_of({}, answer::impossible), finding::not_there_unvouched},
        {"negative good", with_none_told(answer::good), finding::not_there},
        {"negative bad", with_none_told(answer::bad), finding::inconclusive},
        {"negative good, positive bad", with_none_told(answer::good, answer::bad), finding::inconclusive},
        {"negative good, positive impossible", with_none_told(answer::good, answer::impossible),
         finding::not_there_unvouched},
        {"negative bad, positive impossible", with_none_told(answer::bad, answer::impossible), finding::inconclusive},
    };
    for (const auto& row : rows) {
        INFO(row.what << ": " << name(read(row.found)));
        CHECK(read(row.found) == row.is);
    }
    CHECK(read(search_of({}, answer::not_asked)) != finding::not_there);
    CHECK(read(search_of({ours}, answer::bad)) == finding::one_ours); // what is found needs no control
}

TEST_CASE("one that is ours is found at once, whatever was searched before")
{
    for (int searches : {0, 1, 2})
        for (int uncontrolled : {0, 1, 2})
            for (bool busy : {false, true})
                for (int attempts : {1, 5, 50}) {
                    auto o = doubtful();
                    o.searches = searches;
                    o.uncontrolled_searches = uncontrolled;
                    o.line_busy = busy;
                    o.attempts = attempts;
                    auto r = after(o, search_of({another, ours}), settings, true);
                    CHECK(r.event == order_event::found_at_provider);
                    CHECK(r.code.text == "A1");
                    CHECK(r.error_code.empty());
                }
}

TEST_CASE("two counting searches, a settle time apart, prove that nothing was created")
{
    auto o = doubtful();
    auto first = after(o, search_of({another}));
    CHECK(first.event == order_event::not_found_yet);
    CHECK(first.searches == 1);
    CHECK(first.uncontrolled_searches == 0);
    CHECK(first.delay == 120s);
    o.searches = first.searches;
    auto second = after(o, search_of({another}));
    CHECK(second.event == order_event::not_created);
    CHECK(second.code.text.empty());
    CHECK(second.delay < 61s);
}

TEST_CASE("the settle time of the claim counts when it is longer than the configured one, and the other way round")
{
    auto o = doubtful();
    o.settle_time = 600s;
    CHECK(after(o, search_of({})).delay == 600s);
    CHECK(after(o, search_of({}, answer::impossible)).delay == 600s);
    o.settle_time = 10s;
    CHECK(after(o, search_of({})).delay == 120s);
    o.settle_time = 0s; // not known
    CHECK(after(o, search_of({})).delay == 120s);
}

TEST_CASE("searches that no control can vouch for hold the order after the second")
{
    auto o = doubtful();
    auto first = after(o, search_of({}, answer::impossible));
    CHECK(first.event == order_event::not_found_yet);
    CHECK(first.searches == 0);
    CHECK(first.uncontrolled_searches == 1);
    CHECK(first.delay == 120s);
    o.uncontrolled_searches = 1;
    auto second = after(o, search_of({}, answer::impossible));
    CHECK(second.event == order_event::control_impossible);
    check_for_a_person(second, {});
    CHECK_THAT(second.english, Contains("a control in English"));
    CHECK_THAT(second.japanese, Contains("日本語の確認"));
}

TEST_CASE("an uncontrolled search is no second one, unless the configuration says so")
{
    auto lenient = settings;
    lenient.resend_without_control = true;
    auto o = doubtful();
    auto first = after(o, search_of({}, answer::impossible), lenient);
    CHECK(first.event == order_event::not_found_yet);
    CHECK(first.delay == 120s);
    o.searches = first.searches;
    o.uncontrolled_searches = first.uncontrolled_searches;
    CHECK(after(o, search_of({}, answer::impossible), lenient).event == order_event::not_created);
    // Of one kind each: two searches, of which one counts.
    for (auto [searches, uncontrolled] :
         {std::pair{1, 0}, std::pair{0, 1}, std::pair{1, 1}, std::pair{0, 5}, std::pair{1, 5}}) {
        auto mixed = doubtful();
        mixed.searches = searches;
        mixed.uncontrolled_searches = uncontrolled;
        INFO(searches << " " << uncontrolled);
        CHECK(after(mixed, search_of({}, answer::impossible)).event != order_event::not_created);
    }
    auto one_uncontrolled = doubtful();
    one_uncontrolled.uncontrolled_searches = 5;
    auto controlled = after(one_uncontrolled, search_of({}));
    CHECK(controlled.event == order_event::not_found_yet); // the first that counts
    CHECK(controlled.searches == 1);
}

TEST_CASE("a bad control, and a negative one above all, never counts")
{
    for (bool lenient : {false, true})
        for (int searches : {0, 1, 5}) {
            auto with = settings;
            with.resend_without_control = lenient;
            auto o = doubtful();
            o.searches = searches;
            CHECK(after(o, search_of({}, answer::bad), with).event == order_event::search_inconclusive);
            auto none = search_of({}, answer::good);
            none.none_told_as = "4000137";
            none.negative = {answer::bad, "e", "j"};
            CHECK(after(o, none, with).event == order_event::search_inconclusive);
            none.positive.is = answer::impossible;
            CHECK(after(o, none, with).event == order_event::search_inconclusive);
        }
}

TEST_CASE("what tells nothing is asked again, and what was counted stays counted")
{
    for (int searches : {0, 1}) {
        auto o = doubtful();
        o.searches = searches;
        o.uncontrolled_searches = 1;
        auto r = after(o, search_of({unreadable}));
        CHECK(r.event == order_event::search_inconclusive);
        CHECK(r.delay > 0s);
        CHECK(r.delay <= 2min);
        CHECK(r.searches == searches);
        CHECK(r.uncontrolled_searches == 1);
    }
}

TEST_CASE("searches that tell nothing for an hour hold the order, with what the provider said")
{
    auto o = doubtful();
    auto found = search_of({});
    found.unusable = "HTTP 400; the provider says: 4000102 取得件数";
    o.inconclusive_for = 1h - 1ms;
    CHECK(after(o, found).event == order_event::search_inconclusive);
    o.inconclusive_for = 1h;
    auto r = after(o, found);
    CHECK(r.event == order_event::search_given_up);
    check_for_a_person(r, {"4000102 取得件数"});

    auto odd = judged_as(verdict::unreadable, "A77");
    odd.status = "進行中";
    check_for_a_person(after(o, search_of({odd})), {"A77", "進行中"});
    auto keyless = search_of({});
    keyless.without_key.push_back("it has no orderCode");
    check_for_a_person(after(o, keyless), {"it has no orderCode"});
    auto r_control = after(o, search_of({}, answer::bad));
    check_for_a_person(r_control, {});
    CHECK_THAT(r_control.english, Contains("a control in English"));
    CHECK_THAT(r_control.japanese, Contains("日本語の確認"));
    auto none = search_of({});
    none.none_told_as = "4000137 該当なし";
    none.negative = {answer::bad, "told otherwise", "異なる応答"};
    check_for_a_person(after(o, none), {"4000137 該当なし"});
    auto soon = settings;
    soon.search_limit = 10s;
    o.inconclusive_for = 10s;
    CHECK(after(o, found, soon).event == order_event::search_given_up);
    CHECK(after(o, search_of({})).event == order_event::not_found_yet); // an answer at last
}

TEST_CASE("perhaps is for a person, who is told what differs")
{
    auto e = judged_as(verdict::perhaps, "A99",
                       {{"customerSiteName", false, "東京拠点", "大阪拠点"},
                        {"products", true, "a", "a"},
                        {"lineAccessKey", false, "", ""}});
    for (int searches : {0, 1}) {
        auto o = doubtful();
        o.searches = searches;
        auto r = after(o, search_of({another, e}));
        CHECK(r.event == order_event::perhaps_at_provider);
        check_for_a_person(r, {"A99"});
        auto told = tell(search_of({another, e}));
        for (auto name : {"A99", "customerSiteName", "東京拠点", "大阪拠点", "lineAccessKey", "products"})
            CHECK_THAT(told.english, Contains(name));
        for (auto name : {"A99", "拠点名", "東京拠点", "大阪拠点", "アクセスキー", "商品"})
            CHECK_THAT(told.japanese, Contains(name));
        CHECK(r.code.text.empty());
    }
    // One that is ours beside one that may be: not adopted either.
    auto r = after(doubtful(), search_of({ours, e}));
    CHECK(r.event == order_event::perhaps_at_provider);
    check_for_a_person(r, {"A1", "A99"});
}

TEST_CASE("so many that none of them can be shown in full are still for a person")
{
    search_evidence found = search_of({});
    for (int i = 0; i < 500; ++i)
        found.elements.push_back(judged_as(verdict::perhaps, "A" + std::to_string(i),
                                           {{"customerSiteName", false, "東京拠点", std::string(200, 'x')}}));
    auto r = after(doubtful(), found);
    CHECK(r.event == order_event::perhaps_at_provider);
    check_for_a_person(r, {"A0"});
    CHECK(r.english.size() < 4000);
    CHECK(r.japanese.size() < 4000);
}

TEST_CASE("several that agree are for a person")
{
    auto r = after(doubtful(), search_of({ours, another, judged_as(verdict::ours, "A2")}));
    CHECK(r.event == order_event::several_candidates);
    check_for_a_person(r, {"A1", "A2"});
    CHECK_FALSE(r.created_late);
}

TEST_CASE("a line that the provider calls busy is never taken for empty")
{
    for (bool lenient : {false, true})
        for (int attempts : {1, 5, 50})
            for (int searches : {0, 1, 2, 50})
                for (int uncontrolled : {0, 1, 2, 50})
                    for (bool too_short : {false, true})
                        for (auto positive : {answer::good, answer::impossible, answer::bad, answer::not_asked})
                            for (const auto& found : {search_of({}, positive), search_of({another}, positive)}) {
                                auto with = settings;
                                with.resend_without_control = lenient;
                                auto o = doubtful();
                                o.line_busy = true;
                                o.attempts = attempts;
                                o.searches = searches;
                                o.uncontrolled_searches = uncontrolled;
                                auto event = after(o, found, with, too_short).event;
                                CHECK(event != order_event::not_created);
                                CHECK(event != order_event::attempts_used_up);
                            }
    auto o = doubtful();
    o.line_busy = true;
    CHECK(after(o, search_of({})).event == order_event::not_found_yet);
    o.searches = 1;
    auto r = after(o, search_of({}));
    CHECK(r.event == order_event::line_taken);
    check_for_a_person(r, {"4000139"});
    CHECK(after(o, search_of({ours})).event == order_event::found_at_provider);
}

TEST_CASE("what the provider said that it created is never sent again, whatever is not found")
{
    for (bool vouched : {true, false})
        for (bool without_control : {true, false}) {
            auto with = settings;
            with.resend_without_control = without_control;
            auto found = search_of({another});
            if (!vouched) found.positive.is = answer::impossible;
            auto o = doubtful();
            o.told_created = o.line_busy = true;
            reconciliation r;
            int rounds = 0;
            do {
                r = after(o, found, with);
                o.searches = r.searches;
                o.uncontrolled_searches = r.uncontrolled_searches;
                REQUIRE(++rounds < 10);
            } while (r.event == order_event::not_found_yet);
            CHECK(rounds == 4);
            CHECK(r.event == order_event::line_taken);
            CHECK(r.error_code == "wrong_order_code");
            check_for_a_person(r, {});
        }
    auto o = doubtful();
    o.told_created = o.line_busy = o.resent = true;
    auto r = after(o, search_of({ours}));
    CHECK(r.event == order_event::found_at_provider);
    CHECK_FALSE(r.created_late); // it was there all the time
}

TEST_CASE("what the provider said late that it created is never sent again, and a person hears its code")
{
    auto o = doubtful();
    o.told_late = {"A4"};
    auto r = after(o, search_of({another}));
    for (int round = 1; r.event == order_event::not_found_yet; ++round) {
        REQUIRE(round < 10);
        o.searches = r.searches;
        r = after(o, search_of({another}));
    }
    CHECK(r.event == order_event::line_taken);
    CHECK(r.error_code == "late_order_code");
    check_for_a_person(r, {"A4"});
    CHECK(after(o, search_of({ours})).event == order_event::found_at_provider);
}

TEST_CASE("once a settle time was proven too short, what is not found is for a person")
{
    auto o = doubtful();
    CHECK(after(o, search_of({}), settings, true).event == order_event::not_found_yet);
    o.searches = 1;
    auto r = after(o, search_of({}), settings, true);
    CHECK(r.event == order_event::late_creation_possible);
    check_for_a_person(r, {"settle_time"});
    auto lenient = settings;
    lenient.resend_without_control = true;
    CHECK(after(o, search_of({}, answer::impossible), lenient, true).event == order_event::late_creation_possible);
}

TEST_CASE("an order that came after two searches had not found it proves the settle time too short")
{
    auto o = doubtful();
    CHECK_FALSE(after(o, search_of({ours})).created_late);
    o.resent = true;
    CHECK_FALSE(after(o, search_of({ours})).created_late); // of the second attempt
    CHECK(after(o, search_of({ours, ours})).created_late);
    o.line_busy = true;
    CHECK(after(o, search_of({ours})).created_late);
    CHECK_FALSE(after(o, search_of({})).created_late);
}

TEST_CASE("proven absent with every attempt used up, an order ends")
{
    auto o = doubtful();
    o.searches = 1;
    o.attempts = 4;
    CHECK(after(o, search_of({})).event == order_event::not_created);
    for (int attempts : {5, 6, 50}) {
        o.attempts = attempts;
        CHECK(after(o, search_of({})).event == order_event::attempts_used_up);
        o.searches = 0;
        CHECK(after(o, search_of({})).event == order_event::not_found_yet); // one search proves nothing
        o.searches = 1;
    }
}

TEST_CASE("whatever is found and known, an order is sent again only when it is proven absent")
{
    tests::any_search any(20261126);
    int again = 0;
    for (int i = 0; i < 100'000; ++i) {
        auto found = any();
        auto o = doubtful();
        o.searches = static_cast<int>(any.below(3));
        o.uncontrolled_searches = static_cast<int>(any.below(3));
        o.attempts = 1 + static_cast<int>(any.below(6));
        o.line_busy = any.coin(4);
        o.resent = any.coin(4);
        if (any.coin(3)) o.inconclusive_for = std::chrono::minutes(any.below(120));
        auto with = settings;
        with.resend_without_control = any.coin(3);
        bool too_short = any.coin(4);
        if (!found.none_told_as.empty() && found.negative.is == answer::not_asked) continue; // never made
        if (found.negative.is == answer::impossible) continue;
        auto r = after(o, found, with, too_short);
        if (!next(order_state::in_doubt, r.event)) FAIL("no transition for " << name(r.event));
        bool worded = r.event != order_event::attempts_used_up; // that there are no more is all there is to say
        if (holds(r.event) && worded && (r.english.empty() || r.japanese.empty() || r.error_code.empty()))
            FAIL("held without words");
        if (r.event == order_event::found_at_provider) {
            bool one = false;
            for (const auto& e : found.elements) one = one || (e.is == verdict::ours && e.code == r.code);
            if (!one) FAIL("adopted what is not ours");
        }
        if (r.event != order_event::not_created && r.event != order_event::attempts_used_up) continue;
        ++again;
        bool nobody = true;
        for (const auto& e : found.elements) nobody = nobody && e.is == verdict::another;
        bool vouched = found.positive.is == answer::good || with.resend_without_control;
        bool told = found.none_told_as.empty() || found.negative.is == answer::good;
        bool proven = nobody && found.unusable.empty() && found.without_key.empty() &&
                      found.positive.is != answer::bad && vouched && told && o.searches >= 1 && !o.line_busy &&
                      !too_short;
        if (!proven) FAIL("sent again without proof: " << to_json(found));
    }
    CHECK(again > 100);
}

TEST_CASE("a search as JSON tells every element with its verdict and why, and no access key")
{
    auto o = doubtful();
    element e;
    e.listed.code = {"A1"};
    e.listed.order_type = "1";
    e.listed.status = "1";
    e.listed.customer_site_name = "大阪拠点";
    e.listed.application_date = "20261126";
    provider::order_detail d;
    static_cast<provider::order_summary&>(d) = e.listed;
    d.line_id = "CAF1234567890";
    for (std::string key : {"a1b2c3d4", "zz99zz99"}) {
        d.line_access_key = key;
        e.detail = d;
        auto found = search_of({judge(e, o), judged_as(verdict::another, "B1")});
        auto text = to_json(found);
        auto words = tell(found);
        auto r = after(o, found);
        for (const auto& where : {text, words.english, words.japanese, r.english, r.japanese, r.why}) {
            INFO(where);
            CHECK(where.find("a1b2c3d4") == std::string::npos);
            CHECK(where.find(key) == std::string::npos);
        }
        auto parsed = boost::json::parse(text).as_object();
        CHECK(parsed["finding"] == "perhaps_ours");
        CHECK_THAT(std::string(parsed["searched"].as_string()), Contains("CAF1234567890"));
        auto& elements = parsed["elements"].as_array();
        REQUIRE(elements.size() == 2);
        CHECK(elements[0].at("orderCode") == "A1");
        CHECK(elements[0].at("verdict") == "perhaps_ours");
        CHECK(elements[1].at("verdict") == "another_order");
        CHECK_FALSE(elements[0].at("rule").as_string().empty());
        CHECK_FALSE(elements[0].at("en").as_string().empty());
        CHECK_FALSE(elements[0].at("ja").as_string().empty());
        CHECK_THAT(text, Contains("customerSiteName"));
        CHECK_THAT(text, Contains("大阪拠点"));
    }
}

TEST_CASE("the controls and what could not be used are told in JSON and in words")
{
    auto found = search_of({});
    found.none_told_as = "4000137 該当なし";
    found.negative = {answer::good, "a negative control", "存在しないキー"};
    auto parsed = boost::json::parse(to_json(found)).as_object();
    CHECK(parsed["positiveControl"].at("good") == true);
    CHECK(parsed["negativeControl"].at("good") == true);
    CHECK(parsed["noneToldAs"] == "4000137 該当なし");
    CHECK_THAT(tell(found).english, Contains("a control in English"));
    CHECK_THAT(tell(found).japanese, Contains("日本語の確認"));
    found.unusable = "the list was cut";
    found.without_key.push_back("it has no orderCode");
    CHECK_THAT(to_json(found), Contains("the list was cut") && Contains("it has no orderCode"));
    CHECK_THAT(tell(found).english, Contains("the list was cut"));
    CHECK_THAT(tell(found).japanese, Contains("the list was cut"));
    // However much was found, a story stays of a size that can be kept.
    for (int i = 0; i < 10'000; ++i) found.elements.push_back(judged_as(verdict::another, "B" + std::to_string(i)));
    CHECK(boost::json::parse(to_json(found)).is_object());
}

TEST_CASE("a search that the provider does not heed, or that misses what is in progress, proves nothing")
{
    using namespace submission;
    auto unheeded = tests::search_of({tests::judged_as(verdict::another, "X1")});
    CHECK(read(unheeded) == finding::not_there);
    unheeded.not_heeded = "X1";
    CHECK(read(unheeded) == finding::inconclusive);
    auto missed = tests::search_of({});
    missed.elsewhere = "A1";
    CHECK(read(missed) == finding::inconclusive);
    // What it finds is found all the same.
    unheeded.elements.push_back(tests::judged_as(verdict::ours, "A1"));
    CHECK(read(unheeded) == finding::one_ours);
    // Without a control as well: a sign against it is a sign.
    missed.positive.is = control::answer::impossible;
    CHECK(read(missed) == finding::inconclusive);
    for (auto found : {unheeded, missed})
        CHECK(to_json(found).find(found.elsewhere.empty() ? "notHeeded" : "inProgressElsewhere") != std::string::npos);
}

TEST_CASE("what a person gave back is not adopted again by itself")
{
    auto o = doubtful();
    o.given_back = {{"B7"}};
    CHECK(after(o, search_of({ours})).event == order_event::found_at_provider);
    o.given_back.push_back({"A1"});
    auto r = after(o, search_of({another, ours}));
    CHECK(r.event == order_event::perhaps_at_provider);
    CHECK(r.code.text.empty());
    check_for_a_person(r, {"A1"});
}
