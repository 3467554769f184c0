#include "orderd/core/text.hpp"
#include "orderd/store/housekeeping.hpp"
#include "orderd/store/migrations.hpp"
#include "orderd/store/order_store.hpp"
#include "simulation/memory_store.hpp"
#include "stage.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace orderd;
namespace asio = boost::asio;
using namespace std::chrono_literals;

// The simulation stands on a store in memory. Here both get the same questions, and must give the same answers.
namespace {

constexpr auto in_an_hour = 3'600'000ms; // not within this test

struct no_log final : logger {
    void write(log_level, std::string_view, std::initializer_list<log_field>) override {}
};

struct both {
    tests::stage s;
    no_log log;
    store::database database;
    std::unique_ptr<store::order_store> real;
    simulation::memory_tables model;
    simulation::time_point now{1000h};
    std::mt19937_64 random{20261123};
    long asked = 0;

    explicit both(tests::stage::options o)
        : s(std::move(o)), database({s.database_url(), 1}), real(store::make_order_store(database, database, log))
    {
        auto session = store::open_session(s.database_url());
        store::migrate(*session);
    }
    int below(int n) { return static_cast<int>(random() % static_cast<std::uint64_t>(n)); }

    template <class T>
    T ask(asio::awaitable<T> question)
    {
        ++asked;
        now += 1ms;
        boost::asio::io_context loop;
        std::optional<T> answer;
        std::exception_ptr failed;
        boost::asio::co_spawn(loop, std::move(question), [&](std::exception_ptr error, T value) {
            failed = error;
            answer.emplace(std::move(value));
        });
        loop.run();
        if (failed) std::rethrow_exception(failed);
        return std::move(*answer);
    }

    void add_order(int id)
    {
        simulation::order_row o;
        o.id = {id};
        o.type = order_type::start;
        start_order request;
        request.line_id = "L" + std::to_string(id);
        o.natural_key = "start:" + request.line_id;
        o.request = request;
        o.received = now;
        o.not_before = now;
        model.orders[id] = o;
        s.sql("insert into orderd.\"order\" (batch_id, source_row, request_key, content_hash, state, not_before, "
              "order_type, "
              "natural_key, line_id, details) overriding system value values (1, " +
              std::to_string(id) + ", 'K" + std::to_string(id) + "', 'x', 'ready', now(), 1, 'start:L" +
              std::to_string(id) + "', 'L" + std::to_string(id) + "', '[]') returning 1");
    }

    /// Every order as both have it.
    void compare()
    {
        std::string ours;
        for (const auto& [id, o] : model.orders)
            ours += std::to_string(id) + " " + std::string(name(o.state)) + " " + std::to_string(o.revision) + " " +
                    std::to_string(o.owner.value) + " " + std::to_string(o.attempts) + " " + std::to_string(o.doubts) +
                    " " + std::to_string(o.searches) + " " + std::to_string(o.uncontrolled_searches) + " " +
                    (o.inconclusive_since ? "inconclusive" : "-") + " " + (o.line_busy ? "busy" : "-") + " " +
                    (o.proven_absent ? "absent" : "-") + " " + (o.code.empty() ? "-" : o.code) + " " +
                    (o.error_code.empty() ? "-" : o.error_code) + " " + (o.not_before <= now ? "due" : "later") + "\n";
        auto theirs = s.sql(
            "select string_agg(concat_ws(' ', id, state, revision, coalesce(owner, 0), attempts, doubts, searches, "
            "uncontrolled_searches, case when inconclusive_since is null then '-' else 'inconclusive' end, case when "
            "line_busy then 'busy' else '-' end, case when proven_absent_at is null then '-' else 'absent' end, "
            "coalesce(order_code, '-'), coalesce(error_code, '-'), case when not_before <= now() then 'due' else "
            "'later' end), "
            "E'\\n' order by id) || E'\\n' from orderd.\"order\"");
        REQUIRE(theirs == ours);
    }
};

template <class T, class F>
std::vector<std::int64_t> ids(const T& all, F id)
{
    std::vector<std::int64_t> out;
    for (const auto& one : all) out.push_back(id(one));
    std::sort(out.begin(), out.end());
    return out;
}

}

TEST_CASE("the store in memory, on which the simulation stands, answers as PostgreSQL does")
{
    tests::stage::options o;
    o.start_provider = false;
    both b(o);
    b.s.sql("insert into orderd.batch (name, source) values ('model', 'table') returning 1");
    for (int id = 1; id <= 12; ++id) b.add_order(id);
    std::vector<instance_id> instances;
    int codes = 0;

    for (int step = 0; step < 6000; ++step) {
        auto now = b.now + 1ms; // what the next question sees
        auto any = instances.empty() ? instance_id{}
                                     : instances[static_cast<std::size_t>(b.below(static_cast<int>(instances.size())))];
        INFO("step " << step);
        switch (b.below(15)) {
        case 0:
            if (instances.size() < 400) {
                std::string name = "model";
                auto id = b.ask(b.real->register_instance(name));
                b.model.instances[id.value] = {id, now};
                instances.push_back(id);
            }
            break;
        case 1:
        case 2: {
            store::wished_places wish{1 + b.below(3) * 10, b.below(3) * 4, b.below(3)};
            if (any.value == 0) break;
            auto real = b.ask(b.real->heartbeat(any, wish));
            auto model = b.model.heartbeat(any, wish, now);
            REQUIRE(real.live == model.live);
            if (real.live) {
                REQUIRE(real.places == model.places);
                REQUIRE(real.instances == model.instances);
                REQUIRE(real.settled == model.settled);
            }
            break;
        }
        case 3: {
            if (b.below(8) != 0 || any.value == 0) break;
            // A lease of no length: whoever is not asking is silent for too long.
            auto settle = b.below(2) ? 0ms : in_an_hour;
            auto real = b.ask(b.real->reap(any, 0ms, settle));
            auto model = b.model.reap(any, 0ms, settle, now);
            REQUIRE(real.instances == model.instances);
            REQUIRE(real.orders == model.orders);
            break;
        }
        case 4:
        case 5:
        case 6: {
            bool probe = b.below(3) == 0;
            int limit = probe ? 1 : 1 + b.below(4);
            auto settle = b.below(2) ? 0ms : in_an_hour;
            auto last_event = b.s.sql("select coalesce(max(id), 0) from orderd.order_event");
            auto real = b.ask(b.real->claim(any, limit, probe, settle));
            std::optional<order_id> chosen;
            if (probe) { // its candidate may have had to be searched for; then another was taken
                auto doubted = b.s.sql("select string_agg(order_id::text, ' ') from orderd.order_event where event = "
                                       "'outcome_missing' and id > " +
                                       last_event);
                for (const auto& id : split(doubted, ' '))
                    if (!id.empty()) b.model.claim(any, limit, probe, settle, now, order_id{std::stoll(id)});
                if (!doubted.empty() && real.empty()) break;
            }
            if (probe && !real.empty()) chosen = real.front().id;
            auto model = b.model.claim(any, limit, probe, settle, now, chosen);
            auto id = [](const store::claimed_order& c) { return c.id.value; };
            REQUIRE(ids(real, id) == ids(model, id));
            break;
        }
        case 7: {
            auto real = b.ask(b.real->due_in_doubt(2, 0ms));
            auto model = b.model.due_in_doubt(2, 0ms, now, {});
            auto id = [](const store::doubtful_order& d) { return d.id.value; };
            REQUIRE(ids(real.orders, id) == ids(model.orders, id));
            for (const auto& r : real.orders)
                for (const auto& m : model.orders)
                    if (r.id == m.id) {
                        REQUIRE(r.revision == m.revision);
                        REQUIRE(r.resent == m.resent);
                        REQUIRE(r.line_busy == m.line_busy);
                        REQUIRE(r.told_created == m.told_created);
                        REQUIRE(r.told_late == m.told_late);
                        REQUIRE(r.searches == m.searches);
                        REQUIRE(r.uncontrolled_searches == m.uncontrolled_searches);
                        REQUIRE(r.settle_time == m.settle_time);
                        REQUIRE(r.inconclusive_for.has_value() == m.inconclusive_for.has_value());
                    }
            break;
        }
        case 13: { // orders of others are seen; which of them before an order was sent?
            std::vector<order_code> seen{{"X" + std::to_string(b.below(30))}, {"X" + std::to_string(b.below(30))}};
            struct none {};
            auto note = [&]() -> asio::awaitable<none> {
                co_await b.real->note_seen(seen);
                co_return none{};
            };
            b.ask(note());
            for (const auto& c : seen) b.model.seen.try_emplace(c.text, now);
            auto& row = b.model.orders[1 + b.below(12)];
            std::vector<order_code> all;
            for (int i = 0; i < 30; ++i) all.push_back({"X" + std::to_string(i)});
            auto text = [](const order_code& c) { return std::stoll(c.text.substr(1)); };
            REQUIRE(ids(b.ask(b.real->seen_before(row.id, all)), text) == ids(b.model.seen_before(row.id, all), text));
            break;
        }
        case 14: { // a restore, seldom
            if (b.below(60) != 0) break;
            auto session = store::open_session(b.s.database_url());
            if (b.model.restoring && b.below(2)) {
                store::forget_restored(*session);
                b.model.restoring = false;
                b.model.restored_through = 12;
                break;
            }
            store::set_restored_since(*session, "2026-01-01", 0ms);
            store::doubt_restored(*session, "2026-01-01", 1000);
            store::doubt_restored_held(*session, "2026-01-01");
            b.now += 1ms;
            b.model.restored(simulation::time_point{1h}, 0ms, b.now);
            break;
        }
        case 8: {
            bool real_probe = b.ask(b.real->take_probe(any, 1000ms));
            REQUIRE(real_probe == b.model.take_probe(any, 1000ms, now));
            break;
        }
        case 9: {
            std::string duty = "sweep";
            if (any.value == 0) break;
            bool real = b.ask(b.real->take_duty(duty, any, in_an_hour));
            REQUIRE(real == b.model.take_duty(duty, any, in_an_hour, now));
            break;
        }
        default: {
            // Moves: right ones, and of those who know an older revision.
            auto moves = std::make_shared<std::vector<store::order_move>>();
            for (auto& [id, row] : b.model.orders) {
                if (b.below(3) != 0) continue;
                std::vector<transition> may;
                for (const auto& t : transitions())
                    if (t.from == row.state && t.event != order_event::claimed) may.push_back(t);
                if (may.empty()) { // at its end: it begins anew, by hand
                    row.state = order_state::ready;
                    row.code.clear();
                    row.last_told = {};
                    row.late_codes.clear();
                    row.unfinished = false;
                    row.not_created_at.reset();
                    ++row.revision;
                    b.s.sql("with gone as (delete from orderd.order_event where order_id = " + std::to_string(id) +
                            " and order_code is null) update orderd.\"order\" set state = "
                            "'ready', order_code = null, revision = revision + 1 where id = " +
                            std::to_string(id) + " returning 1");
                    continue;
                }
                store::order_move m;
                m.id = row.id;
                m.from = row.state;
                m.event = may[static_cast<std::size_t>(b.below(static_cast<int>(may.size())))].event;
                m.revision = row.revision - (b.below(5) == 0);
                auto to = *next(m.from, m.event);
                if (to == order_state::accepted) {
                    m.code = {"P" + std::to_string(++codes)};
                    m.http_status = 201;
                } else if (b.below(2)) {
                    m.error_code = b.below(2) ? "4000139" : "http_500";
                    m.http_status = 500;
                }
                bool leaves_code = m.from == order_state::accepted && to == order_state::in_doubt;
                if (leaves_code) m.code = {row.code};
                if (m.event == order_event::outcome_unknown && b.below(3) == 0)
                    m.code = {"P" + std::to_string(1 + b.below(codes + 1))}; // perhaps that of another order here
                m.delay = 0ms;
                m.attempt_given_back = b.below(4) == 0;
                m.searches = b.below(2);
                m.uncontrolled_searches = b.below(2);
                moves->push_back(m);
            }
            if (moves->empty()) break;
            auto by = b.below(4) == 0 ? instance_id{} : any;
            auto real = b.ask(b.real->move(moves, by));
            auto model = b.model.move(*moves, by, now);
            auto id = [](const order_id& one) { return one.value; };
            REQUIRE(ids(real.moved, id) == ids(model.moved, id));
            REQUIRE(real.late_answers == model.late_answers);
            break;
        }
        }
        b.compare();
    }
    CHECK(b.asked > 1000);
    // Every order went through more than one state, or the comparison compared little.
    CHECK(std::stol(b.s.sql("select max(id) from orderd.order_event")) > 500);
}
