#include "order_copy.hpp"
#include "conflicts.hpp"
#include "order_details.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <tuple>

namespace orderd::store {
namespace {

/// One line of COPY's text format.
class copy_line {
public:
    copy_line& value(std::string_view field)
    {
        begin();
        std::size_t plain = 0;
        for (std::size_t i = 0; i < field.size(); ++i) {
            char c = field[i];
            if (c != '\\' && c != '\t' && c != '\n' && c != '\r') continue;
            text_ += field.substr(plain, i - plain);
            text_ += c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\\\";
            plain = i + 1;
        }
        text_ += field.substr(plain);
        return *this;
    }
    copy_line& or_null(std::string_view field) { return field.empty() ? null() : value(field); }
    copy_line& number(std::int64_t n)
    {
        begin();
        char digits[24];
        text_.append(digits, std::to_chars(std::begin(digits), std::end(digits), n).ptr);
        return *this;
    }
    copy_line& number(const std::optional<long>& n) { return n ? number(std::int64_t{*n}) : null(); }
    copy_line& null()
    {
        begin();
        text_ += "\\N";
        return *this;
    }
    const std::string& text() const { return text_; }
    void clear()
    {
        text_.clear();
        first_ = true;
    }

private:
    void begin()
    {
        if (!first_) text_ += '\t';
        first_ = false;
    }
    std::string text_;
    bool first_ = true;
};

}

}

namespace pqxx::internal {
/// libpqxx quotes value by value, which costs more than judging the row; a line comes whole, quoted already.
template <>
inline std::string TypedCopyEscaper::operator()<orderd::store::copy_line>(const orderd::store::copy_line* line) const
{
    return line->text();
}
}

namespace orderd::store {
namespace {

/// Writes lines of COPY.
void send(pqxx::stream_to& copy, copy_line& line)
{
    copy << std::tuple<const copy_line&>(line);
    line.clear();
}

std::string fields_json(const row_values& values)
{
    boost::json::object out;
    for (const auto& c : columns())
        if (values.has(c.id)) out[c.name] = values[c.id];
    return boost::json::serialize(out);
}

bool known_type(std::string_view type) { return type == "1" || type == "2" || type == "3"; }

bool keeps_cells(const intake_record& row)
{
    return !row.duplicate && !row.cells.empty() &&
           (row.state == order_state::rejected || row.state == order_state::received);
}

const std::vector<std::string> order_columns{
    "id",         "batch_id",      "source_row",         "request_key",     "content_hash",       "state",
    "not_before", "order_type",    "natural_key",        "customer_code",   "customer_site_name", "case_name",
    "line_id",    "product_codes", "customer_site_code", "hope_to_open_at", "hope_to_start_at",   "hope_to_end_at",
    "details",    "fields",        "findings",           "purchase_price",  "monthly_price",      "shortest_period",
    "finished_at"};

}

void copy_orders(pqxx::transaction_base& tx, batch_id batch, const std::vector<intake_record>& rows, std::int64_t first)
{
    pqxx::stream_to copy(tx, "orderd.\"order\"", order_columns);
    copy_line line;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& r = rows[i];
        if (r.duplicate) continue;
        const auto& v = r.values;
        const auto& type = v[column::order_type];
        line.number(first + static_cast<std::int64_t>(i)).number(batch.value).number(r.source_row);
        line.value(r.request_key).value(r.content_hash).value(name(r.state));
        line.value(r.not_before ? to_iso_tokyo(*r.not_before) : "now").or_null(known_type(type) ? type : "");
        line.or_null(r.natural_key).or_null(v[column::customer_code]).or_null(v[column::customer_site_name]);
        line.or_null(v[column::case_name]).or_null(v[column::line_id]);
        line.or_null(v[type == "2" ? column::change_products : column::product_codes]);
        line.or_null(v[column::customer_site_code]);
        line.or_null(v[column::hope_to_open_at]).or_null(v[column::hope_to_open_at]);
        line.or_null(v[column::hope_to_end_at]).or_null(r.state == order_state::rejected ? "" : details_of(v));
        line.or_null(r.state == order_state::received ? fields_json(v) : "");
        line.value(r.found.empty() ? "[]" : to_json(r.found));
        line.number(r.purchase_price).number(r.monthly_price).number(r.shortest_period);
        line.or_null(r.state == order_state::rejected ? "now" : "");
        send(copy, line);
    }
    copy.complete();
}

void copy_cells(pqxx::transaction_base& tx, const std::vector<intake_record>& rows, std::int64_t first)
{
    if (std::none_of(rows.begin(), rows.end(), keeps_cells)) return;
    pqxx::stream_to copy(tx, "orderd.row_cells", std::vector<std::string>{"order_id", "cells"});
    copy_line line;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!keeps_cells(rows[i])) continue;
        text_array cells;
        for (std::size_t c = 0; c < rows[i].cells.size(); ++c) cells.add(rows[i].cells[c]);
        send(copy, line.number(first + static_cast<std::int64_t>(i)).value(cells.text()));
    }
    copy.complete();
}

void copy_duplicates(pqxx::transaction_base& tx, batch_id batch, const std::vector<intake_record>& rows)
{
    if (std::none_of(rows.begin(), rows.end(), [](const auto& r) { return r.duplicate; })) return;
    pqxx::stream_to copy(tx, "orderd.duplicate_row",
                         std::vector<std::string>{"batch_id", "source_row", "request_key", "order_id"});
    copy_line line;
    for (const auto& r : rows) {
        if (!r.duplicate) continue;
        line.number(batch.value).number(r.source_row).value(r.request_key);
        send(copy, r.duplicate_of ? line.number(r.duplicate_of->value) : line.null());
    }
    copy.complete();
}

}
