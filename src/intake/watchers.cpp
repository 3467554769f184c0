#include "orderd/intake/watchers.hpp"

#include "orderd/core/text.hpp"
#include "orderd/store/approvals.hpp"

#include <algorithm>

namespace orderd::intake {

using namespace std::chrono_literals;

drop_watcher::drop_watcher(asio::any_io_executor on, timekeeper& time, store::database& db, drop_settings settings,
                           judge_settings judging, logger& log, metrics& m, std::function<utc_time()> now,
                           std::function<void()> taken)
    : database_(db),
      judging_(std::move(judging)),
      stable_for_(settings.stable_for),
      keep_(settings.keep),
      now_(std::move(now)),
      taken_(std::move(taken)),
      interval_(std::clamp<std::chrono::milliseconds>(settings.stable_for / 2, 100ms, 1000ms)),
      directory_(std::make_shared<drop_directory>(settings, log, m)),
      trouble_(log, "the drop directory"),
      tick_(time),
      notice_(on, settings.directory / "incoming", settings.subdirectories, [this] { tick_.notify(); })
{
}

void drop_watcher::configure(const drop_settings& settings, judge_settings judging)
{
    judging_ = std::move(judging);
    stable_for_ = settings.stable_for;
    keep_ = settings.keep;
}

void drop_watcher::stop()
{
    stopping_.request_stop();
    tick_.notify();
}

asio::awaitable<std::string> drop_watcher::look_once()
{
    auto directory = directory_;
    auto judging = judging_;
    auto now = now_();
    auto stable_for = stable_for_, keep = keep_;
    auto look = [directory, judging, now, stable_for, keep, stopping = stopping_.get_token()](store::session& s) {
        directory->set_times(stable_for, keep);
        return directory->look(s, judging, now, stopping);
    };
    int taken = co_await database_.run(look);
    if (taken > 0) taken_();
    co_return std::string();
}

asio::awaitable<void> drop_watcher::run()
{
    std::function<asio::awaitable<std::string>()> work = [this] { return look_once(); };
    while (!stopping_.stop_requested()) {
        bool well = co_await store::attempt(trouble_, work);
        // Told of new files, it need only look often while one may still be growing.
        bool idle = well && notice_.works() && !directory_->files_wait();
        co_await tick_.wait_for(idle ? std::max<std::chrono::milliseconds>(interval_, 5s) : interval_);
    }
}

table_watcher::table_watcher(timekeeper& time, store::database& db, bool enabled,
                             std::chrono::milliseconds poll_interval, judge_settings judging, logger& log, metrics& m,
                             std::function<utc_time()> now, std::function<void()> taken)
    : database_(db),
      enabled_(enabled),
      poll_interval_(poll_interval),
      judging_(std::move(judging)),
      log_(log),
      metrics_(m),
      now_(std::move(now)),
      taken_(std::move(taken)),
      trouble_(log, "the intake table"),
      judging_trouble_(log, "judging rows that waited for the catalogue"),
      approvals_trouble_(log, "answering rows of intake.approval"),
      line_(std::make_shared<table_line>(log)),
      locked_(log,
              "rows of intake.order_row are locked by another connection to the database; they are taken in when it "
              "lets go, all others go on",
              "rows"),
      time_(time),
      tick_(time)
{
}

void table_watcher::stop()
{
    stopping_.request_stop();
    tick_.notify();
}

asio::awaitable<void> table_watcher::run()
{
    bool more = false;
    std::function<asio::awaitable<std::string>()> work = [this, &more]() -> asio::awaitable<std::string> {
        more = false;
        more = co_await take_once();
        co_return std::string();
    };
    while (!stopping_.stop_requested()) {
        bool well = co_await store::attempt(trouble_, work);
        if (!more)
            co_await tick_.wait_for(well ? poll_interval_ : std::min<std::chrono::milliseconds>(poll_interval_, 1s));
    }
}

asio::awaitable<std::string> table_watcher::judge_waiting()
{
    auto question = [judging = judging_, now = now_(), stopping = stopping_.get_token(),
                     line = line_](store::session& s) { return judge_received(s, judging, now, stopping, *line); };
    int judged = co_await database_.run(question);
    if (judged > 0) {
        log_.info("rows that waited for the product catalogue were judged", {{"rows", judged}});
        taken_();
    }
    co_return std::string();
}

asio::awaitable<std::string> table_watcher::answer_approvals()
{
    auto answer = [line = line_](store::session& s) { return store::answer_approvals(s, line->approvals); };
    auto answered = co_await database_.run(answer);
    more_approvals_ = answered.size() >= store::approvals_at_once;
    for (const auto& a : answered)
        log_.info("a row of intake.approval was looked at",
                  {{"batch", printable(a.batch, 200)}, {"by", printable(a.by, 200)}, {"answer", a.outcome.english}});
    co_return std::string();
}

/// Who locks a row for a moment is at work with it: only what is locked a minute later, too, is told.
asio::awaitable<void> table_watcher::look_for_locked()
{
    if (!enabled_ || time_.now() < look_for_locked_at_) co_return;
    look_for_locked_at_ = time_.now() + 1min;
    auto before = std::exchange(locked_before_,
                                co_await database_.run([](store::session& s) { return store::locked_table_rows(s); }));
    for (auto id : locked_before_)
        if (std::binary_search(before.begin(), before.end(), id))
            locked_.add(id, "whoever works with them must end that transaction");
    locked_.tell();
}

asio::awaitable<bool> table_watcher::take_once()
{
    std::function<asio::awaitable<std::string>()> judge = [this] { return judge_waiting(); };
    std::function<asio::awaitable<std::string>()> answer = [this] { return answer_approvals(); };
    co_await store::attempt(judging_trouble_, judge);
    more_approvals_ = false;
    co_await store::attempt(approvals_trouble_, answer);
    co_await look_for_locked();
    auto take = [judging = judging_, now = now_(), stopping = stopping_.get_token(), enabled = enabled_,
                 line = line_](store::session& s) -> std::vector<store::batch_counts> {
        try {
            if (enabled) return take_table_rows(s, 5000, judging, now, stopping, *line);
        } catch (const store::stopped&) { // the rows wait for the next start
        }
        return {};
    };
    auto batches = co_await database_.run(take);
    if (batches.empty()) {
        // What else would have come was perhaps settled by an instance that died, or deleted.
        auto let_go = [judging = judging_, line = line_](store::session& s) {
            store::approve_below(s, judging.approval, line->batches);
            return 0;
        };
        if (rows_came_) co_await database_.run(let_go);
        rows_came_ = false;
        co_return more_approvals_;
    }
    rows_came_ = true;
    for (const auto& counts : batches) tell_taken(counts);
    taken_();
    co_return true;
}

void table_watcher::tell_taken(const store::batch_counts& counts)
{
    log_.info("table rows taken in", {{"batch", counts.name},
                                      {"rows_taken", counts.taken},
                                      {"rows_rejected", counts.rejected},
                                      {"rows_duplicate", counts.duplicate}});
    metrics_.rows_judged("accepted", counts.taken);
    metrics_.rows_judged("rejected", counts.rejected);
    metrics_.rows_judged("duplicate", counts.duplicate);
}

}
