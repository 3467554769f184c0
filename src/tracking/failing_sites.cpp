#include "orderd/tracking/failing_sites.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <utility>

namespace orderd::tracking {
namespace {

constexpr std::size_t enough_to_tell = 8;   // silences in a row, of sites about which others were answered before
constexpr std::size_t most_sites = 100'000; // kept; beyond, all are forgotten and said again

}

void failing_sites::notice::add(const std::string& code, const std::string& reason)
{
    if (sites++ > 0) return;
    example = code;
    why = reason;
}

void failing_sites::notice::tell(logger& log, clock::time_point now)
{
    if (sites == 0 || (told && now - told_at < std::chrono::minutes(1))) return;
    told = true;
    told_at = now;
    log.warning(words, {{"sites", std::exchange(sites, 0)}, {"for_example", printable(example, 256)}, {"why", why}});
}

void failing_sites::read(const std::string& code)
{
    answered_ = true;
    answers_.erase(code);
    silent_.erase(code);
}

void failing_sites::failed(const std::string& code, const provider::failure& failed)
{
    auto why = printable(provider::summary(failed), 300);
    bool not_the_api = !failed.asked.empty(); // a page says nothing about the site
    if (provider::cannot_be_asked(failed) || not_the_api) {
        silent_now_.push_back({code, std::move(why)});
        return;
    }
    answered_ = true;
    auto times = ++answers_[code];
    if (times == 1) not_told_.add(code, why);
    if (times < most_answers) return;
    answers_.erase(code);
    give_up_.push_back(code);
    given_up_.add(code, why);
}

void failing_sites::not_kept(const std::string& code, const std::string& why)
{
    if (not_kept_.insert(code).second) refused_.add(code, printable(why, 300));
}

bool failing_sites::nobody_answers() const
{
    if (answered_) return false;
    auto new_ones = std::count_if(silent_now_.begin(), silent_now_.end(),
                                  [this](const silent_site& s) { return !silent_.contains(s.code); });
    return static_cast<std::size_t>(new_ones) >= enough_to_tell;
}

/// Silence about a site while others are answered is its own; silence about all is an outage, if it is about any site
/// that has not been silent by itself before.
void failing_sites::note_silence(outcome& out)
{
    if (answered_)
        for (auto& s : std::exchange(silent_with_all_, {})) silent_.try_emplace(std::move(s.code), false);
    for (auto& s : std::exchange(silent_now_, {})) {
        auto known = answered_ ? silent_.try_emplace(s.code, false).first : silent_.find(s.code);
        if (known != silent_.end()) {
            if (!std::exchange(known->second, true)) unanswered_.add(s.code, s.why);
            continue;
        }
        if (out.outage.empty()) out.outage = s.why;
        silent_with_all_.push_back(std::move(s));
    }
}

failing_sites::outcome failing_sites::end_round(clock::time_point now)
{
    outcome out;
    note_silence(out);
    out.answered = std::exchange(answered_, false);
    out.give_up = std::exchange(give_up_, {});
    for (auto* one : {&not_told_, &unanswered_, &given_up_, &refused_}) one->tell(log_, now);
    if (answers_.size() > most_sites) answers_.clear();
    if (silent_.size() > most_sites) silent_.clear();
    if (not_kept_.size() > most_sites) not_kept_.clear();
    if (silent_with_all_.size() > most_sites) silent_with_all_.clear();
    return out;
}

}
