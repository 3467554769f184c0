#pragma once
#include "orderd/core/timekeeper.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

// A virtual clock and a seeded order of events: the same seed is the same run, to the last step.
namespace orderd::simulation {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using time_point = timekeeper::time_point;
using duration = timekeeper::duration;

class scheduler;

/// One daemon's thread: what it is to do next, in its order. It can be killed between any two steps, or paused.
class process {
public:
    process(scheduler& s, int number) : world_(s), number_(number) {}
    void post(std::function<void()> f);
    void kill() { dead_ = true; }
    void pause(duration how_long);
    bool dead() const { return dead_; }
    bool running() const;
    int number() const { return number_; }
    asio::any_io_executor executor();
    scheduler& world() const { return world_; }

private:
    friend class scheduler;
    scheduler& world_;
    int number_;
    bool dead_ = false;
    time_point paused_until_{};
    std::deque<std::function<void()>> ready_;
};

class scheduler {
public:
    explicit scheduler(std::uint64_t seed) : random_(seed) {}
    ~scheduler();

    time_point now() const { return now_; }
    utc_time utc_now() const;
    /// Something of the outside world happens at `when`.
    std::uint64_t at(time_point when, std::function<void()> f) { return add(when, nullptr, std::move(f)); }
    std::uint64_t after(duration wait, std::function<void()> f) { return at(now_ + wait, std::move(f)); }
    /// The same for a process: it takes it up when it runs, and never when it is dead.
    std::uint64_t add(time_point when, process*, std::function<void()> f);
    void cancel(std::uint64_t id);
    process& new_process();

    /// One step; false when nothing is left to do.
    bool step();
    std::uint64_t steps() const { return steps_; }
    /// Drops everything that waits, so that the parts can be destroyed.
    void clear();

    std::mt19937_64& random() { return random_; }
    double uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }
    bool chance(double probability) { return uniform() < probability; }
    int below(int n) { return n <= 1 ? 0 : static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
    duration between(duration least, duration most)
    {
        return least + duration(static_cast<duration::rep>(uniform() * static_cast<double>((most - least).count())));
    }

    asio::execution_context context;

private:
    struct event {
        process* owner;
        std::function<void()> run;
    };
    std::mt19937_64 random_;
    time_point now_{std::chrono::hours(1000)};
    std::uint64_t last_ = 0, steps_ = 0;
    std::map<std::pair<time_point, std::uint64_t>, event> events_;
    std::map<std::uint64_t, time_point> times_;
    std::vector<std::unique_ptr<process>> processes_;
    friend class process;
};

/// The clock of one process.
class process_time final : public timekeeper {
public:
    explicit process_time(process& p) : process_(p) {}
    time_point now() const override { return process_.world().now(); }
    utc_time utc_now() const override { return process_.world().utc_now(); }
    alarm call_at(time_point when, std::function<void()> f) override
    {
        return process_.world().add(when, &process_, std::move(f));
    }
    void cancel(alarm id) override { process_.world().cancel(id); }

private:
    process& process_;
};

}
