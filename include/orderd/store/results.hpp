#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/store/database.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

// What the result files and the verbs tell.
namespace orderd::store {

/// A batch whose answer files are not up to date.
struct batch_to_report {
    batch_id id;
    std::string name, encoding, separator;
    bool japanese = false;
    std::vector<std::string> header;
    std::vector<std::string> notes;
    int rows_taken = 0, rows_rejected = 0, rows_duplicate = 0;
    long purchase_price = 0, monthly_price = 0; // yen, of what was accepted, by the catalogue of the day
    long unpriced = 0;                          // orders whose price is not known, and is in no sum
    long awaiting_approval = 0;                 // orders
};
/// Rows that one rule rejected, with one of its messages.
struct rule_count {
    std::string rule;
    long rows = 0;
    std::string message_ja, message_en;
};
/// Those that most rows broke first. `stopping` ends it by `stopped`.
std::vector<rule_count> rejections_by_rule(session&, batch_id, const std::stop_token& stopping = {});
std::vector<batch_to_report> batches_to_report(session&, const std::string& directory);
/// The answer files tell what was true at `read_at`, which `result_rows` gave. Throws
/// `statement_failed` where that cannot be noted.
void mark_reported(session&, batch_id, const std::string& read_at);

/// A line of NAME.result.csv; columns as in report.order_result.
struct result_row {
    std::int64_t source_row = 0;
    bool duplicate = false;
    std::string request_key, order_type, customer_site_name, case_name, line_id, state, order_code, customer_site_code,
        application_date, hope_to_start_at, hope_to_end_at, global_ip, error_code, error_message_ja, error_message_en,
        attempts, updated_at;
};
/// Calls `each` for every row of the batch, by row. Gives the database's time before it was read.
std::string result_rows(session&, batch_id, const std::function<void(const result_row&)>& each);

struct rejected_row {
    std::int64_t source_row = 0;
    bool kept = false; // its cells are still there
    std::vector<std::string> cells, fields, messages_ja, messages_en;
};
void rejected_rows(session&, batch_id, const std::function<void(const rejected_row&)>& each);

}
