#pragma once
#include "orderd/http/server.hpp"
#include "orderd/service/prometheus_metrics.hpp"
#include "orderd/store/database.hpp"

#include <functional>
#include <memory>

namespace orderd::service {

/// What /readyz and /metrics ask of the daemon.
struct live_figures {
    int in_flight = 0;
    bool circuit_open = false, authenticated = false;
};

/// GET /healthz, /readyz, /metrics and / on `operations.listen`.
std::unique_ptr<http::server> serve_operations(http::asio::any_io_executor, const std::string& listen, store::database&,
                                               prometheus_metrics&, std::function<live_figures()>);

}
