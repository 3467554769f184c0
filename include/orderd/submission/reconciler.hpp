#pragma once
#include "orderd/provider/api.hpp"
#include "orderd/store/recorder.hpp"
#include "orderd/submission/decide.hpp"
#include "orderd/submission/lease.hpp"

#include <functional>

namespace orderd::submission {

struct reconciler_options {
    std::chrono::milliseconds poll_interval{5'000};
    int searches_at_once = 8;
    std::chrono::milliseconds search_length{90'000}; // a search that lasts longer is left to another searcher
    decision_settings decisions;
};

/// Settles orders in doubt: searches the provider by the natural key, and finds the order, or sees twice that there is
/// none, or calls a person. Never sends anything itself.
class reconciler {
public:
    reconciler(asio::any_io_executor, timekeeper&, store::order_store&, provider::api&, store::recorder&, lease&,
               reconciler_options, logger&, std::function<double()> uniform01);
    asio::awaitable<void> run();
    void stop();
    void configure(reconciler_options options) { options_ = std::move(options); } // from the next search on

private:
    asio::awaitable<void> reconcile_all(std::vector<store::doubtful_order>);
    asio::awaitable<void> reconcile_one(store::doubtful_order);
    asio::awaitable<void> postpone(store::doubtful_order);

    asio::any_io_executor executor_;
    store::order_store& store_;
    provider::api& api_;
    store::recorder& recorder_;
    lease& lease_;
    reconciler_options options_;
    logger& log_;
    std::function<double()> uniform01_;
    outage_notice database_outage_, provider_outage_;
    store::wakeup tick_;
    int failed_searches_ = 0; // in a row
    bool settle_time_too_short_ = false;
    bool stopping_ = false;
};

/// The candidates that the provider has for an order in doubt, or why they are not known.
asio::awaitable<provider::result<std::vector<provider::order_summary>>>
find_candidates(provider::api&, store::order_store&, store::doubtful_order);

}
