#include "orderd/reporting/result_files.hpp"
#include "orderd/core/column.hpp"
#include "orderd/core/csv_line.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"
#include "orderd/reporting/atomic_file.hpp"
#include "orderd/reporting/summary.hpp"

#include <algorithm>
#include <functional>

namespace orderd::reporting {
namespace {

/// A CSV file in the encoding and with the separator of the file that came in.
class answer_file {
public:
    answer_file(const std::filesystem::path& path, const store::batch_to_report& batch)
        : file_(path),
          coded_(encoding_from(batch.encoding).value_or(encoding::utf8)),
          separator_(batch.separator.empty() ? ',' : batch.separator[0])
    {
        file_.write(byte_order_mark(coded_));
    }
    void line(const std::vector<std::string>& cells) { file_.write(from_utf8(csv_line(cells, separator_), coded_)); }
    void commit() { file_.commit(); }

private:
    atomic_file file_;
    encoding coded_;
    char separator_;
};

struct result_column {
    std::string_view english, japanese;
    std::string (*value)(const store::result_row&, bool japanese);
    bool of_user = false; // as it came in the file, with its line breaks
};

std::string state_text(const store::result_row& r, bool japanese)
{
    if (r.duplicate) return japanese ? "重複" : "duplicate";
    auto state = order_state_from(r.state);
    return state && japanese ? std::string(japanese_name(*state)) : r.state;
}

std::string type_text(const store::result_row& r, bool japanese)
{
    if (r.order_type != "1" && r.order_type != "2" && r.order_type != "3") return "";
    auto type = static_cast<order_type>(r.order_type[0] - '0');
    return std::string(japanese ? japanese_name(type) : name(type));
}

const result_column result_columns[] = {
    {"row", "行", [](const store::result_row& r, bool) { return std::to_string(r.source_row); }},
    {"request_key", "管理番号", [](const store::result_row& r, bool) { return r.request_key; }, true},
    {"order_type", "オーダ種別", type_text},
    {"customer_site_name", "拠点名", [](const store::result_row& r, bool) { return r.customer_site_name; }, true},
    {"case_name", "案件名", [](const store::result_row& r, bool) { return r.case_name; }, true},
    {"line_id", "回線ID", [](const store::result_row& r, bool) { return r.line_id; }, true},
    {"state", "状態", state_text},
    {"order_code", "オーダー番号", [](const store::result_row& r, bool) { return r.order_code; }},
    {"customer_site_code", "保守番号", [](const store::result_row& r, bool) { return r.customer_site_code; }},
    {"application_date", "申込日", [](const store::result_row& r, bool) { return r.application_date; }},
    {"hope_to_start_at", "開通希望日", [](const store::result_row& r, bool) { return r.hope_to_start_at; }},
    {"hope_to_end_at", "廃止希望日", [](const store::result_row& r, bool) { return r.hope_to_end_at; }},
    {"global_ip", "グローバルIP", [](const store::result_row& r, bool) { return r.global_ip; }},
    {"error_code", "エラーコード", [](const store::result_row& r, bool) { return r.error_code; }},
    {"error_message", "メッセージ",
     [](const store::result_row& r, bool ja) { return ja ? r.error_message_ja : r.error_message_en; }},
    {"attempts", "送信回数", [](const store::result_row& r, bool) { return r.attempts; }},
    {"updated_at", "更新日時", [](const store::result_row& r, bool) { return r.updated_at; }},
};

/// A column's name as the author of a Japanese file knows it.
std::string japanese_column(const std::string& field)
{
    auto column = column_from_header(field);
    return column ? std::string(info(*column).japanese) : field;
}

void end_when(const std::stop_token& stopping)
{
    if (stopping.stop_requested()) throw store::stopped();
}

/// What was written before stays when the cells of all these rows are gone: their time is over.
void write_rejected(store::session& s, const store::batch_to_report& batch, const std::filesystem::path& path,
                    const std::stop_token& stopping)
{
    answer_file out(path, batch);
    std::vector<std::string> header;
    for (const auto& name : batch.header) header.push_back(returned_cell(name));
    for (auto name : {"row", "error_fields", "error_messages"}) header.emplace_back(name);
    out.line(header);
    bool any_kept = false;
    store::rejected_rows(s, batch.id, [&](const store::rejected_row& row) {
        end_when(stopping);
        any_kept = any_kept || row.kept;
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < batch.header.size(); ++i)
            cells.push_back(i < row.cells.size() ? returned_cell(row.cells[i]) : std::string());
        cells.push_back(std::to_string(row.source_row));
        std::vector<std::string> fields;
        for (const auto& field : row.fields) {
            auto shown = batch.japanese ? japanese_column(field) : field;
            if (!shown.empty() && std::find(fields.begin(), fields.end(), shown) == fields.end())
                fields.push_back(shown);
        }
        cells.push_back(join(fields, " "));
        cells.push_back(harmless_cell(shown(join(batch.japanese ? row.messages_ja : row.messages_en, " / "))));
        // Cells that had no header stay, behind everything else.
        for (std::size_t i = batch.header.size(); i < row.cells.size(); ++i)
            cells.push_back(returned_cell(row.cells[i]));
        out.line(cells);
    });
    if (any_kept) out.commit();
}

std::string write_result(store::session& s, const store::batch_to_report& batch, const std::filesystem::path& path,
                         const std::stop_token& stopping)
{
    answer_file out(path, batch);
    std::vector<std::string> cells;
    for (const auto& c : result_columns) cells.emplace_back(batch.japanese ? c.japanese : c.english);
    out.line(cells);
    auto read_at = store::result_rows(s, batch.id, [&](const store::result_row& row) {
        end_when(stopping);
        cells.clear();
        // A value was read without its guard, so that the author's own texts need one, too.
        for (const auto& c : result_columns) {
            auto value = c.value(row, batch.japanese);
            cells.push_back(harmless_cell(c.of_user ? shown_lines(value) : shown(value)));
        }
        out.line(cells);
    });
    out.commit();
    return read_at;
}

void write_summary(store::session& s, const store::batch_to_report& batch, const std::filesystem::path& path,
                   const std::stop_token& stopping)
{
    summary told{batch.name,
                 batch.rows_taken,
                 batch.rows_rejected,
                 batch.rows_duplicate,
                 batch.purchase_price,
                 batch.monthly_price,
                 {},
                 batch.notes};
    told.awaiting_approval = batch.awaiting_approval;
    told.unpriced = batch.unpriced;
    if (batch.rows_rejected) told.by_rule = store::rejections_by_rule(s, batch.id, stopping);
    atomic_file out(path);
    out.write(byte_order_mark(encoding::utf8_bom));
    out.write(text(told, "\r\n"));
    out.commit();
}

}

std::vector<std::string> write_answers(store::session& s, const store::batch_to_report& batch,
                                       const std::filesystem::path& results, const std::stop_token& stopping)
{
    std::vector<std::string> failed;
    auto attempt = [&](const std::function<void()>& write) {
        try {
            write();
        } catch (const file_not_written& e) {
            failed.emplace_back(e.what());
        }
    };
    std::string read_at;
    if (batch.rows_rejected > 0)
        attempt([&] { write_rejected(s, batch, results / (batch.name + ".rejected.csv"), stopping); });
    attempt([&] { write_summary(s, batch, results / (batch.name + ".summary.txt"), stopping); });
    attempt([&] { read_at = write_result(s, batch, results / (batch.name + ".result.csv"), stopping); });
    if (failed.empty()) store::mark_reported(s, batch.id, read_at);
    return failed;
}

std::vector<std::string> write_all_answers(store::session& s, const std::filesystem::path& directory,
                                           const std::stop_token& stopping)
{
    std::vector<std::string> failed;
    for (const auto& batch : store::batches_to_report(s, directory.string())) {
        end_when(stopping);
        try {
            for (auto& why : write_answers(s, batch, directory / "results", stopping)) failed.push_back(std::move(why));
        } catch (const store::statement_failed& e) { // this batch's rows are nothing to the others
            failed.push_back("batch " + batch.name + ": " + e.what());
        }
    }
    return failed;
}

}
