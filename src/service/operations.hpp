#pragma once
#include "orderd/http/server.hpp"
#include "orderd/service/prometheus_metrics.hpp"
#include "orderd/store/database.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace orderd::service {

/// What this daemon knows of itself, for /readyz, /metrics and the page.
struct live_figures {
    int in_flight = 0, places = 0;
    bool circuit_open = false, authenticated = false;
    double requests_per_second = 0; // configured, 0: no limit
    std::optional<std::chrono::milliseconds> token_age, sweep_age;
};

struct operations_options {
    std::string listen;
    std::string operator_password; // "": the page is read only
    std::string drop_directory;    // whose result files the page hands out
    double requests_per_second = 0;
    std::string instance;
};

/// GET /healthz, /readyz, /metrics and the status page on `listen`.
std::unique_ptr<http::server> serve_operations(http::asio::any_io_executor, operations_options, store::database&,
                                               prometheus_metrics&, std::function<live_figures()>);

}
