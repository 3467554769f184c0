#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/store/database.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

// What people ask: counts, lists, one order's story. Values come as text, an absent one as nothing.
namespace orderd::store {

struct table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
};

struct state_count {
    order_state state;
    long count = 0;
};
/// Orders by state, of one batch or of all.
std::vector<state_count> count_states(session&, const std::optional<std::string>& batch);
/// report.batch, the newest first.
table batch_list(session&, const std::optional<std::string>& batch, int limit);

struct order_filter {
    std::optional<std::string> state, batch, line_id, customer_site_code, error_code;
    int limit = 100;
};
table order_list(session&, const order_filter&);

/// One order by its number here, its request_key or its order code.
struct found_order {
    order_id id;
    int revision = 0;
    order_state state;
    std::string request_key, order_code;
    bool must_be_resolved = false; // held because it may exist at the provider
};
std::optional<found_order> find_order(session&, const std::string& word);
/// Its line of the table without the body, as one row; and its events, oldest first.
table order_line(session&, order_id);
table order_events(session&, order_id);
/// Lines of report.order_result of one batch.
void export_batch(session&, const std::string& batch, const std::function<void(const table& columns_only)>& header,
                  const std::function<void(const std::vector<std::optional<std::string>>&)>& row);
/// What could make this server forget what it committed, in words for a person.
std::vector<std::string> durability_risks(session&);
bool batch_exists(session&, const std::string& batch);
table product_list(session&);
/// Seconds since the oldest ready order was due, 0 when none is.
long oldest_ready_seconds(session&);

}
