#pragma once
#include "orderd/core/metrics.hpp"

namespace orderd::tests {

/// For tests that count nothing.
struct no_metrics final : metrics {
    void catalogue_changed(std::string_view) override {}
    void search_controlled(std::string_view, std::string_view) override {}
    void api_request(std::string_view, int, std::chrono::nanoseconds) override {}
    void order_moved(std::string_view, long) override {}
    void rows_judged(std::string_view, long) override {}
};

}
