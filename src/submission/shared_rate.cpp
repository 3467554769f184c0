#include "orderd/submission/shared_rate.hpp"

#include <algorithm>
#include <cmath>

namespace orderd::submission {
namespace {

using namespace std::chrono_literals;

constexpr auto stretch = 250ms; // reserved at a time, of a fair share
constexpr auto ahead = 125ms;   // before the last reserved place is used

}

shared_rate::shared_rate(timekeeper& time, store::order_store& orders, rate_options options,
                         std::function<int()> instances, logger& log)
    : time_(time),
      store_(orders),
      options_(options),
      instances_(std::move(instances)),
      database_trouble_(log, "the shared rate of requests"),
      own_(options.instance_per_second),
      alone_(options.per_second),
      wanted_(time),
      came_(time),
      stopped_(time)
{
}

void shared_rate::stop()
{
    stopping_ = true;
    wanted_.notify();
    came_.notify();
    stopped_.notify();
}

void shared_rate::configure(rate_options options)
{
    if (options.per_second == options_.per_second && options.instance_per_second == options_.instance_per_second)
        return;
    options_ = options;
    own_ = request_pacer(options.instance_per_second);
    alone_ = request_pacer(options.per_second);
    wanted_.notify();
    came_.notify();
}

asio::awaitable<void> shared_rate::place()
{
    auto at = own_.reserve(time_.now());
    if (options_.per_second > 0) {
        ++waiting_;
        wanted_.notify();
        while (reserved_.empty() && !stopping_ && options_.per_second > 0) co_await came_.wait();
        --waiting_;
        if (reserved_.empty())
            at = std::max(at, alone_.reserve(time_.now()));
        else {
            at = std::max(at, reserved_.front());
            reserved_.pop_front();
        }
    }
    while (time_.now() < at) co_await stopped_.wait(at);
}

asio::awaitable<void> shared_rate::run()
{
    while (!stopping_) {
        if (waiting_ <= static_cast<int>(reserved_.size()) || options_.per_second <= 0) {
            co_await wanted_.wait();
            continue;
        }
        if (reserved_until_ - ahead > time_.now()) {
            co_await wanted_.wait(reserved_until_ - ahead);
            continue;
        }
        std::exception_ptr failed;
        try {
            co_await reserve_once();
            database_trouble_.recovered();
        } catch (const std::exception&) {
            failed = std::current_exception();
        }
        if (!failed) continue;
        database_trouble_.failed(failed);
        co_await stopped_.wait_for(500ms);
    }
}

asio::awaitable<void> shared_rate::reserve_once()
{
    auto share = options_.per_second * std::chrono::duration<double>(stretch).count() / std::max(1, instances_());
    int count = std::clamp(waiting_ - static_cast<int>(reserved_.size()), 1, std::max(1, static_cast<int>(share)));
    auto begins = co_await store_.reserve_requests(options_.per_second, count);
    // Counted from the answer's arrival: never earlier than the database meant, and later by its way here.
    auto at = time_.now() + begins;
    auto apart = std::chrono::ceil<timekeeper::duration>(std::chrono::duration<double>(1 / options_.per_second));
    for (int i = 0; i < count; ++i, at += apart) reserved_.push_back(at);
    reserved_until_ = at;
    came_.notify();
}

}
