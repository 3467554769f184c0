#include "scenario.hpp"
#include "books.hpp"
#include "simulated_daemon.hpp"
#include "worlds.hpp"

#include <algorithm>
#include <sstream>

namespace orderd::simulation {
namespace {

class scenario {
public:
    scenario(std::uint64_t seed, const ablation& without, bool tell)
        : world_(seed), provider_(world_), without_(without), tell_(tell)
    {
        tables_.forget_settle_time = without_.rule == "settle_time_of_the_claim";
        tables_.forget_restore = without_.rule == "searched_since_restore";
        tables_.forget_line_busy = without_.rule == "line_busy_after_a_doubt";
        tables_.forget_shown = without_.rule == "shown_by_earlier_searches";
        if (tell)
            log_.tell = [this](log_level level, const std::string& line) {
                say((level == log_level::error ? "ERROR " : "") + line);
            };
        tables_.moved = [this](const order_row& o, std::string_view event) {
            say("order " + std::to_string(o.id.value) + " " + std::string(event) + ", attempt " +
                std::to_string(o.attempts) + ": " + std::string(orderd::name(o.state)) +
                (o.evidence.empty() ? "" : " " + o.evidence));
            hide_fleeting(o.evidence);
        };
        choose();
        choose_hand(world_, provider_, w_);
        for (const auto& one : names_of(provider_.usual)) say("the provider: " + one);
        for (const auto& one : names_of(provider_.in_bad_weather)) say("in bad weather: " + one);
        // Only where the provider refuses a second order itself: nobody can see what it hides.
        if (!c_.within_bounds && world_.chance(0.5)) provider_.faults.hidden = 0.2;
        // Or where the list of what is in progress shows it.
        w_.hides = c_.within_bounds && provider_.ends_late && world_.chance(0.2);
        if (w_.hides) provider_.faults.hidden = 0.2;
        // Two of one site that are told each other's codes could be told apart by nobody, and one that no search shows
        // is known by nothing but its own code.
        w_.wrong_codes = w_.plain && w_.twins == 0 && provider_.faults.hidden == 0 && provider_.faults.misplaced == 0 &&
                         world_.chance(0.3);
        if (w_.wrong_codes) provider_.faults.wrong_code = 0.15;
        // What was shown to the search of one of two just alike is not kept for the other.
        w_.fleeting = c_.within_bounds && !w_.restores && w_.twins == 0 && world_.chance(0.15);
        if (w_.fleeting) provider_.faults.fleeting = 0.5;
        w_.repeats = c_.within_bounds && world_.chance(0.1);
        if (w_.repeats) choose_repeats();
        if (!w_.plain && world_.chance(0.3)) c_.details = 1; // of so many that not each can be looked at
        if (w_.rivals > 0) c_.faulty = std::max<duration>(c_.faulty, 8min);
        if (w_.known_orders) add_known_orders();
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
                       << (b.hidden ? ", hidden" : "") << (b.gone ? ", shown once" : "")
                       << (b.misplaced ? ", misplaced" : "") << (b.without_code ? ", listed without a code" : "")
                       << "\n";
        outcome out{seen_, wrong_, story_.str()};
        out.seen.seeds = 1;
        for (const auto& one : names_of(provider_.usual)) ++out.seen.worlds[one];
        ++out.seen.worlds[w_.plain ? "plain" : "wild"];
        if (c_.details == 1) ++out.seen.worlds["one detail a search"];
        if (w_.restores) ++out.seen.worlds["restored from a backup"];
        if (w_.wrong_codes) ++out.seen.worlds["codes of others are told"];
        if (w_.rivals > 0) ++out.seen.worlds["others order the like"];
        if (w_.fleeting) ++out.seen.worlds["lists forget what they showed"];
        if (w_.repeats) ++out.seen.worlds["requests are repeated"];
        ++out.seen.worlds[provider_.faults.line_guard ? "line guard on" : "line guard off"];
        out.seen.steps = world_.steps();
        out.seen.orders = tables_.orders.size();
        out.seen.requests = provider_.requests();
        out.seen.late_answers = static_cast<std::uint64_t>(tables_.late_answers);
        out.seen.virtual_hours = std::chrono::duration<double, std::ratio<3600>>(world_.now() - began_).count();
        world_.clear(); // the coroutines go before what they refer to
        return out;
    }

private:
    /// The provider refuses the second of two, which is the one that is heard of; and people try again.
    void choose_repeats()
    {
        provider_.faults.repeated = 0.3;
        provider_.faults.line_guard = true;
        provider_.some_last_for_a_day = world_.chance(0.2);
        c_.retry_daily = world_.chance(0.2);
        if (c_.retry_daily) c_.instances = 1; // a day of sweeps
        retries_to_come_ = 1 + world_.below(6);
        for (int i = 0; i < retries_to_come_; ++i)
            world_.after(world_.between(1min, 100min), [this] { a_person_tries_again(); });
    }

    /// What a search has shown, and is kept, no list shows again.
    void hide_fleeting(const std::string& evidence)
    {
        if (!w_.fleeting || evidence.empty()) return;
        for (auto& b : provider_.book)
            if (b.fleeting && !b.gone && evidence.find("\"orderCode\":\"" + b.code + "\"") != evidence.npos) {
                b.gone = true;
                say("no list shows " + b.code + " any more");
            }
    }

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
        // Each daemon has a settle time of its own, half to twice the usual one.
        f.stalest = world_.chance(0.5) ? world_.between(0s, c_.settle * 2 / 5) : 0s;
        f.latest = c_.within_bounds ? 1.9 * world_.uniform() : 20 * world_.uniform();
        f.duplicated = c_.within_bounds ? 0 : sometimes(0.2, 0, 0.2);
        db_.lost_before = sometimes(0.3, 0, 0.05);
        db_.lost_after = sometimes(0.4, 0, 0.05);
        db_.ghost = sometimes(0.2, 0, 0.02);
    }

    void put(order_row o)
    {
        o.natural_key = key_in_book(o.request);
        o.type = type_of(o.request);
        o.received = world_.now();
        tables_.orders[o.id.value] = std::move(o);
    }

    /// Orders of an earlier life that are in progress, and stay so.
    void add_known_orders()
    {
        for (int i = 0; i < 3; ++i) {
            order_row o;
            o.id = {1000 + i};
            auto type = static_cast<order_type>(i + 1);
            std::vector<product_change> products;
            if (type == order_type::change) products = {{1, "1-1-1-9-9"}};
            std::string wanted = type == order_type::cancel && world_.chance(0.5) ? "202611" : "";
            o.request = request_of(type, "OLDLINE1", "OLDSITE" + std::to_string(i), "前からの拠点", products, wanted);
            auto there = order_of(o.request);
            there.created = world_.now() - std::chrono::hours(48);
            there.ends = world_.now() + std::chrono::hours(10'000);
            o.code = provider_.add(there);
            o.codes_ever.insert(o.code);
            o.state = order_state::accepted;
            o.accepted = there.created;
            o.background = true;
            put(std::move(o));
        }
    }

    void make_orders()
    {
        for (int i = 1; i <= c_.orders; ++i) {
            order_row o;
            o.id = {i};
            // Beyond the bounds only what the provider guards itself can be promised.
            auto type = c_.within_bounds ? static_cast<order_type>(1 + world_.below(3))
                                         : (world_.chance(0.7) ? order_type::start : order_type::cancel);
            auto n = std::to_string(1000 + i);
            std::vector<product_change> products;
            if (type == order_type::change) {
                bool mixed = world_.chance(0.2), adds = world_.chance(0.5);
                for (int p = 0; p <= world_.below(3); ++p)
                    products.push_back({mixed ? (p % 2 ? 3 : 1) : (adds ? 1 : 3), "1-1-1-" + std::to_string(p) + "-1"});
            }
            std::string wanted = world_.chance(0.5) ? "20261215" : "";
            if (type == order_type::cancel && world_.chance(0.3)) wanted = "202612";
            o.request =
                request_of(type, "LINE" + n, "SITE" + n, "ｶﾞｰﾄﾞ㈱～東京拠点 " + n + "号－館&1", products, wanted);
            o.not_before = world_.now() + (world_.chance(0.5) ? 0s : world_.between(0s, 5min));
            add_others(o);
            bool twin = type == order_type::change && i < c_.orders && world_.chance(w_.twins);
            put(o);
            if (!twin) continue;
            o.id = {++i};
            twins_.insert(key_in_book(o.request));
            put(std::move(o));
        }
    }

    /// Somebody else's orders on the line or site of this one.
    void add_others(order_row& o)
    {
        if (world_.chance(w_.others_before)) {
            add_others_before(world_, provider_, o.request);
            // Days that name none exclude nothing: a person looks at what has ended.
            const auto& days = provider_.usual.hand.days;
            if (days == "absent" || days == "words") rivalled_.insert(key_in_book(o.request));
        }
        if (!world_.chance(w_.rivals)) return;
        rivalled_.insert(key_in_book(o.request));
        if (w_.known_orders && world_.chance(0.5)) {
            // Just like it, and there long before it is sent: sweeps have seen it.
            auto same = order_of(o.request);
            same.foreign = true;
            same.created = world_.now();
            same.ends = world_.now() + std::chrono::hours(1000);
            same.status_at_end = "2";
            bool stands_in_the_way = provider_.faults.line_guard && same.type != order_type::change;
            if (stands_in_the_way) return;
            say("somebody else has ordered " + same.natural_key + " as " + provider_.add(same));
            o.not_before = world_.now() + world_.between(3min, 6min);
            return;
        }
        world_.at(o.not_before + world_.between(0s, 90s), [this, request = o.request] {
            auto rival = rival_of(world_, provider_, order_of(request));
            for (const auto& b : provider_.book)
                if (provider_.faults.line_guard && rival.type != order_type::change &&
                    b.natural_key == rival.natural_key && b.status(world_.now()) == "1" && rival.ends > world_.now())
                    return; // the provider refuses it, too
            say("somebody else orders " + rival.natural_key + " as " + provider_.add(rival));
        });
    }

    void start()
    {
        auto own = c_;
        const int halves[] = {1, 2, 2, 4};
        own.settle = c_.settle * halves[world_.below(4)] / 2;
        own.without = without_;
        daemons_.push_back(
            std::make_unique<simulated_daemon>(world_.new_process(), tables_, db_, provider_, own, log_));
        say("daemon " + std::to_string(daemons_.back()->on().number()) + " starts, settle time " +
            std::to_string(own.settle.count()) + " ms");
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
        for (int i = w_.blind_spells ? 1 + world_.below(2) : 0; i > 0; --i)
            world_.after(world_.between(0s, c_.faulty), [this] {
                if (clear_) return;
                say("searches find nothing from now on");
                provider_.faults.blind = true;
                world_.after(world_.between(3min, 10min), [this] { provider_.faults.blind = false; });
            });
        if (w_.restores) plan_restore();
        // People who hold orders back and let them go.
        for (int i = world_.below(4); i > 0; --i)
            world_.after(world_.between(0s, c_.faulty), [this] { a_person_comes(); });
        // And who want what is held searched again, whether or not the sky is clear by then.
        for (int i = world_.below(6); i > 0; --i)
            world_.after(world_.between(0s, 2 * c_.faulty), [this] { a_person_asks_for_searches(); });
    }

    /// The database is lost, and a backup is restored as the README says.
    void plan_restore()
    {
        auto backup_in = world_.between(0s, c_.faulty / 2), lost_in = backup_in + world_.between(5s, c_.faulty);
        world_.after(backup_in, [this, lost_in, backup_in] {
            auto backup = std::make_shared<memory_tables>(tables_);
            say("a backup is made");
            world_.after(lost_in - backup_in, [this, backup, at = world_.now()] {
                for (auto& d : daemons_) d->on().kill();
                auto epoch = tables_.epoch + 1;
                tables_ = *backup;
                tables_.epoch = epoch;
                say("the database is restored from the backup");
                tables_.restored(at, c_.settle * 2, world_.now());
                keep_house();
                world_.after(world_.between(10s, 30s), [this] {
                    for (int i = 0; i < c_.instances; ++i) start();
                });
                world_.after(world_.between(1min, 20min), [this] {
                    tables_.restoring = false;
                    tables_.restored_through = tables_.orders.rbegin()->first;
                });
            });
        });
    }
    void keep_house()
    {
        tables_.doubt_restored(world_.now());
        world_.after(10s, [this] { keep_house(); });
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

    void a_person_tries_again()
    {
        --retries_to_come_;
        for (auto& [id, o] : tables_.orders) {
            if (o.state != order_state::refused || world_.chance(0.3)) continue;
            store::order_move retry;
            retry.id = o.id;
            retry.revision = o.revision;
            retry.from = o.state;
            retry.event = order_event::retry_after_search; // as for each that was refused for a live order
            retry.delay = std::chrono::milliseconds(0);
            tables_.move({retry}, {}, world_.now());
            ++seen_.tried_again;
        }
    }

    void a_person_asks_for_searches()
    {
        for (auto& [id, o] : tables_.orders) {
            if (o.state != order_state::held || !o.must_be_resolved() || world_.chance(0.3)) continue;
            store::order_move search;
            search.id = o.id;
            search.revision = o.revision;
            search.from = o.state;
            search.event = order_event::search_asked;
            search.delay = std::chrono::milliseconds(0);
            tables_.move({search}, {}, world_.now());
            ++seen_.searches_asked;
        }
    }

    void clear_sky()
    {
        say("everything works from now on");
        clear_ = true;
        provider_.weather_is_bad = false;
        auto guard = provider_.faults.line_guard, blind = provider_.faults.blind;
        provider_.faults = {};
        provider_.faults.line_guard = guard;
        provider_.faults.blind = blind; // a spell lasts for minutes: no look between two others can see a shorter one
        db_ = {};
        crash_at_ = 0;
        if (!any_daemon()) start();
    }

    bool finished() const
    {
        if (!clear_ || retries_to_come_ > 0) return false;
        const books::world world{tables_, provider_, c_, w_, rivalled_, twins_};
        for (const auto& [id, o] : tables_.orders)
            if (!o.background && !final(o.state) && o.state != order_state::held && !world.never_ends(o)) return false;
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
        look_at_books().check();
    }
    books look_at_books()
    {
        return books({tables_, provider_, c_, w_, rivalled_, twins_}, seen_, [this](const std::string& what) {
            broken(what + (what.find("came to an end") != what.npos ? where() : ""));
        });
    }

    /// How the daemons that live stand, for the story.
    std::string where() const
    {
        std::string all;
        for (const auto& d : daemons_)
            if (!d->on().dead()) all += "; " + d->describe();
        return all;
    }

    scheduler world_;
    memory_tables tables_;
    database_faults db_;
    memory_provider provider_;
    ablation without_;
    story_logger log_;
    choices c_;
    world_choices w_;
    std::set<std::string> rivalled_, twins_; // natural keys of orders that others order too; that are there twice here
    std::vector<std::unique_ptr<simulated_daemon>> daemons_;
    time_point began_ = world_.now();
    std::uint64_t crash_at_ = 0;
    int retries_to_come_ = 0;
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
    searches_asked += o.searches_asked;
    tried_again += o.tried_again;
    late_answers += o.late_answers;
    doubled += o.doubled;
    lost += o.lost;
    adopted_wrongly += o.adopted_wrongly;
    indistinguishable += o.indistinguishable;
    for (const auto& [why, n] : o.held_by) held_by[why] += n;
    for (const auto& [kind, n] : o.worlds) worlds[kind] += n;
    virtual_hours += o.virtual_hours;
}

std::vector<std::string> rules_to_leave_out()
{
    std::vector<std::string> out;
    for (const auto& rule : submission::evidence_rules()) out.emplace_back(rule.id);
    for (const auto& rule : submission::finding_rules()) out.emplace_back(rule.id);
    for (auto kept :
         {"settle_time_of_the_claim", "searched_since_restore", "line_busy_after_a_doubt", "shown_by_earlier_searches"})
        out.emplace_back(kept);
    return out;
}

outcome run_scenario(std::uint64_t seed, const ablation& without, bool tell)
{
    scenario s(seed, without, tell);
    return s.run();
}

}
