#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/recorder.hpp"
#include "orderd/store/sites.hpp"
#include "orderd/tracking/failing_sites.hpp"
#include "orderd/tracking/sweep_pace.hpp"

#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace orderd::tracking {

namespace asio = boost::asio;

struct tracker_options {
    std::chrono::milliseconds interval{300'000}; // between two sweeps
    std::chrono::milliseconds max_interval{0};   // while nothing moves; zero: three times as long
    int details_at_once = 16;
};

/// Whether a detail is another order's than the one it is read for.
using code_judge = std::function<store::contradiction(const store::followed_order&, const provider::order_detail&)>;

/// Follows accepted orders to their end. A sweep lists what is in progress at the provider, thousands of orders a
/// request; only an accepted order that is no longer in that list is asked for by itself. One instance sweeps at a
/// time.
class tracker {
public:
    tracker(asio::any_io_executor, timekeeper&, store::order_store&, provider::api&, store::recorder&,
            std::function<instance_id()> self, tracker_options, logger&);
    asio::awaitable<void> run();
    void stop();
    /// A code may be another order's: the sweep that looks comes now.
    void wake() { tick_.notify(); }
    /// Judges details from now on; without it none is another order's.
    void judge_codes(code_judge judge) { judge_ = std::move(judge); }
    /// Keeps which orders of others are in progress, so that an order sent from now on is not taken for one of them.
    /// Gives why they could not be read, "" when they could.
    asio::awaitable<std::string> look_at_others();
    /// When the last sweep that this instance made ended well; zero: never.
    timekeeper::time_point swept_at() const { return swept_at_; }
    void configure(tracker_options options)
    {
        options_ = options;
        pace_ = {options.interval, options.max_interval};
        tick_.notify();
    }

private:
    asio::awaitable<void> sweep();
    using known_requests = std::unordered_map<std::int64_t, store::followed_order>;
    asio::awaitable<std::size_t> follow_all(std::vector<store::tracked_order>);       // how many ended
    asio::awaitable<bool> follow(store::tracked_order, const store::followed_order*); // whether it ended
    asio::awaitable<bool> try_to_follow(store::tracked_order, const store::followed_order*);
    /// Whether the code is given up, because what is told of it surely is another order.
    asio::awaitable<bool> give_up_code(store::tracked_order, const store::followed_order*, provider::order_detail);
    void note_failure(const store::tracked_order&, const provider::failure&);
    /// The provider does not know the code of an order, and never did.
    void note_never_known(const store::tracked_order&, int sweeps);
    void resume(const store::tracked_order&);
    /// Keeps which orders of others are at the provider: what was there before an order was sent is not it.
    asio::awaitable<void> note_others(const std::unordered_set<std::string>& codes);
    void say_what_is_odd(const std::vector<std::string>&);
    void keep_next(std::vector<store::tracked_order>&);

    asio::any_io_executor executor_;
    store::order_store& store_;
    provider::api& api_;
    store::recorder& recorder_;
    std::function<instance_id()> self_;
    tracker_options options_;
    logger& log_;
    store::database_notice database_trouble_;
    outage_notice provider_outage_;
    async::wakeup tick_;
    sweep_pace pace_;
    instance_id sweeping_as_; // should the lease be lost in the midst of a sweep, nothing of it is recorded
    trouble_count unknown_, unreadable_, unanswered_, odd_status_, wrong_codes_, defects_; // orders of a sweep
    code_judge judge_;
    std::unordered_map<std::int64_t, int> failed_before_,
        failing_;                                  // sweeps in a row, of orders that cannot be followed
    std::vector<order_id> never_known_;            // of this sweep: their codes were never known there
    std::unordered_set<std::string> codes_seen_;   // the provider told of them, and that is not kept yet
    std::unordered_set<std::int64_t> undisputed_;  // their details were read, and are theirs
    order_id asked_up_to_{0};                      // by themselves, where no list can be had
    std::size_t odd_elements_ = 0;                 // of the list before
    std::unordered_set<std::string> others_noted_; // since this daemon started
    timekeeper& time_;
    timekeeper::time_point swept_at_{};
    bool stopping_ = false;
};

/// What a status of the provider means (RULINGS R6); nothing: still in progress.
std::optional<order_event> event_of_status(std::string_view status);
/// What to write about an order that moved: the event, the dates and addresses, and the errors of its contracts.
store::order_move move_of(const store::tracked_order&, const provider::order_detail&, order_event);
/// It is not known what became of an order: the provider does not know it, or does not tell it so that it can be read.
store::order_move move_of_failure(const store::tracked_order&, const provider::failure&);
/// The code that an order was followed by is another order's.
store::order_move move_of_wrong_code(const store::tracked_order&, const store::contradiction&);

/// The provider never knew the code that it answered.
store::order_move move_of_code_never_known(const store::tracked_order&);

/// What is kept of a site: its members, the secrets apart.
store::site_record record_of(const provider::site_detail&);

/// Reads the detail of sites that orders created, changed or ended. Without a box their secrets are not kept.
class site_reader {
public:
    site_reader(asio::any_io_executor, timekeeper&, store::database&, provider::api&,
                std::shared_ptr<const store::credential_box>, std::chrono::milliseconds interval, logger&);
    asio::awaitable<void> run();
    void wake() { tick_.notify(); }
    void stop();
    void set_interval(std::chrono::milliseconds interval) { interval_ = interval; }

private:
    asio::awaitable<bool> read_due(); // whether more may be due at once
    asio::awaitable<void> read(std::string code);
    asio::any_io_executor executor_;
    store::database& database_;
    provider::api& api_;
    std::shared_ptr<const store::credential_box> box_;
    std::chrono::milliseconds interval_;
    store::database_notice database_trouble_;
    outage_notice outage_;
    failing_sites failing_;
    async::wakeup tick_;
    bool stopping_ = false;
};

/// Keeps the product catalogue fresh: one instance reads it for all.
class catalogue_reader {
public:
    catalogue_reader(timekeeper&, store::database&, provider::api&, std::function<instance_id()> self,
                     std::chrono::milliseconds interval, logger&, metrics&);
    asio::awaitable<void> run();
    void on_read(std::function<void()> f) { read_ = std::move(f); } // after every successful reading
    void stop();
    void set_interval(std::chrono::milliseconds interval) { interval_ = interval; } // after the next reading

private:
    asio::awaitable<bool> our_duty();
    asio::awaitable<std::string> read(); // why it failed, "" when it did not
    void say_what_is_odd(const provider::listing<product>&);

    timekeeper& time_;
    store::database& database_;
    provider::api& api_;
    std::function<instance_id()> self_;
    std::chrono::milliseconds interval_;
    logger& log_;
    metrics& metrics_;
    store::database_notice trouble_;
    async::wakeup tick_;
    std::function<void()> read_;
    std::size_t products_ = 0;
    std::string said_;        // what was odd about the list that was read last
    std::string read_failed_; // why the last reading did
    bool stopping_ = false;
};

}
