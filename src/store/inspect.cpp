#include "orderd/store/inspect.hpp"
#include "session.hpp"

#include <algorithm>

namespace orderd::store {
namespace {

std::vector<std::optional<std::string>> row_of(const pqxx::row& r)
{
    std::vector<std::optional<std::string>> out;
    out.reserve(r.size());
    for (const auto& field : r) out.push_back(field.is_null() ? std::nullopt : std::optional(field.as<std::string>()));
    return out;
}

table columns_of(const pqxx::result& result)
{
    table t;
    for (pqxx::row_size_type i = 0; i < result.columns(); ++i) t.columns.emplace_back(result.column_name(i));
    return t;
}

table table_of(const pqxx::result& result)
{
    auto t = columns_of(result);
    for (const auto& r : result) t.rows.push_back(row_of(r));
    return t;
}

}

std::vector<state_count> count_states(session& s, const std::optional<std::string>& batch)
{
    auto rows = batch
                    ? s.ask("count_states_of_batch",
                            "select o.state, count(*) from orderd.\"order\" o join orderd.batch b on b.id = o.batch_id "
                            "where b.name = $1 group by o.state",
                            *batch)
                    : s.ask("count_states", "select state, count(*) from orderd.\"order\" group by state");
    std::vector<state_count> out;
    for (const auto& r : rows)
        if (auto state = order_state_from(r[0].as<std::string>())) out.push_back({*state, r[1].as<long>()});
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.state < b.state; }); // the way of an order
    return out;
}

table batch_list(session& s, const std::optional<std::string>& batch, int limit)
{
    return table_of(s.ask(
        "batch_list",
        "select batch_name, source, to_char(received_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') as "
        "received_at, rows_taken, rows_rejected, rows_duplicate, waiting, in_progress, completed, ended_otherwise "
        "from report.batch where $1 = '' or batch_name = $1 order by batch_id desc limit $2::int",
        batch.value_or(""), limit));
}

table order_list(session& s, const order_filter& f)
{
    return table_of(
        s.ask("order_list",
              "select o.id, o.request_key, b.name as batch, o.source_row as row, o.state, o.line_id, "
              "o.customer_site_code, o.order_code, "
              "o.attempts, o.error_code, o.customer_site_name from orderd.\"order\" o join orderd.batch b on b.id = "
              "o.batch_id "
              "where ($1 = '' or o.state = $1) and ($2 = '' or b.name = $2) and ($3 = '' or o.line_id = $3) "
              "and ($4 = '' or o.customer_site_code = $4) and ($5 = '' or o.error_code = $5) order by o.id desc limit "
              "$6::int",
              f.state.value_or(""), f.batch.value_or(""), f.line_id.value_or(""), f.customer_site_code.value_or(""),
              f.error_code.value_or(""), f.limit));
}

std::optional<found_order> find_order(session& s, const std::string& word)
{
    auto rows = s.ask(
        "find_order",
        "select id, revision, state, request_key, order_code, state = 'held' and "
        "coalesce(error_code = 'order_code_conflict' or (select e.event in ('several_candidates', "
        "'late_creation_possible') from orderd.order_event e where e.order_id = o.id and e.to_state = 'held' order by "
        "e.id desc limit 1), false) as must_be_resolved from orderd.\"order\" o "
        "where id = case when $1 ~ '^[0-9]{1,18}$' then $1::bigint end or (request_key = $1 and state <> 'rejected') "
        "or order_code = $1 order by (id::text = $1) desc, (state <> 'rejected') desc, id desc limit 1",
        word);
    if (rows.empty()) return std::nullopt;
    const auto& r = rows[0];
    return found_order{{r[0].as<std::int64_t>()},
                       r[1].as<int>(),
                       order_state_from(r[2].as<std::string>()).value_or(order_state::held),
                       r[3].as<std::string>(),
                       r[4].as<std::string>(""),
                       r[5].as<bool>()};
}

table order_line(session& s, order_id id)
{
    return table_of(
        s.ask("order_line",
              "select o.id, b.name as batch, o.source_row as row, o.request_key, o.state, o.order_type, o.natural_key, "
              "o.customer_code, o.customer_site_name, o.case_name, o.line_id, o.product_codes, o.customer_site_code, "
              "o.order_code, o.provider_status, o.error_code, o.error_message, o.attempts, o.application_date, "
              "o.hope_to_start_at, o.hope_to_end_at, o.global_ip, o.purchase_price, o.monthly_price, o.findings, "
              "o.not_before, o.received_at, o.submitted_at, o.accepted_at, o.finished_at "
              "from orderd.\"order\" o join orderd.batch b on b.id = o.batch_id where o.id = $1",
              id.value));
}

table order_events(session& s, order_id id)
{
    return table_of(s.ask(
        "order_events",
        "select to_char(at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') as at, from_state, to_state, event, "
        "why, attempt, http_status, request_id, errors, raw, instance_id, operator from orderd.order_event "
        "where order_id = $1 order by id",
        id.value));
}

std::vector<std::string> durability_risks(session& s)
{
    auto rows = s.ask("durability", "select current_setting('fsync'), current_setting('synchronous_commit'), "
                                    "current_setting('synchronous_standby_names'), "
                                    "exists (select from pg_stat_replication where state = 'streaming')");
    const auto& r = rows[0];
    std::vector<std::string> risks;
    if (r[0].as<std::string>() == "off") risks.push_back("fsync is off");
    if (auto level = r[1].as<std::string>(); level == "off") risks.push_back("synchronous_commit is off");
    if (r[3].as<bool>() && r[2].as<std::string>().empty())
        risks.push_back("it has standbys, and none of them is synchronous");
    return risks;
}

bool batch_exists(session& s, const std::string& batch)
{
    return !s.ask("batch_exists", "select from orderd.batch where name = $1", batch).empty();
}

void export_batch(session& s, const std::string& batch, const std::function<void(const table&)>& header,
                  const std::function<void(const std::vector<std::optional<std::string>>&)>& row)
{
    auto result =
        s.ask("export_batch", "select * from report.order_result where batch_name = $1 order by source_row", batch);
    header(columns_of(result));
    for (const auto& r : result) row(row_of(r));
}

table product_list(session& s)
{
    return table_of(s.ask(
        "product_list",
        "select code, type, cpe, purchase_price, monthly_price, shortest_period, array_to_string(dependencies, ' ') "
        "as dependencies, name from orderd.product order by type, code"));
}

long oldest_ready_seconds(session& s)
{
    auto rows = s.ask("oldest_ready", "select greatest(0, extract(epoch from now() - min(not_before)))::bigint "
                                      "from orderd.\"order\" where state = 'ready' and not_before <= now()");
    return rows[0][0].as<long>(0);
}

}
