#pragma once
#include "orderd/async/blocking_work.hpp"
#include "orderd/core/log.hpp"
#include "orderd/http/server.hpp"
#include "orderd/service/prometheus_metrics.hpp"
#include "orderd/store/database.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderd::service {

/// What this daemon knows of itself, for /readyz, /metrics and the page.
struct live_figures {
    int in_flight = 0, places = 0;
    bool circuit_open = false, authenticated = false;
    bool leased = false;            // renewed in the database in time
    double requests_per_second = 0; // configured, 0: no limit
    std::optional<std::chrono::milliseconds> token_age, sweep_age;
};

struct operations_options {
    std::string listen;
    std::string operator_password;       // "": the page is read only
    std::string drop_directory;          // whose result files the page hands out
    std::vector<std::string> host_names; // that it answers to; none: `machine`
    std::string machine;
    std::size_t connections = 256; // at once
};

/// What the page works with; outlives it.
struct operations_parts {
    store::database& database;
    store::database& probes; // for /readyz and /metrics, which no page and no import holds up
    async::blocking_work& files;
    prometheus_metrics& metrics;
    logger& log;
    std::function<live_figures()> live;
};

/// GET /healthz, /readyz, /metrics and the status page on `listen`.
std::unique_ptr<http::server> serve_operations(http::asio::any_io_executor, operations_options, operations_parts);

}
