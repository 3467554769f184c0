#include "orderd/service/prometheus_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace orderd::service {

struct prometheus_metrics::registered {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("orderd_api_requests_total")
            .Help("Requests to the provider by operation and HTTP status (0: no answer)")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& durations =
        prometheus::BuildHistogram()
            .Name("orderd_api_request_duration_seconds")
            .Help("Time from sending a request to the provider to its answer")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& moves = prometheus::BuildCounter()
                                                         .Name("orderd_order_transitions_total")
                                                         .Help("Orders that came into a state")
                                                         .Register(registry);
    prometheus::Family<prometheus::Counter>& rows =
        prometheus::BuildCounter().Name("orderd_intake_rows_total").Help("Intake rows by verdict").Register(registry);
    prometheus::Family<prometheus::Gauge>& orders =
        prometheus::BuildGauge().Name("orderd_orders").Help("Orders in the database by state").Register(registry);
    std::map<std::string, prometheus::Gauge*> gauges;

    registered()
    {
        auto gauge = [&](const char* name, const char* help) {
            gauges[name] = &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
        };
        gauge("orderd_in_flight_requests", "Orders on the wire to the provider");
        gauge("orderd_circuit_open", "1 while submission waits for the provider to recover");
        gauge("orderd_oldest_ready_seconds", "Age of the oldest order that is due and not sent");
        gauge("orderd_authenticated", "1 while the access token is good");
    }
};

prometheus_metrics::prometheus_metrics() : all_(std::make_unique<registered>()) {}
prometheus_metrics::~prometheus_metrics() = default;

void prometheus_metrics::api_request(std::string_view operation, int status, std::chrono::nanoseconds took)
{
    static const prometheus::Histogram::BucketBoundaries bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                                1,     2.5,  5,     10,   30,  60};
    std::string name(operation);
    all_->requests.Add({{"operation", name}, {"code", std::to_string(status)}}).Increment();
    all_->durations.Add({{"operation", name}}, bounds).Observe(std::chrono::duration<double>(took).count());
}

void prometheus_metrics::order_moved(std::string_view to_state, long count)
{
    all_->moves.Add({{"state", std::string(to_state)}}).Increment(static_cast<double>(count));
}

void prometheus_metrics::rows_judged(std::string_view verdict, long count)
{
    all_->rows.Add({{"verdict", std::string(verdict)}}).Increment(static_cast<double>(count));
}

void prometheus_metrics::set(const std::string& gauge, double value) { all_->gauges.at(gauge)->Set(value); }

void prometheus_metrics::set_orders(const std::map<std::string, long>& by_state)
{
    for (const auto& [state, count] : by_state) all_->orders.Add({{"state", state}}).Set(static_cast<double>(count));
}

std::string prometheus_metrics::text() const
{
    return prometheus::TextSerializer().Serialize(all_->registry.Collect());
}

}
