#pragma once
#include "memory_provider.hpp"
#include "memory_store.hpp"
#include "memory_transport.hpp"
#include "no_metrics.hpp"
#include "orderd/service/order_loops.hpp"
#include "scenario.hpp"

#include <boost/asio/co_spawn.hpp>
#include <string>

// The daemon's own loops, on a simulated process.
namespace orderd::simulation {

/// What a seed chooses.
struct choices {
    int instances = 1, orders = 10, max_in_flight = 4, max_attempts = 10, threshold = 10;
    double rate = 0;
    std::chrono::milliseconds settle{30'000}, lease{15'000}, timeout{10'000};
    daily_window window;
    bool retry_daily = false;  // what was refused for a live order
    bool within_bounds = true; // the provider keeps to what the settle time promises, and nothing else stops a double
    duration faulty{10min};    // then everything works
    double crash_every = 0;    // steps
    std::size_t details = 40;  // that a search asks for
    ablation without;
};

/// Says nothing, unless a story is wanted.
struct story_logger final : logger {
    std::function<void(log_level, std::string)> tell;
    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        if (!tell) return;
        std::string line(message);
        for (const auto& f : fields) line += " " + std::string(f.name) + "=" + f.value;
        tell(level, line);
    }
};

class simulated_daemon {
public:
    simulated_daemon(process& p, memory_tables& tables, database_faults& db, memory_provider& there, const choices& c,
                     logger& log)
        : process_(p),
          time_(p),
          store_(p, tables, db),
          evidence_(without(submission::evidence_rules(), c.without)),
          findings_(without(submission::finding_rules(), c.without)),
          loops_(
              p.executor(), time_, store_,
              [&](std::function<asio::awaitable<void>()> place) {
                  return provider::make_api(
                      std::make_unique<memory_transport>(p, time_, there, c.timeout, c.settle, std::move(place)), "");
              },
              options_of(c, evidence_, findings_), log, metrics_, [&p] { return p.world().uniform(); })
    {
        spawn(loops_.recorder.run());
        spawn(loops_.lease.run());
        spawn(loops_.rate.run());
        spawn(loops_.breaker.run());
        spawn(loops_.submitter.run());
        spawn(loops_.reconciler.run());
        spawn(loops_.tracker.run());
    }
    process& on() { return process_; }
    /// What ended one of its loops; "" when they run.
    std::string defect() const { return defect_; }
    std::string describe() const
    {
        return "daemon " + std::to_string(process_.number()) + ": instance " + std::to_string(loops_.lease.id().value) +
               ", " + std::to_string(loops_.lease.places()) + " places, " +
               std::to_string(loops_.submitter.in_flight()) + " in flight, " +
               std::to_string(loops_.recorder.waiting()) + " to record" +
               (loops_.breaker.open() ? ", circuit open" : "");
    }

private:
    template <class Rule>
    static std::vector<Rule> without(std::span<const Rule> all, const ablation& left_out)
    {
        std::vector<Rule> out;
        for (const auto& rule : all)
            if (rule.id != left_out.rule) out.push_back(rule);
        return out;
    }
    static service::order_loops_options options_of(const choices& c,
                                                   std::span<const submission::evidence_rule> evidence,
                                                   std::span<const submission::finding_rule> findings)
    {
        // Bad weather, and the last spell in which searches find nothing, end within 25 minutes.
        submission::decision_settings decisions{c.settle, c.max_attempts, {200ms, 20s}, c.retry_daily, 40min, false};
        return {{c.rate, 0},
                {"simulated", c.lease, c.settle, c.max_in_flight, 0},
                {c.threshold, {{1s, 30s}, {20s, 120s}}, c.timeout * 2 + 10s},
                {c.max_in_flight, c.rate, 5s, c.lease, c.window, decisions},
                {5s, 4, c.timeout * 3 / 2, decisions, {evidence, c.details}, findings},
                {60s, 0s, 4}};
    }
    void spawn(asio::awaitable<void> part)
    {
        asio::co_spawn(process_.executor(), std::move(part), [this](std::exception_ptr error) {
            try {
                if (error) std::rethrow_exception(error);
            } catch (const std::exception& e) {
                defect_ = e.what();
            }
        });
    }

    process& process_;
    process_time time_;
    memory_store store_;
    tests::no_metrics metrics_;
    std::vector<submission::evidence_rule> evidence_;
    std::vector<submission::finding_rule> findings_;
    service::order_loops loops_;
    std::string defect_;
};

}
