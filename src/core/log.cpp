#include "orderd/core/log.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd {

bool line_budget::spend(log_level level, std::string_view message, clock::time_point now, int most)
{
    constexpr std::size_t most_messages = 1'000; // texts of the program; more are texts of others, and share one budget
    std::pair<log_level, std::string> key(level, message);
    if (spent_.size() >= most_messages && !spent_.contains(key)) key.second = "other lines";
    auto& s = spent_.try_emplace(std::move(key), spent{now}).first->second;
    if (now - s.since >= span) {
        s.since = now;
        s.written = 0;
    }
    if (s.written < most) {
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

void trouble_count::add(std::int64_t number, std::string_view why)
{
    if (count_++ > 0) return;
    number_ = number;
    example_ = why;
}

void trouble_count::tell(clock::time_point now)
{
    auto count = std::exchange(count_, 0);
    bool again = count != said_ || now - said_at_ >= std::chrono::hours(1);
    said_ = count;
    if (count == 0 || !again) return;
    said_at_ = now;
    log_.warning(message_, {{things_, count}, {"for_example", number_}, {"why", example_}});
}

trouble_list::word trouble_list::failed(const void* who, const trouble_name& name, std::string_view why,
                                        clock::time_point now)
{
    std::lock_guard lock(mutex_);
    auto [at, begins] = troubles_.try_emplace(name);
    auto& trouble = at->second;
    if (begins) trouble.begun = now;
    auto told = printable(why, 300);
    auto& met = trouble.who[who];
    if (met.why != told) met = {std::move(told), std::chrono::system_clock::now()};
    if (!begins && now - trouble.said < std::chrono::minutes(10)) return word::nothing;
    trouble.said = now;
    return begins ? word::begins : word::goes_on;
}

std::optional<trouble_list::clock::duration> trouble_list::recovered(const void* who, const trouble_name& name,
                                                                     clock::time_point now)
{
    std::lock_guard lock(mutex_);
    auto at = troubles_.find(name);
    if (at == troubles_.end()) return std::nullopt;
    at->second.who.erase(who);
    if (!at->second.who.empty()) return std::nullopt;
    auto lasted = now - at->second.begun;
    troubles_.erase(at);
    return lasted;
}

std::vector<lasting_trouble> trouble_list::all() const
{
    std::lock_guard lock(mutex_);
    std::vector<lasting_trouble> out;
    for (const auto& [name, trouble] : troubles_) {
        std::map<std::string, std::chrono::system_clock::time_point> reasons;
        for (const auto& [who, met] : trouble.who) {
            auto& since = reasons.try_emplace(met.why, met.since).first->second;
            since = std::min(since, met.since);
        }
        for (const auto& [why, since] : reasons) out.push_back({name, why, since});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.since < b.since; });
    return out;
}

std::vector<lasting_trouble> trouble_list::lasting(std::string_view state, clock::duration at_least,
                                                   clock::time_point now) const
{
    std::lock_guard lock(mutex_);
    std::vector<lasting_trouble> out;
    for (const auto& [name, trouble] : troubles_) {
        if (name.state != state || now - trouble.begun < at_least) continue;
        const auto& met = trouble.who.begin()->second;
        out.push_back({name, met.why, met.since});
    }
    return out;
}

bool trouble_list::has(const trouble_name& name) const
{
    std::lock_guard lock(mutex_);
    return troubles_.contains(name);
}

outage_notice::~outage_notice()
{
    if (away_) log_.troubles().recovered(this, name_, clock::now());
}

void outage_notice::failed(std::string_view why, clock::time_point now)
{
    away_ = true;
    auto word = log_.troubles().failed(this, name_, why, now);
    if (word == trouble_list::word::nothing) return;
    bool begins = word == trouble_list::word::begins;
    auto still = name_.state.starts_with("is ") ? "is still " + name_.state.substr(3) : "still " + name_.state;
    log_.error(name_.what + " " + (begins ? name_.state + "; everything is kept, trying on" : still + "; trying on"),
               {{"why", why}});
}

void outage_notice::recovered(clock::time_point now)
{
    if (!std::exchange(away_, false)) return;
    auto lasted = log_.troubles().recovered(this, name_, now);
    if (lasted)
        log_.info(name_.what + " " + over_,
                  {{"away_seconds", std::chrono::duration_cast<std::chrono::seconds>(*lasted).count()}});
}

}
