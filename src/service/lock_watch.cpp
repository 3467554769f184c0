#include "lock_watch.hpp"

#include <utility>

namespace orderd::service {

using namespace std::chrono_literals;

namespace {

constexpr auto long_time = 10s; // for one statement

}

lock_watch::lock_watch(timekeeper& time, store::database& database, logger& log)
    : database_(database), log_(log), time_(time), tick_(time)
{
}

lock_watch::~lock_watch()
{
    if (told_) log_.troubles().recovered(this, lock_trouble, trouble_list::clock::now());
}

void lock_watch::stop()
{
    stopping_ = true;
    tick_.notify();
}

async::asio::awaitable<void> lock_watch::run()
{
    constexpr auto patience = 5s;
    while (!stopping_) {
        try {
            auto [holders, slow] = co_await database_.run_within(patience, [](store::session& s) {
                return std::pair(store::lock_holders(s), store::slow_statements(s, long_time));
            });
            note(holders);
            note(slow);
        } catch (const std::exception&) { // whoever needs the database says that it is away
        }
        co_await tick_.wait_for(2s);
    }
}

void lock_watch::note(const std::vector<store::lock_holder>& holders)
{
    constexpr auto long_enough = 5s, pause = 8s;
    auto now = time_.now();
    if (holders.empty()) {
        if (seen_ && now - *seen_ >= pause) recovered();
        return;
    }
    seen_ = now;
    if (!since_) since_ = now - std::chrono::seconds(holders.front().seconds);
    if (now - *since_ < long_enough) return;
    told_ = true;
    auto why = store::words(holders);
    auto word = log_.troubles().failed(this, lock_trouble, why, trouble_list::clock::now());
    if (word != trouble_list::word::nothing)
        log_.error("somebody's lock keeps the daemon waiting; nothing is lost, and it goes on by itself",
                   {{"why", why}});
}

void lock_watch::note(const std::vector<store::slow_statement>& all)
{
    if (all.empty()) return;
    const auto& longest = all.front();
    if (auto times = slow_.happened())
        log_.warning(
            "a statement of the daemon takes long; a trigger or rule that somebody put on its table may hold "
            "it up (see pg_trigger), or the server has much to do. Nothing is lost; rows at fault are looked for "
            "and set aside",
            {{"session", longest.pid}, {"seconds", longest.seconds}, {"statement", longest.text}, {"seen", times}});
}

void lock_watch::recovered()
{
    since_.reset();
    seen_.reset();
    if (!std::exchange(told_, false)) return;
    log_.troubles().recovered(this, lock_trouble, trouble_list::clock::now());
    log_.info("the lock that kept the daemon waiting is gone");
}

}
