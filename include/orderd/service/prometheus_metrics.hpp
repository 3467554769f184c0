#pragma once
#include "orderd/core/metrics.hpp"
#include "orderd/store/overview.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderd::service {

/// The counters as Prometheus knows them.
class prometheus_metrics final : public metrics {
public:
    prometheus_metrics();
    ~prometheus_metrics() override;
    void api_request(std::string_view operation, int status, std::chrono::nanoseconds took) override;
    void order_moved(std::string_view to_state, long count) override;
    void rows_judged(std::string_view verdict, long count) override;
    void catalogue_changed(std::string_view kind) override;
    void search_controlled(std::string_view kind, std::string_view answer) override;
    /// A wrong operator password was compared.
    void wrong_password();
    void set_differences(const std::vector<std::pair<std::string, long>>& by_kind);
    void set(const std::string& gauge, double value);
    void set_orders(const std::map<std::string, long>& by_state);
    /// The open batches' progress; those of before are forgotten.
    void set_batches(const std::vector<store::batch_overview>&);
    /// What was asked of the provider since the start, by operation.
    struct operation_figures {
        std::string operation;
        long requests = 0, failed = 0;            // failed: no answer, or none of 2xx
        double mean_seconds = 0, p95_seconds = 0; // the bucket that holds it
    };
    std::vector<operation_figures> operations() const;
    /// The text format.
    std::string text() const;

private:
    struct registered;
    std::unique_ptr<registered> all_;
};

}
