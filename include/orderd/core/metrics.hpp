#pragma once
#include <chrono>
#include <string_view>

// Counters reach the inner rooms as this interface; nothing inside knows Prometheus.
namespace orderd {

class metrics {
public:
    virtual ~metrics() = default;
    /// A request to the provider ended: its operation ("POST /orders"), HTTP status (0: no answer) and duration.
    virtual void api_request(std::string_view operation, int status, std::chrono::nanoseconds took) = 0;
    /// An order changed its state.
    virtual void order_moved(std::string_view to_state, long count) = 0;
    /// A control of the provider's searches was made: "positive" or "negative", and "good", "bad" or "impossible".
    virtual void search_controlled(std::string_view kind, std::string_view answer) = 0;
    /// Rows judged at intake: "accepted", "rejected", "duplicate".
    virtual void rows_judged(std::string_view verdict, long count) = 0;
    /// A product "appeared", "vanished", or got another "price" or "other" properties.
    virtual void catalogue_changed(std::string_view kind) = 0;
};

}
