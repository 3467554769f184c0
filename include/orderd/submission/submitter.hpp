#pragma once
#include "orderd/core/daily_window.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/recorder.hpp"
#include "orderd/submission/breaker.hpp"
#include "orderd/submission/decide.hpp"
#include "orderd/submission/lease.hpp"
#include "orderd/submission/odd_answers.hpp"

#include <deque>
#include <functional>
#include <set>
#include <unordered_map>

namespace orderd::submission {

struct submitter_options {
    int max_in_flight = 64;                         // of all instances together
    double requests_per_second = 0;                 // claims no more than can be sent soon
    std::chrono::milliseconds poll_interval{5'000}; // for orders that became ready without a notification
    std::chrono::milliseconds claims_checked{15'000};
    daily_window window;
    decision_settings decisions;
};

/// claim → send → record. Claims orders in groups, keeps at most its places of requests on the wire, and has at most
/// three times as many orders claimed and not yet recorded. Lives on the event loop's thread.
class submitter {
public:
    submitter(asio::any_io_executor, timekeeper&, store::order_store&, provider::api&, store::recorder&, lease&,
              breaker&, submitter_options, logger&, std::function<double()> uniform01);
    /// Until stopped: then what is on the wire comes home, and what was not sent goes back to `ready`.
    asio::awaitable<void> run();
    void wake(); // orders may have become ready
    void stop();
    /// Everything but max_in_flight, whose coroutines run already.
    void configure(submitter_options);
    int in_flight() const { return in_flight_; }
    /// Looks at what others have in progress: before the first order, and every minute while there are any. Gives why
    /// that could not be done; "" when it could.
    void look_first(std::function<asio::awaitable<std::string>()> f) { look_first_ = std::move(f); }

private:
    struct claimed {
        store::claimed_order order;
        instance_id owner;
        std::chrono::milliseconds settle_time{0}; // written down with the claim
        bool probe = false;
    };
    asio::awaitable<void> claim_orders();
    /// Claims once; how long to wait before the next time.
    asio::awaitable<timekeeper::duration> claim_once();
    timekeeper::duration after_empty_claim(timekeeper::duration until_due);
    asio::awaitable<timekeeper::duration> look();
    /// Whether an order is due at once; else how long until one is.
    asio::awaitable<timekeeper::duration> until_due();
    /// Orders whose claim was committed although its answer was lost: never sent, they go back.
    asio::awaitable<void> return_lost_claims(instance_id owner);
    asio::awaitable<void> send_orders(); // one of max_in_flight
    asio::awaitable<void> send(claimed);
    void record(const claimed&, const provider::result<order_code>&);
    void count_limited(order_id, const decision&);
    void record_defect(const claimed&, bool may_have_gone, const std::string& what);
    asio::awaitable<provider::result<order_code>> post(const claimed&, std::function<bool()> still);
    void return_unsent(const claimed&);
    void leave_in_doubt(order_id, int revision, instance_id owner);
    void give_back(order_id, int revision, instance_id owner, std::string why);
    int places() const;
    bool may_send(const claimed&) const;
    void look_again();

    asio::any_io_executor executor_;
    timekeeper& time_;
    store::order_store& store_;
    provider::api& api_;
    store::recorder& recorder_;
    lease& lease_;
    breaker& breaker_;
    submitter_options options_;
    std::function<double()> uniform01_;
    logger& log_;
    std::function<asio::awaitable<std::string>()> look_first_;
    std::optional<timekeeper::time_point> looked_at_;
    timekeeper::duration look_took_{};
    int looks_failed_ = 0; // in a row
    int empty_claims_ = 0; // in a row, although orders were due
    store::database_notice database_trouble_;
    odd_answers odd_;
    async::wakeup room_, work_;
    std::deque<claimed> line_;
    /// Claimed and not yet recorded, by revision: a claim that is settled may be claimed anew before we hear of it.
    std::set<std::pair<order_id, int>> held_;
    std::unordered_map<std::int64_t, int> limited_; // orders that were answered and not processed, how often in a row
    timekeeper::time_point check_claims_at_{};
    int in_flight_ = 0;
    bool stopping_ = false;
};

}
