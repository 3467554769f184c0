#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/log.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/results.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

// The answers to people who drop files: NAME.rejected.csv, NAME.result.csv and NAME.summary.txt in results/.
namespace orderd::reporting {

namespace asio = boost::asio;

/// Writes the answer files of one batch; blocking. Each appears whole or not at all, in the encoding of the file that
/// came. One that cannot be written keeps none of the others from being written; gives why, one for each such file.
/// `stopping` ends it soon, within a file, by `store::stopped`: what is not whole by then is begun anew the next time.
std::vector<std::string> write_answers(store::session&, const store::batch_to_report&,
                                       const std::filesystem::path& results, const std::stop_token& stopping = {});
/// The same for the batches of this drop directory that have something new to tell.
std::vector<std::string> write_all_answers(store::session&, const std::filesystem::path& directory,
                                           const std::stop_token& stopping = {});

/// Keeps the answer files up to date.
class result_writer {
public:
    result_writer(timekeeper&, store::database&, std::filesystem::path directory, std::chrono::milliseconds interval,
                  logger&);
    asio::awaitable<void> run();
    void wake() { tick_.notify(); } // a file was taken in: its author waits
    void stop();
    void set_interval(std::chrono::milliseconds interval) { interval_ = interval; }
    /// Once more, at the end, for a second at most: what takes longer is written after the next start.
    asio::awaitable<void> write_last();

private:
    asio::awaitable<void> write_until(std::stop_token);
    store::database& database_;
    std::filesystem::path directory_;
    std::chrono::milliseconds interval_;
    logger& log_;
    store::database_notice trouble_;
    timekeeper& time_;
    async::wakeup tick_;
    std::stop_source stopping_;
};

}
