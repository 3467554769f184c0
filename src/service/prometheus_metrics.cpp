#include "orderd/service/prometheus_metrics.hpp"
#include "orderd/core/shown.hpp"

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
    prometheus::Family<prometheus::Gauge>& batches = prometheus::BuildGauge()
                                                         .Name("orderd_batch_orders")
                                                         .Help("Orders of the open batches by state")
                                                         .Register(registry);
    prometheus::Family<prometheus::Counter>& catalogue = prometheus::BuildCounter()
                                                             .Name("orderd_catalogue_changes_total")
                                                             .Help("Products that appeared, vanished or changed")
                                                             .Register(registry);
    prometheus::Family<prometheus::Counter>& controls =
        prometheus::BuildCounter()
            .Name("orderd_search_controls_total")
            .Help("Tries whether the provider's order search can be believed when it finds nothing, by kind and answer")
            .Register(registry);
    prometheus::Counter& wrong_passwords = prometheus::BuildCounter()
                                               .Name("orderd_wrong_passwords_total")
                                               .Help("Wrong operator passwords given on the status page")
                                               .Register(registry)
                                               .Add({});
    prometheus::Family<prometheus::Gauge>& differences =
        prometheus::BuildGauge()
            .Name("orderd_differences")
            .Help("What was ordered and what the provider has differ so often, by kind")
            .Register(registry);
    std::vector<prometheus::Gauge*> of_batches;
    std::map<std::string, prometheus::Gauge*> gauges;

    registered()
    {
        auto gauge = [&](const char* name, const char* help) {
            gauges[name] = &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
        };
        gauge("orderd_in_flight_requests", "Orders of this daemon on the wire to the provider");
        gauge("orderd_in_flight_places", "How many orders this daemon may have on the wire now");
        gauge("orderd_requests_per_second_limit", "Configured rate of requests of all daemons together (0: no limit)");
        gauge("orderd_token_age_seconds", "Age of the access token (-1: there is none)");
        gauge("orderd_sweep_age_seconds",
              "Time since this daemon last followed the orders in progress (-1: it never did)");
        gauge("orderd_oldest_in_doubt_seconds", "Age of the oldest order that is being searched for");
        gauge("orderd_instances", "Daemons that are alive on this database");
        gauge("orderd_database_up", "1 while the database answers");
        gauge("orderd_waits_for_lock", "1 while somebody else's lock in the database keeps this daemon waiting");
        gauge("orderd_database_latency_seconds", "Time the database took to answer for this page of metrics");
        prometheus::BuildGauge()
            .Name("orderd_build_info")
            .Help("Version of the program")
            .Register(registry)
            .Add({{"version", ORDERD_VERSION}})
            .Set(1);
        // From the start, so that the first change is seen as an increase.
        for (auto kind : {"price", "missing", "vanished", "appeared", "other"}) catalogue.Add({{"change", kind}});
        gauge("orderd_circuit_open", "1 while submission waits for the provider to recover");
        gauge("orderd_paused_seconds", "Seconds for which nothing is sent because the provider asked to slow down");
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

void prometheus_metrics::catalogue_changed(std::string_view kind)
{
    all_->catalogue.Add({{"change", std::string(kind)}}).Increment();
}

void prometheus_metrics::search_controlled(std::string_view kind, std::string_view answer)
{
    all_->controls.Add({{"kind", std::string(kind)}, {"answer", std::string(answer)}}).Increment();
}

void prometheus_metrics::wrong_password() { all_->wrong_passwords.Increment(); }

void prometheus_metrics::set_differences(const std::vector<std::pair<std::string, long>>& by_kind)
{
    for (const auto& [kind, count] : by_kind) all_->differences.Add({{"kind", kind}}).Set(static_cast<double>(count));
}

void prometheus_metrics::set(const std::string& gauge, double value) { all_->gauges.at(gauge)->Set(value); }

void prometheus_metrics::set_orders(const std::map<std::string, long>& by_state)
{
    for (const auto& [state, count] : by_state) all_->orders.Add({{"state", state}}).Set(static_cast<double>(count));
}

void prometheus_metrics::set_batches(const std::vector<store::batch_overview>& open)
{
    for (auto* gauge : all_->of_batches) all_->batches.Remove(gauge);
    all_->of_batches.clear();
    for (const auto& batch : open)
        for (auto [state, n] : batch.orders) {
            auto& gauge = all_->batches.Add({{"batch", shown(batch.name)}, {"state", std::string(name(state))}});
            gauge.Set(static_cast<double>(n));
            all_->of_batches.push_back(&gauge);
        }
}

std::vector<prometheus_metrics::operation_figures> prometheus_metrics::operations() const
{
    std::map<std::string, operation_figures> found;
    auto label = [](const prometheus::ClientMetric& m, const std::string& wanted) {
        for (const auto& l : m.label)
            if (l.name == wanted) return l.value;
        return std::string();
    };
    for (const auto& family : all_->requests.Collect())
        for (const auto& m : family.metric) {
            auto& o = found[label(m, "operation")];
            o.requests += static_cast<long>(m.counter.value);
            if (!label(m, "code").starts_with('2')) o.failed += static_cast<long>(m.counter.value);
        }
    for (const auto& family : all_->durations.Collect())
        for (const auto& m : family.metric) {
            auto& o = found[label(m, "operation")];
            if (m.histogram.sample_count == 0) continue;
            o.mean_seconds = m.histogram.sample_sum / static_cast<double>(m.histogram.sample_count);
            for (const auto& bucket : m.histogram.bucket)
                if (static_cast<double>(bucket.cumulative_count) >=
                    0.95 * static_cast<double>(m.histogram.sample_count)) {
                    o.p95_seconds = bucket.upper_bound;
                    break;
                }
        }
    std::vector<operation_figures> out;
    for (auto& [operation, figures] : found) {
        figures.operation = operation;
        out.push_back(std::move(figures));
    }
    return out;
}

std::string prometheus_metrics::text() const
{
    return prometheus::TextSerializer().Serialize(all_->registry.Collect());
}

}
