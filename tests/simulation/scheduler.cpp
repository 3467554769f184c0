#include "scheduler.hpp"

#include <algorithm>
#include <boost/asio/execution.hpp>

namespace orderd::simulation {
namespace {

/// Gives work to a process; never runs it at once.
class process_executor {
public:
    explicit process_executor(process& p) : process_(&p) {}
    bool operator==(const process_executor& o) const noexcept { return process_ == o.process_; }
    bool operator!=(const process_executor& o) const noexcept { return process_ != o.process_; }

    template <class F>
    void execute(F f) const
    {
        auto kept = std::make_shared<F>(std::move(f));
        process_->post([kept] { std::move (*kept)(); });
    }
    asio::execution_context& query(asio::execution::context_t) const noexcept { return process_->world().context; }
    static constexpr asio::execution::blocking_t::never_t query(asio::execution::blocking_t) noexcept
    {
        return asio::execution::blocking.never;
    }
    process_executor require(asio::execution::blocking_t::never_t) const { return *this; }

private:
    process* process_;
};

}

void process::post(std::function<void()> f)
{
    if (!dead_) ready_.push_back(std::move(f));
}

void process::pause(duration how_long)
{
    paused_until_ = world_.now() + how_long;
    world_.at(paused_until_, [] {}); // time goes on to there even when nothing else happens
}

bool process::running() const { return !dead_ && world_.now() >= paused_until_; }
asio::any_io_executor process::executor() { return process_executor(*this); }

scheduler::~scheduler() { clear(); }

void scheduler::clear()
{
    // What is dropped may drop more.
    while (!events_.empty()) {
        auto dropped = std::exchange(events_, {});
        times_.clear();
    }
    for (auto& p : processes_) {
        p->dead_ = true;
        auto dropped = std::exchange(p->ready_, {});
    }
}

utc_time scheduler::utc_now() const
{
    return utc_time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}} +
           std::chrono::floor<std::chrono::milliseconds>(now_ - time_point(std::chrono::hours(1000)));
}

std::uint64_t scheduler::add(time_point when, process* owner, std::function<void()> f)
{
    auto id = ++last_;
    when = std::max(when, now_);
    events_[{when, id}] = {owner, std::move(f)};
    times_[id] = when;
    return id;
}

void scheduler::cancel(std::uint64_t id)
{
    auto at = times_.find(id);
    if (at == times_.end()) return;
    auto dropped = events_.extract({at->second, id});
    times_.erase(at);
}

process& scheduler::new_process()
{
    processes_.push_back(std::make_unique<process>(*this, static_cast<int>(processes_.size()) + 1));
    return *processes_.back();
}

bool scheduler::step()
{
    ++steps_;
    std::vector<process*> able;
    for (auto& p : processes_)
        if (p->running() && !p->ready_.empty()) able.push_back(p.get());
    if (!able.empty()) {
        auto* p = able[static_cast<std::size_t>(below(static_cast<int>(able.size())))];
        auto f = std::move(p->ready_.front());
        p->ready_.pop_front();
        f();
        return true;
    }
    if (events_.empty()) return false;
    auto first = events_.extract(events_.begin());
    times_.erase(first.key().second);
    now_ = first.key().first;
    auto& e = first.mapped();
    if (!e.owner)
        e.run();
    else
        e.owner->post(std::move(e.run));
    return true;
}

}
