#include "open_connections.hpp"

#include <algorithm>
#include <utility>

namespace orderd::http {

open_connections::entry::entry(open_connections& all, socket& s, std::string client, bool loopback)
    : all_(all), at_(all.all_.insert(all.all_.end(), {&s, std::move(client), loopback}))
{
    ++all_.open_;
    waits_for(waiting_for::request);
}

open_connections::entry::~entry()
{
    if (at_->open) --all_.open_;
    all_.all_.erase(at_);
}

void open_connections::entry::waits_for(waiting_for what)
{
    at_->what = what;
    at_->since = ++all_.last_;
}

void open_connections::close(entry::state& c)
{
    boost::system::error_code ignored;
    std::exchange(c.open, nullptr)->close(ignored);
    --open_;
}

template <class Those>
bool open_connections::close_one_of(Those those)
{
    entry::state* longest = nullptr;
    for (auto& c : all_) {
        if (!c.open || c.what == waiting_for::answer || !those(c)) continue;
        if (!longest || std::pair(c.what, c.since) < std::pair(longest->what, longest->since)) longest = &c;
    }
    if (longest) close(*longest);
    return longest;
}

bool open_connections::make_way_for(const std::string& client, bool loopback)
{
    if (most_from_one_ > 0 && !loopback) {
        auto of_client = [&](const entry::state& c) { return c.open && c.client == client; };
        auto count = static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), of_client));
        if (count >= most_from_one_) return close_one_of(of_client);
    }
    return most_ == 0 || open_ < most_ || close_longest_silent();
}

bool open_connections::close_longest_silent()
{
    return close_one_of([](const entry::state&) { return true; });
}

void open_connections::close_all()
{
    for (auto& c : all_)
        if (c.open) close(c);
}

}
