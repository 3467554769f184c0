#include "orderd/async/loop_time.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <unordered_map>

namespace orderd::async {
namespace {

namespace asio = boost::asio;

class loop_time final : public timekeeper {
public:
    explicit loop_time(asio::any_io_executor on) : executor_(std::move(on)) {}

    time_point now() const override
    {
        timespec at{};
        ::clock_gettime(CLOCK_BOOTTIME, &at); // counts the time a machine sleeps, too
        return time_point(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
    }

    utc_time utc_now() const override
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    alarm call_at(time_point when, std::function<void()> f) override
    {
        // Asio adds the wait to its own clock: a year is for ever, and does not overflow.
        auto wait = std::clamp<duration>(when - now(), duration(0), std::chrono::hours(24 * 365));
        auto id = ++last_;
        auto& timer = timers_.try_emplace(id, executor_).first->second;
        timer.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(wait));
        timer.async_wait([this, id, f = std::move(f)](boost::system::error_code error) {
            // A cancelled alarm may have been on its way already: what counts is whether it is still known.
            if (error == asio::error::operation_aborted || timers_.erase(id) == 0) return;
            f();
        });
        return id;
    }

    void cancel(alarm id) override { timers_.erase(id); }

private:
    asio::any_io_executor executor_;
    std::unordered_map<alarm, asio::steady_timer> timers_;
    alarm last_ = 0;
};

}

std::unique_ptr<timekeeper> make_loop_time(asio::any_io_executor on)
{
    return std::make_unique<loop_time>(std::move(on));
}

}
