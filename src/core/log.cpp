#include "orderd/core/log.hpp"

namespace orderd {

bool line_budget::spend(log_level level, std::string_view message, clock::time_point now)
{
    constexpr std::size_t most_messages = 1'000; // texts of the program; more are texts of others, and share one budget
    std::pair<log_level, std::string> key(level, message);
    if (spent_.size() >= most_messages && !spent_.contains(key)) key.second = "other lines";
    auto& s = spent_.try_emplace(std::move(key), spent{now}).first->second;
    if (now - s.since >= span) {
        s.since = now;
        s.written = 0;
    }
    if (s.written < lines) {
        ++s.written;
        return true;
    }
    ++s.held;
    return false;
}

std::vector<line_budget::held_back> line_budget::take(clock::time_point now, bool everything)
{
    std::vector<held_back> out;
    for (auto at = spent_.begin(); at != spent_.end();) {
        auto& [key, s] = *at;
        bool over = now - s.since >= span;
        if (s.held > 0 && (over || everything)) out.push_back({key.first, key.second, std::exchange(s.held, 0)});
        at = over ? spent_.erase(at) : std::next(at);
    }
    return out;
}

void trouble_count::add(std::int64_t order, std::string_view why)
{
    if (count_++ > 0) return;
    order_ = order;
    example_ = why;
}

void trouble_count::tell(clock::time_point now)
{
    auto count = std::exchange(count_, 0);
    bool again = count != said_ || now - said_at_ >= std::chrono::hours(1);
    said_ = count;
    if (count == 0 || !again) return;
    said_at_ = now;
    log_.warning(message_, {{"orders", count}, {"for_example", order_}, {"why", example_}});
}

void outage_notice::failed(std::string_view why, clock::time_point now)
{
    if (!away_) {
        since_ = now;
        log_.trouble(this, what_, why);
    }
    if (!away_ || now - said_ >= std::chrono::minutes(10)) {
        log_.error(what_ + (away_ ? " is still away; trying on" : " is away; everything is kept, trying on"),
                   {{"why", why}});
        said_ = now;
    }
    away_ = true;
}

void outage_notice::recovered(clock::time_point now)
{
    if (!away_) return;
    away_ = false;
    log_.trouble(this, what_, "");
    log_.info(what_ + " is back",
              {{"away_seconds", std::chrono::duration_cast<std::chrono::seconds>(now - since_).count()}});
}

}
