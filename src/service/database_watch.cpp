#include "database_watch.hpp"

#include <algorithm>

namespace orderd::service {

using namespace std::chrono_literals;

database_watch::database_watch(timekeeper& time, std::vector<const store::database*> connections, logger& log)
    : connections_(std::move(connections)), outage_(log, "the database"), tick_(time)
{
}

void database_watch::stop()
{
    stopping_ = true;
    tick_.notify();
}

async::asio::awaitable<void> database_watch::run()
{
    constexpr auto long_enough = 15s; // a connection that cannot be made has told so by then
    while (!stopping_) {
        std::chrono::milliseconds longest{0};
        for (const auto* c : connections_) longest = std::max(longest, c->unanswered_for());
        if (longest < long_enough)
            outage_.recovered();
        else
            outage_.failed("it has not answered for " + std::to_string(longest / 1s) +
                           " s; its storage, the way to it, or locks of others (pg_blocking_pids) may be the cause");
        co_await tick_.wait_for(5s);
    }
}

}
