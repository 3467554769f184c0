#pragma once
#include "orderd/provider/api.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/recorder.hpp"
#include "orderd/submission/controls.hpp"
#include "orderd/submission/decide.hpp"
#include "orderd/submission/evidence.hpp"
#include "orderd/submission/lease.hpp"
#include "orderd/submission/search.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace orderd::submission {

struct reconciler_options {
    std::chrono::milliseconds poll_interval{5'000};
    int searches_at_once = 8;
    std::chrono::milliseconds search_length{90'000}; // searches that last longer are left to another searcher, at first
    decision_settings decisions;
    search_depth depth{}; // the simulation tries what happens without a rule, and with few details
    std::span<const finding_rule> findings = finding_rules();
};

/// Settles orders in doubt: searches the provider by line or site, and finds the order, or proves in two searches that
/// there is none, or calls a person. Never sends anything itself.
class reconciler {
public:
    reconciler(asio::any_io_executor, timekeeper&, store::order_store&, provider::api&, store::recorder&, lease&,
               reconciler_options, logger&, metrics&, std::function<double()> uniform01);
    asio::awaitable<void> run();
    void stop();
    void configure(reconciler_options options) { options_ = std::move(options); } // from the next search on

private:
    asio::awaitable<void> reconcile_all(std::vector<store::doubtful_order>);
    asio::awaitable<void> reconcile_one(store::doubtful_order);
    asio::awaitable<void> try_to_reconcile(store::doubtful_order);
    asio::awaitable<void> postpone(store::doubtful_order);
    void end_round();
    asio::awaitable<void> say_created_late(order_id, std::chrono::milliseconds settle_time);

    asio::any_io_executor executor_;
    timekeeper& time_;
    store::order_store& store_;
    provider::api& api_;
    store::recorder& recorder_;
    lease& lease_;
    reconciler_options options_;
    controls controls_;
    logger& log_;
    std::function<double()> uniform01_;
    store::database_notice database_trouble_;
    outage_notice provider_outage_;
    async::wakeup tick_;
    std::chrono::milliseconds longest_{0}; // that a group of searches took lately
    int failed_searches_ = 0;              // in a row
    struct silence {
        order_id order;
        std::string why;
    };
    std::vector<silence> silent_now_; // of this round: orders whose search had no answer
    bool answered_ = false;           // of this round: any search
    std::set<order_id> silent_alone_; // whose searches have no answer while others do
    bool settle_time_too_short_ = false;
    bool stopping_ = false;
};

}
