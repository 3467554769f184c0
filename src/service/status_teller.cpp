#include "status_teller.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/service/estimate.hpp"
#include "orderd/store/overview.hpp"

#include <boost/json.hpp>

namespace orderd::service {
namespace {

constexpr auto patience = std::chrono::seconds(10);

}

status_teller::status_teller(timekeeper& time, store::database& database, adjustable_logger& log,
                             service_manager& manager, std::function<instance_id()> self,
                             std::function<live_figures()> live)
    : database_(database), log_(log), manager_(manager), self_(std::move(self)), live_(std::move(live)), tick_(time)
{
}

void status_teller::stop()
{
    stopping_ = true;
    tick_.notify();
}

async::asio::awaitable<void> status_teller::run()
{
    while (!stopping_) {
        co_await tell_line();
        log_.tell_held_back(false);
        co_await note_troubles();
        co_await tick_.wait_for(std::chrono::seconds(10));
    }
}

async::asio::awaitable<void> status_teller::tell_line()
{
    std::string line = "the database is away; everything is kept";
    try {
        auto seen = co_await database_.run_within(patience, [](store::session& s) { return store::read_overview(s); });
        auto live = live_();
        line = status_line(seen, live.in_flight, live.requests_per_second);
    } catch (const std::exception&) { // whoever needs the database says that it is away
    }
    if (!stopping_) manager_.status(line);
}

async::asio::awaitable<void> status_teller::note_troubles()
{
    boost::json::array all;
    for (const auto& t : log_.troubles().all())
        all.push_back({{"what", t.name.what},
                       {"state", t.name.state},
                       {"why", t.why},
                       {"since", to_iso_tokyo(std::chrono::floor<std::chrono::milliseconds>(t.since))}});
    auto json = boost::json::serialize(all);
    auto note = [json, self = self_()](store::session& s) { return store::note_troubles(s, self, json), true; };
    try {
        co_await database_.run_within(patience, note);
    } catch (const std::exception&) { // whoever needs the database says that it is away
    }
}

}
