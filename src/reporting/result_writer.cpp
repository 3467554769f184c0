#include "orderd/async/attempt.hpp"
#include "orderd/reporting/result_files.hpp"

namespace orderd::reporting {

result_writer::result_writer(timekeeper& time, store::database& db, std::filesystem::path directory,
                             std::chrono::milliseconds interval, logger& log)
    : database_(db),
      directory_(std::move(directory)),
      interval_(interval),
      outage_(log, "writing result files"),
      time_(time),
      tick_(time)
{
}

void result_writer::stop()
{
    stopping_ = true;
    tick_.notify();
}

asio::awaitable<void> result_writer::write_once()
{
    std::function<asio::awaitable<std::string>()> work = [this]() -> asio::awaitable<std::string> {
        auto directory = directory_;
        auto write = [directory](store::session& s) { return write_all_answers(s, directory); };
        auto failed = co_await database_.run(write);
        if (failed.size() < 2) co_return failed.empty() ? std::string() : failed.front();
        co_return failed.front() + ", and " + std::to_string(failed.size() - 1) + " more";
    };
    co_await async::attempt(outage_, work);
}

asio::awaitable<void> result_writer::run()
{
    while (!stopping_) {
        auto began = time_.now();
        co_await write_once();
        // Large batches take long to tell; telling them takes at most a twentieth of the time.
        auto took = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - began);
        co_await tick_.wait_for(std::max<std::chrono::milliseconds>(interval_, took * 20));
    }
}

}
