#include "one_order.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/orders.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace orderd;
using namespace orderd::tests;
using Catch::Matchers::Contains;

// People with psql: a state that somebody writes has no story, and what may exist at the provider is never sent again
// on its word.
namespace {

std::string events(stage& s, const std::string& key, const std::string& event)
{
    return s.sql("select count(*) from orderd.order_event where event = '" + event +
                 "' and order_id = " + of(s, key, "id"));
}
/// As it was in databases of before, and as a superuser can have it.
void allow_moves_by_hand(stage& s) { s.sql("alter table orderd.\"order\" disable trigger order_moves_by_verbs"); }
void set_by_hand(stage& s, const std::string& key, const std::string& state, bool raise_revision = false)
{
    s.sql("update orderd.\"order\" set state = '" + state + "'" + (raise_revision ? ", revision = revision + 1" : "") +
          " where request_key = '" + key + "'");
}

/// A stage on which a known order is in progress, by which searches can be tried, and lines may have two orders.
struct watched_stage : stage {
    explicit watched_stage(const std::string& settle_time = "3s")
        : stage(slow("api.request_timeout = \"3s\"\nsubmission.settle_time = \"" + settle_time + "\"\n"))
    {
        start_and_wait();
        insert_starts(1, "known", 60);
        wait_for_state(*this, "T60", "accepted");
        provider_settings(R"({"line_guard": false})");
    }
    /// T0 is on the wire, created at the provider, and its answer comes later.
    void send_slowly(int ms = 1'500)
    {
        provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "late", "delay_ms": )" +
                          std::to_string(ms) + R"(, "after": true, "every": 1, "times": 1}]})");
        insert_starts(1);
        wait_until("the order to be created", [&] { return ledger().size() == 2; });
        REQUIRE(of(*this, "T0", "state") == "submitting");
    }
    /// T0 is in doubt, and was created.
    void doubt()
    {
        provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "every": 1,
            "times": 1}]})");
        insert_starts(1);
        wait_for_state(*this, "T0", "in_doubt");
    }
    /// T0 ends as the one order that was created for it.
    void check_found()
    {
        wait_for_state(*this, "T0", "accepted");
        CHECK(of(*this, "T0", "order_code") == std::string(ledger()[1].at("orderCode").as_string()));
        CHECK(requests("POST /orders") == 2);
        check_ledger(2);
        CHECK(tally_is_true());
    }
};

}

TEST_CASE("PostgreSQL refuses a state that is written by hand, and says which verbs move orders")
{
    stage::options o;
    o.start_provider = false;
    stage s(o);
    REQUIRE(s.verb({"migrate"}).code == 0);
    s.sql("insert into orderd.batch (name, source) values ('b', 'table')");
    for (int state = 0; state <= static_cast<int>(order_state::withdrawn); ++state)
        s.sql(
            "insert into orderd.\"order\" (batch_id, source_row, request_key, content_hash, state, not_before) select "
            "id, " +
            std::to_string(state) + ", 'K" + std::to_string(state) + "', 'x', '" +
            std::string(name(static_cast<order_state>(state))) + "', now() from orderd.batch");
    for (int to = 0; to <= static_cast<int>(order_state::withdrawn); ++to) {
        auto wanted = std::string(name(static_cast<order_state>(to)));
        INFO(wanted);
        // Each of the others by itself, and all at once.
        CHECK_THROWS_WITH(s.sql("update orderd.\"order\" set state = '" + wanted + "' where state <> '" + wanted + "'"),
                          Contains("is not changed by hand") && Contains("orders hold, release, retry") &&
                              Contains("resolve"));
        CHECK_NOTHROW(s.sql("update orderd.\"order\" set state = '" + wanted + "' where state = '" + wanted + "'"));
    }
    CHECK(s.sql("select count(distinct state) from orderd.\"order\"") == "14");
    // Anything else may be mended, and what raises the revision is ours.
    CHECK_NOTHROW(s.sql("update orderd.\"order\" set not_before = now(), case_name = 'x'"));
    CHECK_NOTHROW(s.sql("update orderd.\"order\" set state = 'held', revision = revision + 1 where state = 'ready'"));
}

TEST_CASE("an order on the wire whose row is made ready by hand is not sent again, and its late answer is kept")
{
    bool raise_revision = GENERATE(false, true);
    watched_stage s;
    s.send_slowly();
    CHECK_THROWS(set_by_hand(s, "T0", "ready"));
    if (!raise_revision) allow_moves_by_hand(s);
    set_by_hand(s, "T0", "ready", raise_revision);
    wait_for_state(s, "T0", "in_doubt");
    CHECK(events(s, "T0", "outcome_missing") == "1");
    s.check_found();
    CHECK(events(s, "T0", "late_answer") == "1");
    CHECK_THAT(s.sql("select why from orderd.order_event where event = 'late_answer'"),
               Contains("order code " + of(s, "T0", "order_code")));
    CHECK_THAT(s.log(), Contains("answers came for orders that had been moved by somebody else"));
}

TEST_CASE("an order in doubt whose row is made ready by hand is searched for and not sent")
{
    watched_stage s;
    s.doubt();
    allow_moves_by_hand(s);
    set_by_hand(s, "T0", "ready", GENERATE(false, true));
    s.check_found();
}

TEST_CASE("an order in progress whose row is made ready by hand gives its code back, and is found under it")
{
    watched_stage s;
    s.insert_starts(1);
    wait_for_state(s, "T0", "accepted");
    set_by_hand(s, "T0", "ready", true);
    wait_until("a search", [&] { return events(s, "T0", "outcome_missing") == "1"; });
    s.check_found();
}

TEST_CASE("what is held by hand while it may exist at the provider is for `orders resolve`, not for `orders release`")
{
    bool on_the_wire = GENERATE(true, false);
    watched_stage s("10m");
    on_the_wire ? s.send_slowly() : s.doubt();
    allow_moves_by_hand(s);
    set_by_hand(s, "T0", "held", GENERATE(false, true));
    if (on_the_wire) wait_until("the late answer", [&] { return events(s, "T0", "late_answer") == "1"; });

    auto released = s.verb({"orders", "release", number_of(s, "T0")});
    CHECK(released.code == 1);
    CHECK_THAT(released.errors, Contains("may exist at the provider") && Contains("orders resolve"));
    CHECK(s.verb({"orders", "withdraw", number_of(s, "T0")}).code == 1);
    auto all = s.verb({"orders", "release", "--state", "held", "--yes"});
    CHECK_THAT(all.errors, Contains("may exist at the provider") && Contains("search-again"));
    CHECK(of(s, "T0", "state") == "held");

    auto code = std::string(s.ledger()[1].at("orderCode").as_string());
    CHECK_THAT(s.verb({"orders", "resolve", number_of(s, "T0")}).errors, Contains("--order-code " + code));
    CHECK(s.verb({"orders", "resolve", number_of(s, "T0"), "--not-created"}).code == 1);
    CHECK(s.verb({"orders", "resolve", number_of(s, "T0"), "--order-code", code}).code == 0);
    s.check_found();
}

TEST_CASE("what is held by hand is not let go by a batch that is resumed")
{
    watched_stage s("10m");
    REQUIRE(s.verb({"batches", "pause", "known"}).code == 0);
    s.insert_starts(1, "known");
    wait_for_state(s, "T0", "held");
    s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "every": 1}]})");
    REQUIRE(s.verb({"batches", "resume", "known"}).code == 0);
    wait_for_state(s, "T0", "in_doubt");
    set_by_hand(s, "T0", "held", true);
    REQUIRE(s.verb({"batches", "pause", "known"}).code == 0);
    REQUIRE(s.verb({"batches", "resume", "known"}).code == 0);
    CHECK(of(s, "T0", "state") == "held");
    CHECK(s.verb({"orders", "search-again", number_of(s, "T0")}).code == 0);
    s.sql("update orderd.\"order\" set not_before = now() where request_key = 'T0'");
    s.check_found();
}

TEST_CASE(
    "what is refused or failed by hand while it may exist at the provider is searched for before a retry sends it")
{
    auto state = GENERATE(std::string("refused"), std::string("failed"));
    bool accepted = GENERATE(true, false);
    watched_stage s;
    if (accepted) {
        s.insert_starts(1);
        wait_for_state(s, "T0", "accepted");
    } else {
        s.doubt();
    }
    INFO(state << (accepted ? " while in progress" : " while in doubt"));
    set_by_hand(s, "T0", state, true);
    if (GENERATE(true, false))
        CHECK(s.verb({"orders", "retry", number_of(s, "T0"), "--yes"}).code == 0);
    else
        CHECK(s.verb({"orders", "retry", "--state", state, "--yes"}).code == 0);
    wait_until("the search", [&] { return events(s, "T0", "retry_after_search") == "1"; });
    s.check_found();
}

TEST_CASE("an order that the provider said late that it created is held when searches do not find it, and never sent")
{
    watched_stage s;
    hide_what_is_younger(s, std::chrono::seconds(25));
    s.send_slowly();
    set_by_hand(s, "T0", "in_doubt", true);
    wait_for_state(s, "T0", "held");
    auto code = std::string(s.ledger()[1].at("orderCode").as_string());
    CHECK(of(s, "T0", "error_code") == "late_order_code");
    CHECK_THAT(of(s, "T0", "error_message"), Contains(code) && Contains("ask the provider"));
    CHECK(s.verb({"orders", "release", number_of(s, "T0")}).code == 1);
    auto no = s.verb({"orders", "resolve", number_of(s, "T0"), "--not-created"});
    CHECK(no.code == 1);
    CHECK_THAT(no.errors, Contains("--sure") && Contains(code));
    s.provider_settings(R"({"search_stale_ms": 0})");
    CHECK(s.verb({"orders", "search-again", number_of(s, "T0")}).code == 0);
    s.check_found();
}

TEST_CASE("a late answer with an order code is kept once, whatever else the story tells of that revision")
{
    stage::options o;
    o.start_provider = false;
    stage s(o);
    REQUIRE(s.verb({"migrate"}).code == 0);
    s.sql("insert into orderd.batch (name, source) values ('b', 'table')");
    s.sql("insert into orderd.\"order\" (batch_id, source_row, request_key, content_hash, state, revision, not_before) "
          "select id, 1, 'T0', 'x', 'submitting', 2, now() from orderd.batch");
    auto session = store::open_session(s.database_url());
    const instance_id self{7};
    store::order_move answer;
    answer.id = {std::stol(of(s, "T0", "id"))};
    answer.revision = 1;
    answer.from = order_state::submitting;
    answer.event = order_event::accepted_by_provider;
    answer.http_status = 201;
    answer.code = {"A4"};
    // The row was made ready by hand and claimed again by the same daemon: that claim is of this very revision.
    s.sql("insert into orderd.order_event (order_id, from_state, to_state, event, instance_id, revision) values (" +
          of(s, "T0", "id") + ", 'ready', 'submitting', 'claimed', 7, 1)");
    CHECK(store::keep_late_answers(*session, {answer}, self, store::moved_by_somebody) == 1);
    CHECK(store::keep_late_answers(*session, {answer}, self, store::moved_by_somebody) ==
          0);             // the statement is repeated
    answer.code = {"A5"}; // another answer is none
    CHECK(store::keep_late_answers(*session, {answer}, self, store::moved_by_somebody) == 1);
    CHECK(
        s.sql("select string_agg(substring(why from 'A[0-9]'), ' ' order by id) from orderd.order_event where event = "
              "'late_answer'") == "A4 A5");
    // What did move its order is not kept a second time.
    answer.revision = 2;
    REQUIRE(store::move_orders(*session, {answer}, instance_id{0}).size() == 1);
    CHECK(store::keep_late_answers(*session, {answer}, instance_id{0}, store::moved_by_somebody) == 0);
}

TEST_CASE("what the story of an order leaves open is seen from its events")
{
    stage::options o;
    o.start_provider = false;
    stage s(o);
    REQUIRE(s.verb({"migrate"}).code == 0);
    long order = 0;
    /// Whether an order in `state` with these events, "from event" each, may be at the provider.
    auto open = [&](const std::string& state, const std::vector<std::string>& story) {
        ++order;
        for (const auto& e : story) {
            auto words = split(e, ' ');
            bool late = words.front() == "-";
            bool refusal = words[1] == "refused_by_provider";
            std::string third = words.size() > 2 ? words[2] : refusal ? "4000102" : "";
            auto why = "'the order had been moved by somebody else when this came: order code " + third + "'";
            s.sql("insert into orderd.order_event (order_id, from_state, to_state, event, why, errors) values (" +
                  std::to_string(order) + ", " + (late ? "null" : "'" + words[0] + "'") + ", 'x', '" + words[1] +
                  "', " + (third.empty() || refusal ? "null" : why) + ", " +
                  (refusal && third != "unsaid" ? "'[{\"errorCode\": \"" + third + "\"}]'" : "null") + ")");
        }
        return s.sql("select orderd.may_be_at_provider(" + std::to_string(order) + ", '" + state + "')") == "t";
    };
    const std::string claim = "ready claimed";
    CHECK_FALSE(open("held", {}));
    CHECK_FALSE(open("held", {"ready hold_asked"}));
    CHECK_FALSE(open("ready", {"held release_asked"}));
    CHECK_FALSE(open("held", {claim, "submitting not_processed", "ready batch_paused"}));
    CHECK_FALSE(open("held", {claim, "submitting attempts_used_up"}));
    CHECK_FALSE(open("refused", {claim, "submitting refused_by_provider"}));
    // A refusal that may be that of its own second request.
    for (auto code : {"4000139", "4000144", "4000137", "unsaid"})
        CHECK(open("refused", {claim, "submitting refused_by_provider " + std::string(code)}));
    CHECK_FALSE(open("failed", {claim, "submitting accepted_by_provider", "accepted provider_failed"}));
    CHECK_FALSE(open("ready", {claim, "submitting outcome_unknown", "in_doubt not_found_yet", "in_doubt not_created"}));
    CHECK_FALSE(open("accepted", {claim, "submitting accepted_by_provider", "accepted following_failed"}));
    CHECK_FALSE(open("submitting", {claim}));
    // By hand.
    for (auto state : {"held", "refused", "failed", "ready", "awaiting_approval", "received"}) {
        INFO(state);
        CHECK(open(state, {claim}));
        CHECK(open(state, {claim, "submitting outcome_unknown"}));
        CHECK(open(state, {claim, "submitting instance_lost", "in_doubt search_inconclusive"}));
        CHECK(open(state, {claim, "submitting accepted_by_provider"}));
        CHECK(open(state, {claim, "submitting accepted_by_provider", "accepted provider_completed"}));
        CHECK(open(state, {claim, "submitting outcome_unknown", "in_doubt withdraw_asked"}));
        CHECK(open(state, {claim, "held release_asked", claim, "submitting refused_by_provider"}));
        CHECK(open(state, {claim, claim, "submitting not_processed"}));
        CHECK(open(state, {claim, "submitting outcome_unknown", claim, "submitting refused_by_provider"}));
    }
    // What came of it was proven since.
    CHECK_FALSE(open("ready", {claim, claim, "submitting outcome_unknown", "in_doubt not_created"}));
    CHECK_FALSE(open("ready", {claim, "held resolved_as_not_created"}));
    // Answers that came late.
    CHECK(open("ready", {claim, "submitting instance_lost", "in_doubt not_created", "- late_answer A1"}));
    CHECK(open("refused", {claim, "- late_answer A1", claim, "submitting refused_by_provider"}));
    CHECK_FALSE(open("refused", {claim, "submitting refused_by_provider", "- late_answer"}));
    CHECK_FALSE(
        open("ready", {claim, "submitting instance_lost", "- late_answer A1", "in_doubt resolved_as_not_created"}));
    CHECK(open("ready", {claim, "submitting instance_lost", "- late_answer A1", "in_doubt not_created"}));
}

TEST_CASE("whatever way an order goes by verbs and answers, its story leaves nothing open where it waits to be sent")
{
    stage::options o;
    o.start_provider = false;
    stage s(o);
    REQUIRE(s.verb({"migrate"}).code == 0);
    std::mt19937 random(20261127);
    std::string rows, waiting;
    int looked_at = 0;
    for (int order = 1; order <= 1'000; ++order) {
        auto state = order_state::received;
        bool for_resolve = false;
        for (int step = 0; step < 40; ++step) {
            std::vector<transition> may;
            for (const auto& t : transitions()) {
                bool blind = t.event == order_event::release_asked || t.event == order_event::batch_resumed;
                bool ends = t.event == order_event::withdraw_asked || t.event == order_event::judged_invalid;
                bool never = t.event == order_event::outcome_missing || ends || (blind && for_resolve);
                if (t.from == state && !never) may.push_back(t);
            }
            if (may.empty() || random() % 20 == 0) break;
            const auto& t = may[random() % may.size()];
            state = t.to;
            for_resolve = may_exist_at_provider(t.event);
            rows += (rows.empty() ? "(" : ", (") + std::to_string(order) + ", '" + std::string(name(t.from)) + "', '" +
                    std::string(name(t.to)) + "', '" + std::string(name(t.event)) +
                    "', '[{\"errorCode\": \"4000102\"}]')";
        }
        bool waits = state == order_state::ready || state == order_state::failed || state == order_state::refused ||
                     (state == order_state::held && !for_resolve);
        if (!waits) continue;
        ++looked_at;
        waiting += (waiting.empty() ? "(" : ", (") + std::to_string(order) + ", '" + std::string(name(state)) + "')";
    }
    s.sql("insert into orderd.order_event (order_id, from_state, to_state, event, errors) select a, b, c, d, e::jsonb "
          "from (values " +
          rows + ") v (a, b, c, d, e)");
    CHECK(looked_at > 100);
    auto open =
        s.sql("select string_agg(w.id || ' ' || w.state || ': ' || (select string_agg(event, ' ' order by e.id) "
              "from orderd.order_event e where e.order_id = w.id), E'\\n') from (values " +
              waiting + ") w (id, state) where orderd.may_be_at_provider(w.id, w.state)");
    CHECK(open == "");
}

TEST_CASE("what a person writes into other columns does not make an order that is there look as if it were not")
{
    watched_stage s;
    s.insert_starts(1);
    wait_for_state(s, "T0", "accepted");
    auto also = GENERATE(as<std::string>(), "order_code = null", "submitted_at = null",
                         "order_code = null, submitted_at = null, first_submitted_at = null, attempts = 0");
    INFO(also);
    s.sql("update orderd.\"order\" set state = 'ready', revision = revision + 1, " + also +
          " where request_key = 'T0'");
    wait_until("a search", [&] { return events(s, "T0", "outcome_missing") == "1"; });
    s.check_found();
}

TEST_CASE("an order that was refused because its twin is there is searched for, whatever its row says")
{
    watched_stage s;
    s.provider_settings(
        R"({"line_guard": true, "faults": [{"operation": "POST /orders", "answer": "repeated", "every": 1,
        "times": 1}]})");
    s.insert_starts(1);
    wait_for_state(s, "T0", "refused");
    s.provider_settings(R"({"line_guard": false})");
    SECTION("ready") { set_by_hand(s, "T0", "ready", true); }
    SECTION("failed, and retried")
    {
        set_by_hand(s, "T0", "failed", true);
        CHECK_THAT(s.verb({"orders", "retry", number_of(s, "T0"), "--yes"}).output, Contains("failed -> in_doubt"));
    }
    SECTION("held, and released or given up")
    {
        set_by_hand(s, "T0", "held", true);
        CHECK(s.verb({"orders", "release", number_of(s, "T0")}).code == 1);
        CHECK(s.verb({"orders", "withdraw", number_of(s, "T0")}).code == 1);
        REQUIRE(s.verb({"orders", "search-again", number_of(s, "T0")}).code == 0);
    }
    s.check_found();
}

TEST_CASE("an order that is made submitting by hand has no instance, and is searched for")
{
    watched_stage s;
    s.doubt();
    s.sql("update orderd.\"order\" set state = 'submitting', owner = null, revision = revision + 1 where request_key = "
          "'T0'");
    s.check_found();
}
