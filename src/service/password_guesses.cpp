#include "password_guesses.hpp"

#include <algorithm>

namespace orderd::service {

int password_guesses::lately(const failures& f, clock::time_point now)
{
    return now - f.last < forgotten_after ? f.in_a_row : 0;
}

password_guesses::clock::duration password_guesses::pause_after(int failures)
{
    auto pause = first_pause;
    for (int i = 1; i < failures && pause < longest_pause; ++i) pause *= 2;
    return std::min(pause, longest_pause);
}

password_guesses::turn password_guesses::ask(const std::string& client, clock::time_point now)
{
    auto known = by_client_.find(client);
    int own = known == by_client_.end() ? 0 : lately(known->second, now);
    auto at = own == 0 ? now : std::max(now, next_);
    if (own > 0 && waiting_ >= most_waiting) return {false, at};
    if (own > 0) next_ = at + pause_after(std::max(own, lately(of_all_, now)) + waiting_ + 1); // as if all were wrong
    ++waiting_;
    return {true, at};
}

void password_guesses::compared(const std::string& client, bool right, clock::time_point now)
{
    --waiting_;
    if (right) {
        by_client_.erase(client);
        of_all_ = {};
        return;
    }
    note_failure(client, now);
    next_ = std::max(next_, now + pause_after(std::max(by_client_[client].in_a_row, of_all_.in_a_row)));
}

void password_guesses::note_failure(const std::string& client, clock::time_point now)
{
    if (by_client_.size() >= most_clients && !by_client_.contains(client))
        by_client_.erase(std::min_element(by_client_.begin(), by_client_.end(),
                                          [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
    for (auto* f : {&by_client_[client], &of_all_}) {
        f->in_a_row = std::min(lately(*f, now) + 1, 1'000'000);
        f->last = now;
    }
}

}
