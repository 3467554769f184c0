#include "orderd/reporting/result_files.hpp"

namespace orderd::reporting {

result_writer::result_writer(timekeeper& time, store::database& db, std::filesystem::path directory,
                             std::chrono::milliseconds interval, logger& log)
    : database_(db),
      directory_(std::move(directory)),
      interval_(interval),
      log_(log),
      trouble_(log, "writing result files", "fails"),
      time_(time),
      tick_(time)
{
}

void result_writer::stop()
{
    stopping_.request_stop();
    tick_.notify();
}

asio::awaitable<void> result_writer::write_until(std::stop_token stopping)
{
    auto directory = directory_;
    auto write = [directory, stopping](store::session& s) { return write_all_answers(s, directory, stopping); };
    std::exception_ptr error;
    try {
        auto failed = co_await database_.run(write);
        if (failed.empty())
            trouble_.recovered();
        else if (failed.size() == 1)
            trouble_.failed(failed.front());
        else
            trouble_.failed(failed.front() + ", and " + std::to_string(failed.size() - 1) + " more");
    } catch (const store::stopped&) { // neither well nor badly
    } catch (const std::exception&) {
        error = std::current_exception();
    }
    if (error) trouble_.failed(error);
}

asio::awaitable<void> result_writer::write_last()
{
    std::stop_source late;
    auto bell = time_.call_at(time_.now() + std::chrono::seconds(1), [late]() mutable { late.request_stop(); });
    co_await write_until(late.get_token());
    time_.cancel(bell);
    if (late.stop_requested()) log_.info("answer files that are not whole are written anew after the next start");
}

asio::awaitable<void> result_writer::run()
{
    while (!stopping_.stop_requested()) {
        auto began = time_.now();
        co_await write_until(stopping_.get_token());
        // Large batches take long to tell; telling them takes at most a twentieth of the time.
        auto took = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - began);
        co_await tick_.wait_for(std::max<std::chrono::milliseconds>(interval_, took * 20));
    }
}

}
