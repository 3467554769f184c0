#include "no_metrics.hpp"
#include "orderd/async/loop_time.hpp"
#include "orderd/store/recorder.hpp"
#include "unit/kept_log.hpp"
#include "unit/store/silent_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>

using namespace orderd;
using namespace orderd::store;

namespace {

struct no_log final : logger {
    void write(log_level level, std::string_view, std::initializer_list<log_field>) override
    {
        lines += level != log_level::debug;
    }
    int lines = 0;
};

/// A database that refuses whole groups because of what it does not like in one move.
class choosy_store final : public tests::silent_store {
public:
    std::function<void(const order_move&)> refuse;
    std::map<std::int64_t, order_move> written;
    int statements = 0;
    std::set<std::int64_t> locked_by_others, kept_as_they_were;
    std::function<void()> asked_for_locked = [] {};

    asio::awaitable<moved_orders> move(std::shared_ptr<const std::vector<order_move>> moves, instance_id) override
    {
        ++statements;
        for (const auto& m : *moves)
            if (locked_by_others.contains(m.id.value))
                throw statement_failed("canceling statement due to lock timeout", "55P03");
        for (const auto& m : *moves) refuse(m);
        moved_orders out;
        for (const auto& m : *moves) {
            if (kept_as_they_were.contains(m.id.value)) {
                out.unchanged.push_back(m.id);
                continue;
            }
            written[m.id.value] = m;
            out.moved.push_back(m.id);
        }
        co_return out;
    }

    asio::awaitable<std::vector<order_id>> locked(std::vector<order_id> ids) override
    {
        std::erase_if(ids, [this](order_id id) { return !locked_by_others.contains(id.value); });
        asked_for_locked();
        co_return ids;
    }

    asio::awaitable<std::vector<owned_code>> owned_codes(std::vector<order_code> codes) override
    {
        co_return std::vector<owned_code>{{codes.at(0), "start:CAF", {17}}};
    }
};

order_move answer(std::int64_t id, order_event event, std::string words = {})
{
    order_move m;
    m.id = {id};
    m.from = order_state::submitting;
    m.event = event;
    m.http_status = 400;
    m.error_code = "4000102";
    m.error_message = std::move(words);
    m.settle_time = milliseconds(120'000);
    return m;
}

struct recording {
    choosy_store store;
    no_log log;
    std::vector<std::int64_t> settled;

    void write(std::vector<order_move> moves)
    {
        asio::io_context loop;
        auto time = async::make_loop_time(loop.get_executor());
        tests::no_metrics metrics;
        recorder r(*time, store, log, metrics);
        r.on_commit([this](const std::vector<order_move>& done) {
            for (const auto& m : done) settled.push_back(m.id.value);
        });
        for (auto& m : moves) r.add(std::move(m), {1});
        r.stop();
        std::exception_ptr failed;
        asio::co_spawn(loop, r.run(), [&](std::exception_ptr e) { failed = e; });
        loop.run();
        CHECK(!failed);
    }
};

void refuse_poison(const order_move& m)
{
    for (const auto* text : {&m.error_message, &m.raw, &m.errors_json, &m.why, &m.evidence_json})
        if (text->find("poison") != text->npos) throw statement_failed("this cannot be kept: poison", "22P05");
}
}

TEST_CASE("one answer that cannot be kept stops none of its group")
{
    recording r;
    r.store.refuse = refuse_poison;
    std::vector<order_move> moves;
    for (int id = 1; id <= 1000; ++id)
        moves.push_back(answer(id, order_event::refused_by_provider, id % 400 == 7 ? "poison" : "plain"));
    r.write(std::move(moves));
    CHECK(r.store.written.size() == 1000);
    CHECK(r.settled.size() == 1000);
    CHECK(r.store.statements < 100); // halves, not one by one
    for (int id : {7, 407, 807}) {
        const auto& m = r.store.written.at(id);
        CHECK(m.event == order_event::refused_by_provider); // it moves as it was to move
        CHECK(m.error_code == "not_kept");
        CHECK_THAT(m.error_message, Catch::Contains("SHA-256") && Catch::Contains("13 bytes"));
        CHECK_THAT(m.error_message, !Catch::Contains("poison"));
    }
    CHECK(r.store.written.at(8).error_message == "plain");
}

TEST_CASE("one order that holds its statement up keeps no other from being recorded, and is left to the next start")
{
    bool by_a_lock = GENERATE(false, true);
    recording r;
    r.store.refuse = [by_a_lock](const order_move& m) {
        if (m.id.value == 407)
            throw statement_failed("it takes too long", by_a_lock ? "55P03" : took_too_long, by_a_lock);
    };
    std::vector<order_move> moves;
    for (int id = 1; id <= 1000; ++id) moves.push_back(answer(id, order_event::refused_by_provider, "plain"));
    moves.push_back(answer(407, order_event::outcome_unknown));
    r.write(std::move(moves));
    CHECK(r.store.written.size() == 999);
    CHECK_FALSE(r.store.written.contains(407));
    CHECK(r.settled.size() == 999);
    CHECK(r.store.statements <= 1 + 4 * 8 + 1); // each that is held up takes long: eighths, not halves
    CHECK(r.log.lines == 1);
}

TEST_CASE("a doubt whose words cannot be kept stays a doubt")
{
    recording r;
    r.store.refuse = refuse_poison;
    r.write({answer(1, order_event::outcome_unknown, "poison")});
    CHECK(r.store.written.at(1).event == order_event::outcome_unknown);
}

void refuse_code(const order_move& m)
{
    if (m.event == order_event::accepted_by_provider) throw statement_failed("violates order_code", "23505");
}

TEST_CASE("an order number of another order is no answer to this one")
{
    recording r;
    r.store.refuse = refuse_code;
    auto m = answer(1, order_event::accepted_by_provider);
    m.code = {"A1"};
    r.write({std::move(m)});
    const auto& written = r.store.written.at(1);
    CHECK(written.event == order_event::outcome_unknown);
    CHECK(written.delay == milliseconds(120'000));
    CHECK(written.error_code == "order_code_conflict");
    CHECK(written.code.text == "A1"); // for the story, and so that it is never sent again by itself
    CHECK_THAT(written.error_message, Catch::Contains("A1") && Catch::Contains("#17"));
    CHECK_THAT(written.why, Catch::Contains("A1") && Catch::Contains("#17") && !Catch::Contains("constraint"));
}

TEST_CASE("many answers with the order codes of others are told in one line")
{
    recording r;
    r.store.refuse = refuse_code;
    std::vector<order_move> moves;
    for (int id = 1; id <= 200; ++id) {
        moves.push_back(answer(id, order_event::accepted_by_provider));
        moves.back().code = {"A" + std::to_string(id)};
    }
    r.write(std::move(moves));
    CHECK(r.store.written.size() == 200);
    CHECK(r.log.lines == 1);
}

TEST_CASE("an accepted order whose number cannot be kept is searched for, never sent again")
{
    recording r;
    r.store.refuse = [](const order_move& m) {
        if (!m.code.text.empty()) throw statement_failed("index row requires 12000 bytes", "54000");
    };
    auto m = answer(1, order_event::accepted_by_provider);
    m.code = {"A1"};
    r.write({std::move(m)});
    CHECK(r.store.written.at(1).event == order_event::outcome_unknown);
    CHECK_THAT(r.store.written.at(1).why, Catch::Contains("A1"));
    CHECK(*r.store.written.at(1).delay >= milliseconds(120'000));
}

TEST_CASE("an order of which nothing can be recorded stays claimed")
{
    recording r;
    r.store.refuse = [](const order_move& m) {
        if (m.id.value == 1) throw std::logic_error("no transition");
    };
    r.write({answer(1, order_event::refused_by_provider), answer(2, order_event::refused_by_provider)});
    CHECK(r.settled == std::vector<std::int64_t>{2});
    CHECK(r.log.lines == 1);
}

TEST_CASE("orders that somebody has locked wait by themselves, and are written when they are let go")
{
    recording r;
    r.store.refuse = [](const order_move&) {};
    r.store.locked_by_others = {3, 500};
    int asked = 0;
    r.store.asked_for_locked = [&] {
        if (++asked < 3) return;
        CHECK(r.store.written.size() == 998); // the others did not wait
        r.store.locked_by_others.clear();
    };
    std::vector<order_move> moves;
    for (int id = 1; id <= 1000; ++id) moves.push_back(answer(id, order_event::refused_by_provider, "plain"));
    r.write(std::move(moves));
    CHECK(r.store.written.size() == 1000);
    CHECK(r.settled.size() == 1000);
    CHECK(r.store.statements < 10);
    CHECK(r.log.lines == 1); // with their number
}

TEST_CASE("moves that PostgreSQL refuses for ever are one line and a trouble, until they can be recorded")
{
    choosy_store store;
    tests::kept_log log;
    asio::io_context loop;
    auto time = async::make_loop_time(loop.get_executor());
    tests::no_metrics metrics;
    recorder r(*time, store, log, metrics);
    auto sweep = [&] { // each asks for the same moves again
        for (int id = 1; id <= 20; ++id) {
            auto move = answer(id, order_event::provider_completed);
            move.from = order_state::accepted;
            r.add(std::move(move), {1});
        }
        r.stop();
        asio::co_spawn(loop, r.run(), [](std::exception_ptr e) { CHECK(!e); });
        loop.run();
        loop.restart();
    };
    store.refuse = [](const order_move&) { throw statement_failed("no order may be completed", "P0001"); };
    for (int n = 0; n < 10; ++n) sweep();
    REQUIRE(log.lines.size() == 1);
    CHECK_THAT(log.lines.front(),
               Catch::Matchers::Contains("for_example=1") && Catch::Matchers::Contains("no order may be completed"));
    CHECK(log.seldom.empty());
    auto troubles = log.troubles().all();
    REQUIRE(troubles.size() == 1);
    CHECK_THAT(troubles.front().why, Catch::Matchers::Contains("no order may be completed"));

    store.refuse = [](const order_move&) {};
    sweep();
    CHECK(store.written.size() == 20);
    CHECK(log.troubles().all().empty());
    CHECK(log.lines.size() == 2); // that they are recorded
}

TEST_CASE("answers of which something cannot be kept are one line, and then a count")
{
    choosy_store store;
    tests::kept_log log;
    asio::io_context loop;
    auto time = async::make_loop_time(loop.get_executor());
    tests::no_metrics metrics;
    recorder r(*time, store, log, metrics);
    store.refuse = refuse_poison;
    for (int id = 1; id <= 50; ++id) r.add(answer(id, order_event::refused_by_provider, "poison"), {1});
    r.stop();
    asio::co_spawn(loop, r.run(), [](std::exception_ptr e) { CHECK(!e); });
    loop.run();
    CHECK(store.written.size() == 50);
    CHECK(log.lines.empty());
    CHECK(log.seldom.size() == 50); // of which the log writes the first
    CHECK(log.troubles().all().empty());
}

TEST_CASE("an order that a trigger keeps as it was is not settled, so that nobody takes its claim for a lost one")
{
    recording r;
    r.store.refuse = [](const order_move&) {};
    r.store.kept_as_they_were = {2, 3};
    r.write({answer(1, order_event::refused_by_provider), answer(2, order_event::refused_by_provider),
             answer(3, order_event::refused_by_provider)});
    CHECK(r.settled == std::vector<std::int64_t>{1});
    CHECK(r.log.lines == 1); // with their number
}
