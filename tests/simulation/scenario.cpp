#include "scenario.hpp"
#include "simulated_daemon.hpp"

#include <sstream>

namespace orderd::simulation {
namespace {

class scenario {
public:
    scenario(std::uint64_t seed, bool tell) : world_(seed), provider_(world_), tell_(tell)
    {
        if (tell)
            log_.tell = [this](log_level level, const std::string& line) {
                say((level == log_level::error ? "ERROR " : "") + line);
            };
        tables_.moved = [this](const order_row& o, std::string_view event) {
            say("order " + std::to_string(o.id.value) + " " + std::string(event) + ", attempt " +
                std::to_string(o.attempts) + ": " + std::string(orderd::name(o.state)));
        };
        choose();
        make_orders();
        for (int i = 0; i < c_.instances; ++i) start();
        if (c_.crash_every > 0) plan_crash();
        plan_weather();
        world_.after(c_.faulty, [this] { clear_sky(); });
    }

    outcome run()
    {
        const auto deadline = world_.now() + 48h;
        while (!finished()) {
            if (!world_.step() || world_.now() > deadline) break;
            if (world_.steps() == crash_at_) crash();
            if (world_.steps() % 64 == 0 && !check_rate()) break;
        }
        check_books();
        if (tell_)
            for (const auto& b : provider_.book)
                story_ << "ledger: " << b.code << " " << b.natural_key << " created at "
                       << std::chrono::duration<double>(b.created - began_).count() << " s by request " << b.request
                       << "\n";
        outcome out{seen_, wrong_, story_.str()};
        out.seen.seeds = 1;
        out.seen.steps = world_.steps();
        out.seen.orders = tables_.orders.size();
        out.seen.requests = provider_.requests();
        out.seen.late_answers = static_cast<std::uint64_t>(tables_.late_answers);
        out.seen.virtual_hours = std::chrono::duration<double, std::ratio<3600>>(world_.now() - began_).count();
        world_.clear(); // the coroutines go before what they refer to
        return out;
    }

private:
    double sometimes(double probability, double least, double most)
    {
        return world_.chance(probability) ? least + world_.uniform() * (most - least) : 0;
    }

    void choose()
    {
        c_.instances = 1 + world_.below(3);
        c_.orders = 3 + world_.below(30);
        const int windows[] = {1, 2, 5, 16};
        c_.max_in_flight = windows[world_.below(4)];
        const double rates[] = {0, 0, 0.5, 5, 30};
        c_.rate = rates[world_.below(5)];
        c_.max_attempts = world_.chance(0.3) ? 3 : 10;
        c_.threshold = world_.chance(0.5) ? 3 : 10;
        c_.within_bounds = world_.chance(0.6);
        c_.faulty = world_.between(1min, 15min);
        if (world_.chance(0.7)) c_.crash_every = 200 + world_.uniform() * 8000;
        if (world_.chance(0.1)) c_.window = *parse_daily_window("09:10-09:40"); // the world begins at 09:00 in Tokyo

        auto& f = provider_.faults;
        f.not_sent = sometimes(0.3, 0, 0.2);
        f.dropped = sometimes(0.5, 0, 0.3);
        f.answer_lost = sometimes(0.6, 0, 0.4);
        f.late = sometimes(0.4, 0, 0.3);
        f.error_before = sometimes(0.3, 0, 0.3);
        f.error_after = sometimes(0.4, 0, 0.3);
        f.unusable = sometimes(0.2, 0, 0.2);
        f.throttled = sometimes(0.2, 0, 0.1);
        f.unauthorized = sometimes(0.1, 0, 0.02);
        f.forbidden = sometimes(0.1, 0, 0.02);
        f.read_fails = sometimes(0.3, 0, 0.3);
        f.line_guard = !c_.within_bounds;
        // Created and seen within two settle times of being sent; or long after, with the guard that the provider has.
        f.stalest = world_.chance(0.5) ? world_.between(0s, c_.settle * 4 / 5) : 0s;
        f.latest = c_.within_bounds ? world_.between(c_.timeout, c_.settle * 19 / 10 - f.stalest)
                                    : world_.between(c_.timeout, c_.settle * 20);
        f.duplicated = c_.within_bounds ? 0 : sometimes(0.2, 0, 0.2);
        db_.lost_before = sometimes(0.3, 0, 0.05);
        db_.lost_after = sometimes(0.4, 0, 0.05);
        db_.ghost = sometimes(0.2, 0, 0.02);
    }

    void make_orders()
    {
        for (int i = 1; i <= c_.orders; ++i) {
            order_row o;
            o.id = {i};
            // Beyond the bounds only what the provider guards itself can be promised.
            o.type = c_.within_bounds ? static_cast<order_type>(1 + world_.below(3))
                                      : (world_.chance(0.7) ? order_type::start : order_type::cancel);
            auto n = std::to_string(i);
            if (o.type == order_type::start) {
                o.line_id = "LINE" + n;
                o.site_name = "site " + n;
            } else
                o.site_code = "SITE" + n;
            if (o.type == order_type::change)
                for (int p = 0; p <= world_.below(3); ++p) o.products.push_back("product " + std::to_string(p));
            o.request = request_of(o.type, o.line_id, o.site_code, o.site_name, o.products);
            o.natural_key = key_in_book(o.request);
            o.not_before = world_.now() + (world_.chance(0.5) ? 0s : world_.between(0s, 5min));
            tables_.orders[i] = std::move(o);
        }
    }

    void start()
    {
        daemons_.push_back(std::make_unique<simulated_daemon>(world_.new_process(), tables_, db_, provider_, c_, log_));
        say("daemon " + std::to_string(daemons_.back()->on().number()) + " starts");
    }

    simulated_daemon* any_daemon()
    {
        std::vector<simulated_daemon*> alive;
        for (auto& d : daemons_)
            if (!d->on().dead()) alive.push_back(d.get());
        return alive.empty() ? nullptr : alive[static_cast<std::size_t>(world_.below(static_cast<int>(alive.size())))];
    }

    void plan_crash()
    {
        crash_at_ = world_.steps() + 1 + static_cast<std::uint64_t>(world_.uniform() * 2 * c_.crash_every);
    }
    void crash()
    {
        if (clear_) return;
        if (auto* d = any_daemon()) {
            ++seen_.crashes;
            say("daemon " + std::to_string(d->on().number()) + " is killed");
            d->on().kill();
            world_.after(world_.between(0s, 60s), [this] { start(); });
        }
        plan_crash();
    }

    /// Pauses, outages of the database and of the provider.
    void plan_weather()
    {
        for (int i = world_.below(4); i > 0; --i)
            world_.after(world_.between(0s, c_.faulty), [this] {
                if (auto* d = any_daemon(); d && !clear_) {
                    ++seen_.pauses;
                    auto how_long = world_.chance(0.5) ? world_.between(100ms, 10s) : world_.between(20s, 5min);
                    say("daemon " + std::to_string(d->on().number()) + " is stopped for " +
                        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(how_long).count()) + " s");
                    d->on().pause(how_long);
                }
            });
        for (bool* weather : {&db_.away, &provider_.faults.away, &provider_.faults.maintenance})
            for (int i = world_.below(3); i > 0; --i)
                world_.after(world_.between(0s, c_.faulty), [this, weather] {
                    if (clear_) return;
                    *weather = true;
                    auto over = world_.chance(0.7) ? world_.between(100ms, 30s) : world_.between(30s, 10min);
                    world_.after(over, [weather] { *weather = false; });
                });
        // People who hold orders back and let them go.
        for (int i = world_.below(4); i > 0; --i)
            world_.after(world_.between(0s, c_.faulty), [this] { a_person_comes(); });
    }

    void a_person_comes()
    {
        auto& o = tables_.orders.at(1 + world_.below(c_.orders));
        if (o.state != order_state::ready) return;
        store::order_move hold;
        hold.id = o.id;
        hold.revision = o.revision;
        hold.from = o.state;
        hold.event = order_event::hold_asked;
        tables_.move({hold}, {}, world_.now());
        world_.after(world_.between(1s, 2min), [this, id = o.id, revision = o.revision] {
            store::order_move release;
            release.id = id;
            release.revision = revision;
            release.from = order_state::held;
            release.event = order_event::release_asked;
            release.delay = std::chrono::milliseconds(0);
            tables_.move({release}, {}, world_.now());
        });
    }

    void clear_sky()
    {
        say("everything works from now on");
        clear_ = true;
        auto guard = provider_.faults.line_guard;
        provider_.faults = {};
        provider_.faults.line_guard = guard;
        db_ = {};
        crash_at_ = 0;
        if (!any_daemon()) start();
    }

    bool finished() const
    {
        if (!clear_) return false;
        for (const auto& [id, o] : tables_.orders)
            if (!final(o.state) && o.state != order_state::held) return false;
        return true;
    }

    void say(const std::string& what)
    {
        if (!tell_) return;
        story_ << std::chrono::duration<double>(world_.now() - began_).count() << " s: " << what << "\n";
    }
    void broken(const std::string& what)
    {
        if (wrong_.empty()) wrong_ = what;
        say("BROKEN PROMISE: " + what);
    }

    /// No ten seconds hold more than the rate allows; what a stalled answer of the database shifts is a quarter of a
    /// second's places for each instance.
    bool check_rate()
    {
        auto& all = provider_.arrivals;
        while (!all.empty() && all.back() - all.front() > 10s) all.pop_front();
        auto bound = c_.rate * 10 * 1.01 + 2 + static_cast<double>(daemons_.size()) * std::max(1.0, c_.rate / 4);
        if (c_.rate > 0 && static_cast<double>(all.size()) > bound)
            broken(std::to_string(all.size()) + " requests in ten seconds at a rate of " + std::to_string(c_.rate));
        return wrong_.empty();
    }

    void check_books()
    {
        for (auto& d : daemons_)
            if (!d->defect().empty()) broken("a daemon ended: " + d->defect());
        if (provider_.most_on_the_wire > static_cast<std::size_t>(c_.max_in_flight))
            broken(std::to_string(provider_.most_on_the_wire) + " requests on the wire, " +
                   std::to_string(c_.max_in_flight) + " allowed");
        std::map<std::string, std::set<std::uint64_t>> created; // by natural key, the requests that made one
        std::map<std::string, const created_order*> by_code;
        for (const auto& b : provider_.book) {
            created[b.natural_key].insert(b.request);
            by_code[b.code] = &b;
        }
        std::map<std::string, int> wanted;
        for (const auto& [id, o] : tables_.orders) ++wanted[o.natural_key];
        for (const auto& [key, requests] : created)
            if (requests.size() > static_cast<std::size_t>(wanted[key]) && !sequential(key)) {
                ++seen_.doubled;
                broken(key + " was created " + std::to_string(requests.size()) + " times");
            }
        for (const auto& [id, o] : tables_.orders) {
            auto name =
                "order " + std::to_string(id) + " (" + o.natural_key + ", " + std::string(orderd::name(o.state)) + ")";
            seen_.doubts += static_cast<std::uint64_t>(o.doubts);
            if (o.state == order_state::held)
                ++seen_.held;
            else if (!final(o.state)) {
                ++seen_.lost;
                broken(name + " never came to an end; its owner is instance " + std::to_string(o.owner.value) +
                       where());
            } else if (o.state == order_state::refused) {
                // Refused because its line was busy: with the order of a copy of its own request.
                if (!created.contains(o.natural_key)) broken(name + " was refused though nothing stood in its way");
            } else {
                auto there = by_code.find(o.code);
                if (there == by_code.end() || there->second->natural_key != o.natural_key) {
                    ++seen_.lost;
                    broken(name + " is not at the provider as \"" + o.code + "\"");
                }
            }
        }
    }

    /// How the daemons that live stand, for the story.
    std::string where() const
    {
        std::string all;
        for (const auto& d : daemons_)
            if (!d->on().dead()) all += "; " + d->describe();
        return all;
    }

    /// The provider's guard lets a line be ordered again once its order has ended: that is not doubled while it lives.
    bool sequential(const std::string& key) const
    {
        if (c_.within_bounds) return false;
        time_point last_end{};
        for (const auto& b : provider_.book) {
            if (b.natural_key != key) continue;
            if (b.created < last_end) return false;
            last_end = b.ends;
        }
        return true;
    }

    scheduler world_;
    memory_tables tables_;
    database_faults db_;
    memory_provider provider_;
    story_logger log_;
    choices c_;
    std::vector<std::unique_ptr<simulated_daemon>> daemons_;
    time_point began_ = world_.now();
    std::uint64_t crash_at_ = 0;
    bool clear_ = false, tell_;
    figures seen_;
    std::string wrong_;
    std::ostringstream story_;
};

}

void figures::add(const figures& o)
{
    seeds += o.seeds;
    steps += o.steps;
    orders += o.orders;
    requests += o.requests;
    crashes += o.crashes;
    pauses += o.pauses;
    doubts += o.doubts;
    held += o.held;
    late_answers += o.late_answers;
    doubled += o.doubled;
    lost += o.lost;
    virtual_hours += o.virtual_hours;
}

outcome run_scenario(std::uint64_t seed, bool tell)
{
    scenario s(seed, tell);
    return s.run();
}

}
