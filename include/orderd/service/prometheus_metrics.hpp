#pragma once
#include "orderd/core/metrics.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace orderd::service {

/// The counters as Prometheus knows them.
class prometheus_metrics final : public metrics {
public:
    prometheus_metrics();
    ~prometheus_metrics() override;
    void api_request(std::string_view operation, int status, std::chrono::nanoseconds took) override;
    void order_moved(std::string_view to_state, long count) override;
    void rows_judged(std::string_view verdict, long count) override;
    void set(const std::string& gauge, double value);
    void set_orders(const std::map<std::string, long>& by_state);
    /// The text format.
    std::string text() const;

private:
    struct registered;
    std::unique_ptr<registered> all_;
};

}
