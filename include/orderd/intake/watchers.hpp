#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/intake/directory_notice.hpp"
#include "orderd/intake/drop_directory.hpp"
#include "orderd/intake/table_intake.hpp"
#include "orderd/store/database_notice.hpp"

#include <functional>
#include <memory>
#include <stop_token>

namespace orderd::intake {

namespace asio = boost::asio;

/// Looks at the drop directory, on a database thread: when the kernel tells of a new file, while files wait to be
/// complete, and now and then anyway. `taken` is called after files came in.
class drop_watcher {
public:
    drop_watcher(asio::any_io_executor, timekeeper&, store::database&, drop_settings, judge_settings, logger&, metrics&,
                 std::function<utc_time()> now, std::function<void()> taken);
    asio::awaitable<void> run();
    void stop();
    /// Other rules and times from the next look on; the directory and how files are chosen stay.
    void configure(const drop_settings&, judge_settings);

private:
    asio::awaitable<std::string> look_once(); // "": it went well
    store::database& database_;
    judge_settings judging_;
    std::chrono::milliseconds stable_for_, keep_;
    std::function<utc_time()> now_;
    std::function<void()> taken_;
    std::chrono::milliseconds interval_;
    std::shared_ptr<drop_directory> directory_;
    store::database_notice trouble_;
    async::wakeup tick_;
    directory_notice notice_;
    std::stop_source stopping_;
};

/// Takes rows from intake.order_row, when told by NOTIFY and every `poll_interval`; and judges rows that waited for the
/// product catalogue once it has been read.
class table_watcher {
public:
    table_watcher(timekeeper&, store::database&, bool enabled, std::chrono::milliseconds poll_interval, judge_settings,
                  logger&, metrics&, std::function<utc_time()> now, std::function<void()> taken);
    asio::awaitable<void> run();
    void wake() { tick_.notify(); }
    void stop();
    void configure(std::chrono::milliseconds poll_interval, judge_settings judging)
    {
        poll_interval_ = poll_interval;
        judging_ = std::move(judging);
    }

private:
    asio::awaitable<std::string> judge_waiting();
    asio::awaitable<std::string> answer_approvals();
    asio::awaitable<void> look_for_locked();
    asio::awaitable<bool> take_once();
    void tell_taken(const store::batch_counts&);
    store::database& database_;
    bool enabled_;
    std::chrono::milliseconds poll_interval_;
    judge_settings judging_;
    logger& log_;
    metrics& metrics_;
    std::function<utc_time()> now_;
    std::function<void()> taken_;
    store::database_notice trouble_, judging_trouble_, approvals_trouble_;
    std::shared_ptr<table_line> line_;
    trouble_count locked_;
    std::vector<std::int64_t> locked_before_; // rows that were when it was looked last
    timekeeper& time_;
    timekeeper::time_point look_for_locked_at_{};
    async::wakeup tick_;
    bool more_approvals_ = false;
    bool rows_came_ = true; // since batches that may be complete now were last looked at
    std::stop_source stopping_;
};

}
