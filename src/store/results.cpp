#include "orderd/store/results.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "session.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>

namespace orderd::store {
namespace {

namespace json = boost::json;

std::vector<std::string> strings(const std::string& text)
{
    std::vector<std::string> out;
    auto parsed = json::parse(text);
    for (const auto& v : parsed.as_array())
        out.emplace_back(v.is_string() ? std::string(v.as_string()) : std::string());
    return out;
}

std::string member(const json::value& finding, std::string_view name)
{
    auto* v = finding.as_object().if_contains(name);
    return v && v->is_string() ? std::string(v->as_string()) : std::string();
}

void append(std::string& to, const std::string& what)
{
    if (!to.empty()) to += " / ";
    to += what;
}

}

std::vector<batch_to_report> batches_to_report(session& s, const std::string& directory)
{
    std::vector<batch_to_report> out;
    for (const auto& r : s.ask(ORDERD_SQL(batches_to_report), directory)) {
        batch_to_report b;
        b.id = {r[0].as<std::int64_t>()};
        b.name = r[1].as<std::string>();
        b.encoding = r[2].as<std::string>("UTF-8");
        b.separator = r[3].as<std::string>(",");
        b.japanese = r[4].as<bool>();
        b.header = strings(r[5].as<std::string>("[]"));
        b.notes = strings(r[6].as<std::string>("[]"));
        b.rows_taken = r[7].as<int>();
        b.rows_rejected = r[8].as<int>();
        b.rows_duplicate = r[9].as<int>();
        b.purchase_price = r[10].as<long>();
        b.monthly_price = r[11].as<long>();
        b.awaiting_approval = r[12].as<long>();
        b.unpriced = r[13].as<long>();
        out.push_back(std::move(b));
    }
    return out;
}

std::vector<rule_count> rejections_by_rule(session& s, batch_id id, const std::stop_token& stopping)
{
    constexpr int rows_at_once = 20'000; // a statement is over soon, however large the batch is
    std::map<std::string, rule_count> rules;
    for (std::optional<std::int64_t> after = 0; after;) {
        if (stopping.stop_requested()) throw stopped();
        auto lines = s.ask(ORDERD_SQL(rejections_by_rule), id.value, *after, rows_at_once);
        for (const auto& r : lines) {
            if (r[1].is_null()) continue;
            auto& counted = rules[r[1].as<std::string>()];
            if (counted.rows == 0)
                counted = {r[1].as<std::string>(), 0, r[3].as<std::string>(""), r[4].as<std::string>("")};
            counted.rows += r[2].as<long>();
        }
        after = lines[0][0].is_null() ? std::nullopt : std::optional(lines[0][0].as<std::int64_t>());
    }
    std::vector<rule_count> out;
    for (auto& [rule, counted] : rules) out.push_back(std::move(counted));
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.rows > b.rows; });
    return out;
}

void mark_reported(session& s, batch_id id, const std::string& read_at)
{
    auto rows = s.ask(ORDERD_SQL(mark_reported), id.value, read_at);
    if (rows.empty() || !rows[0][0].as<bool>(false))
        throw statement_failed(std::string(kept_as_it_was), raised_by_a_trigger);
}

std::string result_rows(session& s, batch_id id, const std::function<void(const result_row&)>& each)
{
    // A little earlier than the snapshot, so that a transaction that commits in between is told next time.
    auto read_at = s.ask("read_at", "select (now() - interval '2 seconds')::text")[0][0].as<std::string>();
    auto tell = [&](const pqxx::row& r) {
        result_row row;
        auto text = [&](int i) { return r[i].as<std::string>(""); };
        row.source_row = r[0].as<std::int64_t>();
        row.duplicate = r[1].as<bool>();
        row.request_key = text(2);
        row.order_type = text(3);
        row.customer_site_name = text(4);
        row.case_name = text(5);
        row.line_id = text(6);
        row.state = text(7);
        row.order_code = text(8);
        row.customer_site_code = text(9);
        row.application_date = text(10);
        row.hope_to_start_at = text(11);
        row.hope_to_end_at = text(12);
        row.global_ip = text(13);
        row.error_code = text(14);
        row.error_message_ja = row.error_message_en = text(15);
        auto found = json::parse(text(16));
        for (const auto& f : found.as_array()) {
            if (row.state == "rejected") append(row.error_code, member(f, "rule"));
            append(row.error_message_ja, member(f, "message_ja"));
            append(row.error_message_en, member(f, "message_en"));
        }
        row.attempts = text(17);
        row.updated_at = text(18);
        if (row.duplicate) {
            auto place = text(19);
            auto japanese = place.empty() ? "" : "（" + place + "の" + text(20) + "行目）";
            auto english = place.empty() ? "" : " (row " + text(20) + " of " + place + ")";
            append(row.error_message_ja, "この行は受付済みです" + japanese + "。新しいオーダは作成していません。");
            append(row.error_message_en, "this row came before" + english + "; no new order was made");
        }
        each(row);
    };
    s.each_row(sql::result_rows, tell, id.value);
    return read_at;
}

void rejected_rows(session& s, batch_id id, const std::function<void(const rejected_row&)>& each)
{
    auto tell = [&](const pqxx::row& r) {
        rejected_row row;
        row.source_row = r[0].as<std::int64_t>();
        row.kept = !r[1].is_null();
        row.cells = strings(r[1].as<std::string>("[]"));
        auto found = json::parse(r[2].as<std::string>("[]"));
        for (const auto& f : found.as_array()) {
            if (member(f, "severity") != "error") continue;
            row.fields.push_back(member(f, "field"));
            row.messages_ja.push_back(member(f, "message_ja"));
            row.messages_en.push_back(member(f, "message_en"));
        }
        each(row);
    };
    s.each_row("select o.source_row, to_json(c.cells)::text, o.findings::text from orderd.\"order\" o "
               "left join orderd.row_cells c on c.order_id = o.id "
               "where o.batch_id = $1 and o.state = 'rejected' order by o.source_row",
               tell, id.value);
}

}
