#include "order_copy.hpp"
#include "conflicts.hpp"
#include "order_details.hpp"
#include "orderd/core/bytes.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <functional>
#include <tuple>

namespace orderd::store {
namespace {

/// Whether nothing in a value has a meaning for COPY.
bool plain(std::string_view field)
{
    return !any_byte(field, [](unsigned char b) { return (b <= '\r') | (b == '\\'); });
}

/// Lines of COPY's text format, and where they may be cut into messages: one for each line costs as much as a short
/// line.
class copy_lines {
public:
    copy_lines& value(std::string_view field)
    {
        begin();
        if (!plain(field))
            add_escaped(field);
        else // nearly every value
            text_ += field;
        return *this;
    }
    copy_lines& or_null(std::string_view field) { return field.empty() ? null() : value(field); }
    copy_lines& number(std::int64_t n)
    {
        begin();
        char digits[24];
        text_.append(digits, std::to_chars(std::begin(digits), std::end(digits), n).ptr);
        return *this;
    }
    copy_lines& number(const std::optional<long>& n) { return n ? number(std::int64_t{*n}) : null(); }
    copy_lines& null()
    {
        begin();
        text_ += "\\N";
        return *this;
    }
    void end_line()
    {
        text_ += '\n';
        first_ = true;
        if (text_.size() - cut() >= sent_at_once) cuts_.push_back(text_.size());
    }
    bool empty() const { return text_.empty(); }
    void send(pqxx::stream_to& copy) const;

private:
    static constexpr std::size_t sent_at_once = 32 << 10; // bytes
    std::size_t cut() const { return cuts_.empty() ? 0 : cuts_.back(); }
    void begin()
    {
        if (!first_) text_ += '\t';
        first_ = false;
    }
    void add_escaped(std::string_view field)
    {
        for (char c : field) switch (c) {
            case '\t': text_ += "\\t"; break;
            case '\n': text_ += "\\n"; break;
            case '\r': text_ += "\\r"; break;
            case '\\': text_ += "\\\\"; break;
            default: text_ += c;
            }
    }
    std::string text_;
    std::vector<std::size_t> cuts_;
    bool first_ = true;
};

/// Lines without the end of the last one, which libpqxx adds.
struct quoted_lines {
    std::string_view text;
};

}

}

namespace pqxx::internal {
/// libpqxx quotes value by value, which costs more than judging the row; lines come whole, quoted already.
template <>
inline std::string
TypedCopyEscaper::operator()<orderd::store::quoted_lines>(const orderd::store::quoted_lines* lines) const
{
    return std::string(lines->text);
}
}

namespace orderd::store {
namespace {

void copy_lines::send(pqxx::stream_to& copy) const
{
    std::size_t from = 0;
    auto send_to = [&](std::size_t end) {
        if (end == from) return;
        quoted_lines lines{std::string_view(text_).substr(from, end - from - 1)};
        copy << std::tuple<const quoted_lines&>(lines);
        from = end;
    };
    for (auto end : cuts_) send_to(end);
    send_to(text_.size());
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

/// A column of the table, whether a row has a value for it, and the value. One that no row of a piece has a value for
/// is left to its default, which is cheaper for the server than reading it.
struct copied_column {
    std::string name;
    std::function<bool(const intake_record&)> has; // empty: every row
    std::function<void(copy_lines&, const intake_record&)> put;
};

copied_column of_value(std::string name, column field)
{
    return {std::move(name), [field](const intake_record& r) { return r.values.has(field); },
            [field](copy_lines& l, const intake_record& r) { l.or_null(r.values[field]); }};
}

const std::vector<copied_column>& order_columns()
{
    using row = const intake_record&;
    auto is_rejected = [](row r) { return r.state == order_state::rejected; };
    static const std::vector<copied_column> all{
        {"source_row", {}, [](copy_lines& l, row r) { l.number(r.source_row); }},
        {"request_key", {}, [](copy_lines& l, row r) { l.value(r.request_key); }},
        {"content_hash", {}, [](copy_lines& l, row r) { l.value(r.content_hash); }},
        {"state", {}, [](copy_lines& l, row r) { l.value(name(r.state)); }},
        {"not_before", [](row r) { return r.not_before.has_value(); },
         [](copy_lines& l, row r) { l.value(r.not_before ? to_iso_tokyo(*r.not_before) : "now"); }},
        {"order_type",
         {},
         [](copy_lines& l, row r) {
             const auto& type = r.values[column::order_type];
             l.or_null(known_type(type) ? type : "");
         }},
        {"natural_key", {}, [](copy_lines& l, row r) { l.or_null(r.natural_key); }},
        of_value("customer_code", column::customer_code),
        of_value("customer_site_name", column::customer_site_name),
        of_value("case_name", column::case_name),
        of_value("line_id", column::line_id),
        {"product_codes",
         {},
         [](copy_lines& l, row r) {
             l.or_null(r.values[r.values[column::order_type] == "2" ? column::change_products : column::product_codes]);
         }},
        of_value("customer_site_code", column::customer_site_code),
        of_value("hope_to_open_at", column::hope_to_open_at),
        of_value("hope_to_start_at", column::hope_to_open_at),
        of_value("hope_to_end_at", column::hope_to_end_at),
        {"details",
         {},
         [is_rejected](copy_lines& l, row r) { is_rejected(r) ? l.null() : l.value(details_of(r.values)); }},
        {"fields", [](row r) { return r.state == order_state::received; },
         [](copy_lines& l, row r) { r.state == order_state::received ? l.value(fields_json(r.values)) : l.null(); }},
        {"findings", [](row r) { return !r.found.empty(); },
         [](copy_lines& l, row r) { l.value(r.found.empty() ? "[]" : to_json(r.found)); }},
        {"purchase_price", [](row r) { return r.purchase_price.has_value(); },
         [](copy_lines& l, row r) { l.number(r.purchase_price); }},
        {"monthly_price", [](row r) { return r.monthly_price.has_value(); },
         [](copy_lines& l, row r) { l.number(r.monthly_price); }},
        {"shortest_period", [](row r) { return r.shortest_period.has_value(); },
         [](copy_lines& l, row r) { l.number(r.shortest_period); }},
        {"finished_at", is_rejected, [is_rejected](copy_lines& l, row r) { l.or_null(is_rejected(r) ? "now" : ""); }}};
    return all;
}

/// COPY tells of no row that a trigger suppresses: those of `table` that are stored are counted.
template <class... T>
void must_have_stored(pqxx::transaction_base& tx, std::int64_t sent, const std::string& table, const std::string& which,
                      const T&... parameters)
{
    if (sent == 0) return;
    pqxx::result counted = tx.exec_params("select count(*) from " + table + " where " + which, parameters...);
    if (counted[0][0].as<std::int64_t>() < sent)
        throw pqxx::sql_error("a trigger of " + table + " suppresses the insert", "", raised_by_a_trigger);
}

}

struct order_copy::composed {
    std::vector<std::string> columns{"id", "batch_id"};
    copy_lines lines;
    batch_id batch;
    std::int64_t first = 0, last = 0, orders = 0;
    pqxx::transaction_base* tx = nullptr;
    std::optional<pqxx::stream_to> under_way;
};

order_copy::order_copy(batch_id batch, std::span<const intake_record> rows, std::int64_t first)
    : composed_(std::make_unique<composed>())
{
    composed_->batch = batch;
    composed_->first = first;
    composed_->last = first + static_cast<std::int64_t>(rows.size()) - 1;
    composed_->orders = std::count_if(rows.begin(), rows.end(), [](const auto& r) { return !r.duplicate; });
    auto& columns = composed_->columns;
    auto& lines = composed_->lines;
    std::vector<const copied_column*> used;
    for (const auto& c : order_columns()) {
        if (c.has && std::none_of(rows.begin(), rows.end(), c.has)) continue;
        columns.push_back(c.name);
        used.push_back(&c);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].duplicate) continue;
        lines.number(first + static_cast<std::int64_t>(i)).number(batch.value);
        for (const auto* c : used) c->put(lines, rows[i]);
        lines.end_line();
    }
}

order_copy::~order_copy() = default;
order_copy::order_copy(order_copy&&) noexcept = default;
order_copy& order_copy::operator=(order_copy&&) noexcept = default;

void order_copy::send(pqxx::transaction_base& tx)
{
    composed_->tx = &tx;
    composed_->under_way.emplace(tx, "orderd.\"order\"", composed_->columns);
    composed_->lines.send(*composed_->under_way);
}

void order_copy::complete()
{
    auto& c = *composed_;
    c.under_way->complete();
    c.under_way.reset();
    must_have_stored(*c.tx, c.orders, "orderd.\"order\"", "id between $1 and $2 and batch_id = $3", c.first, c.last,
                     c.batch.value);
}

void copy_cells(pqxx::transaction_base& tx, std::span<const intake_record> rows, std::int64_t first)
{
    if (std::none_of(rows.begin(), rows.end(), keeps_cells)) return;
    copy_lines lines;
    std::int64_t sent = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!keeps_cells(rows[i])) continue;
        ++sent;
        text_array cells;
        for (std::size_t c = 0; c < rows[i].cells.size(); ++c) cells.add(rows[i].cells[c]);
        lines.number(first + static_cast<std::int64_t>(i)).value(cells.text()).end_line();
    }
    pqxx::stream_to copy(tx, "orderd.row_cells", std::vector<std::string>{"order_id", "cells"});
    lines.send(copy);
    copy.complete();
    must_have_stored(tx, sent, "orderd.row_cells", "order_id >= $1 and order_id < $2", first,
                     first + static_cast<std::int64_t>(rows.size()));
}

void copy_duplicates(pqxx::transaction_base& tx, batch_id batch, std::span<const intake_record> rows)
{
    copy_lines lines;
    text_array source_rows;
    std::int64_t sent = 0;
    for (const auto& r : rows) {
        if (!r.duplicate) continue;
        ++sent;
        source_rows.add(static_cast<long long>(r.source_row));
        lines.number(batch.value).number(r.source_row).value(r.request_key);
        (r.duplicate_of ? lines.number(r.duplicate_of->value) : lines.null()).end_line();
    }
    if (lines.empty()) return;
    pqxx::stream_to copy(tx, "orderd.duplicate_row",
                         std::vector<std::string>{"batch_id", "source_row", "request_key", "order_id"});
    lines.send(copy);
    copy.complete();
    must_have_stored(tx, sent, "orderd.duplicate_row", "batch_id = $1 and source_row = any($2::bigint[])", batch.value,
                     source_rows.text());
}

}
