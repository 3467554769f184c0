#include "orderd/store/left_out_rows.hpp"
#include "orderd/core/text.hpp"
#include "text_array.hpp"

#include <algorithm>

namespace orderd::store {

left_out_rows::left_out_rows(logger& log, std::string message, std::string_view things, std::size_t most)
    : most_(most), told_(log, std::move(message), things)
{
}

std::string left_out_rows::numbers(clock::time_point now)
{
    forget(now);
    text_array ids;
    for (const auto& [id, one] : out_)
        if (one.until > now) ids.add(static_cast<long long>(id));
    return ids.text();
}

bool left_out_rows::add(std::int64_t id, std::string_view why, clock::duration how_long, clock::time_point now)
{
    forget(now);
    if (out_.size() >= most_ && !out_.contains(id))
        std::erase_if(out_, [&](const auto& one) { return one.second.until <= now; });
    if (out_.size() >= most_ && !out_.contains(id)) return false;
    out_[id] = {now + how_long, printable(why, 300), {}};
    news_ = true;
    return true;
}

bool left_out_rows::add(std::int64_t id, const statement_failed& e, clock::time_point now)
{
    constexpr auto while_locked = std::chrono::seconds(5);
    if (e.held_up()) {
        auto before = out_.find(id);
        auto last = before == out_.end() ? clock::duration{} : before->second.held_up;
        auto pause = next_pause(last);
        if (!add(id, e.what(), pause, now)) return false;
        out_[id].held_up = pause;
        return true;
    }
    if (e.locked()) return add(id, e.what(), while_locked, now);
    return about_rows(e) && add(id, e.what(), left_out_for, now);
}

bool left_out_rows::has(std::int64_t id, clock::time_point now) const
{
    auto at = out_.find(id);
    return at != out_.end() && at->second.until > now;
}

bool left_out_rows::knows_held_up(clock::time_point now)
{
    forget(now);
    return std::any_of(out_.begin(), out_.end(),
                       [](const auto& one) { return one.second.held_up > clock::duration{}; });
}

void left_out_rows::forget(clock::time_point now)
{
    // Whether one holds up a statement again is known when it has been tried.
    std::erase_if(out_, [&](const auto& one) { return one.second.until + 2 * one.second.held_up <= now; });
}

bool left_out_rows::tell()
{
    if (!std::exchange(news_, false)) return false;
    for (const auto& [id, one] : out_) told_.add(id, one.why);
    told_.tell();
    return true;
}

}
