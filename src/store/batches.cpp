#include "orderd/store/batches.hpp"
#include "orderd/core/text.hpp"
#include "session.hpp"
#include "text_array.hpp"

#include <array>
#include <boost/json.hpp>

namespace orderd::store {
namespace {

namespace json = boost::json;

constexpr long long intake_lock = 0x696e74616b65; // "intake": one batch at a time is compared with what is there

json::object to_object(const finding& f)
{
    return {{"rule", f.rule},
            {"field", f.field},
            {"severity", name(f.level)},
            {"message_ja", f.japanese},
            {"message_en", f.english}};
}

std::string fields_json(const row_values& values)
{
    json::object out;
    for (const auto& c : columns())
        if (values.has(c.id)) out[c.name] = values[c.id];
    return json::serialize(out);
}

std::string to_timestamp(const std::optional<utc_time>& t) { return t ? to_iso_tokyo(*t) : std::string(); }

std::string to_array(const std::vector<std::string>& parts)
{
    text_array a;
    for (const auto& p : parts) a.add(p);
    return a.text();
}

/// "" as NULL in COPY.
struct copy_field {
    std::string text;
    bool null = false;
};

}

}

namespace pqxx {
template <>
struct string_traits<orderd::store::copy_field> {
    static bool is_null(const orderd::store::copy_field& f) { return f.null; }
    static std::string to_string(const orderd::store::copy_field& f) { return f.text; }
};
}

namespace orderd::store {
namespace {

const std::vector<std::string> incoming_columns{"source_row",
                                                "request_key",
                                                "content_hash",
                                                "state",
                                                "order_type",
                                                "natural_key",
                                                "not_before",
                                                "customer_code",
                                                "customer_site_name",
                                                "case_name",
                                                "line_id",
                                                "product_codes",
                                                "customer_site_code",
                                                "hope_to_open_at",
                                                "hope_to_end_at",
                                                "body",
                                                "fields",
                                                "findings",
                                                "cells",
                                                "purchase_price",
                                                "monthly_price",
                                                "shortest_period"};

copy_field text(std::string value) { return {value, value.empty()}; }
copy_field number(const std::optional<long>& value)
{
    return value ? copy_field{std::to_string(*value)} : copy_field{"", true};
}

}

std::string to_json(const findings& all)
{
    json::array out;
    for (const auto& f : all) out.push_back(to_object(f));
    return json::serialize(out);
}

struct batch_writer::state {
    session& on;
    pqxx::work tx;
    std::optional<pqxx::stream_to> copy;
    batch_counts counts;
    bool table = false;
    bool done = false;

    explicit state(session& s) : on(s), tx(s.connection()) {}
};

batch_writer::batch_writer(session& s, batch_description d)
{
    s.guarded([&] {
        state_ = std::make_unique<state>(s);
        state_->table = d.source == "table";
        auto& tx = state_->tx;
        auto notes = json::serialize(json::value_from(d.notes));
        auto insert = [&](const std::string& name) {
            return tx.exec_params(
                "insert into orderd.batch (name, source, take_id, file_name, content_hash, encoding, separator, "
                "japanese, header, "
                "notes, directory) values ($1, $2, nullif($3, ''), nullif($4, ''), nullif($5, ''), nullif($6, ''), "
                "nullif($7, ''), "
                "$8::boolean, $9::text[], $10::jsonb, nullif($11, '')) on conflict (name) do nothing returning id",
                name, d.source, d.take_id, d.file_name, d.content_hash, d.encoding, d.separator, d.japanese ? "t" : "f",
                to_array(d.header), notes, d.directory);
        };
        // A file's batch is its own; table rows that follow join the batch of their name.
        auto made_or_joined = [&](const std::string& name) {
            auto made = insert(name);
            if (!made.empty() || !state_->table) return made;
            return tx.exec_params("select id from orderd.batch where name = $1 and source = 'table'", name);
        };
        auto name = d.name;
        auto made = made_or_joined(name);
        for (int n = 2; made.empty(); ++n) {
            name = d.name + "." + std::to_string(n);
            made = made_or_joined(name);
        }
        state_->counts.id = {made[0][0].as<std::int64_t>()};
        state_->counts.name = name;
        tx.exec(std::string(sql::incoming_table));
        state_->copy.emplace(tx, "incoming", incoming_columns);
        return 0;
    });
}

batch_writer::~batch_writer()
{
    if (!state_ || state_->done) return;
    try {
        if (state_->copy) state_->copy->complete();
        state_->copy.reset();
        state_->tx.abort();
    } catch (const std::exception&) { // the connection is gone, and the transaction with it
        state_->copy.reset();
    }
}

void batch_writer::add(const intake_record& r)
{
    state_->on.guarded([&] {
        std::string key = r.request ? natural_key(*r.request) : std::string();
        auto type = r.values[column::order_type];
        bool known_type = type == "1" || type == "2" || type == "3";
        if (key.empty() && r.state != order_state::rejected && type != "2")
            key = type == "1" ? "start:" + r.values[column::line_id] : "cancel:" + r.values[column::customer_site_code];
        auto products = r.values[type == "2" ? column::change_products : column::product_codes];
        const std::array<copy_field, 22> row{{{std::to_string(r.source_row)},
                                              {r.request_key},
                                              {r.content_hash},
                                              {std::string(name(r.state))},
                                              text(known_type ? type : ""),
                                              text(key),
                                              text(to_timestamp(r.not_before)),
                                              text(r.values[column::customer_code]),
                                              text(r.values[column::customer_site_name]),
                                              text(r.values[column::case_name]),
                                              text(r.values[column::line_id]),
                                              text(products),
                                              text(r.values[column::customer_site_code]),
                                              text(r.values[column::hope_to_open_at]),
                                              text(r.values[column::hope_to_end_at]),
                                              text(r.body),
                                              text(r.state == order_state::received ? fields_json(r.values) : ""),
                                              {to_json(r.found)},
                                              r.cells.empty() ? copy_field{"", true} : copy_field{to_array(r.cells)},
                                              number(r.purchase_price),
                                              number(r.monthly_price),
                                              number(r.shortest_period)}};
        *state_->copy << row;
        return 0;
    });
}

std::vector<conflict> batch_writer::conflicts()
{
    return state_->on.guarded([&] {
        state_->copy->complete();
        state_->copy.reset();
        auto& tx = state_->tx;
        tx.exec_params("select pg_advisory_xact_lock($1)", intake_lock);
        // Rows that another instance settled while this one read them are not ours any more.
        if (state_->table)
            tx.exec(
                "delete from incoming i where not exists (select from intake.order_row r where r.id = i.source_row and "
                "r.state = 'received')");
        tx.exec("analyze incoming");
        std::vector<conflict> out;
        for (const auto& r : tx.exec(std::string(sql::incoming_conflicts))) {
            conflict c;
            c.source_row = r["source_row"].as<std::int64_t>();
            auto kind = r["kind"].as<std::string>();
            c.kind = kind == "duplicate"      ? conflict::what::duplicate
                     : kind == "key_conflict" ? conflict::what::key_conflict
                                              : conflict::what::live_order;
            c.request_key = r["request_key"].as<std::string>();
            c.natural_key = r["natural_key"].as<std::string>("");
            if (!r["known_id"].is_null()) c.other = order_id{r["known_id"].as<std::int64_t>()};
            c.other_batch = r["other_batch"].as<std::string>("");
            c.other_row = r["other_row"].as<std::int64_t>(0);
            c.other_state = r["other_state"].as<std::string>("");
            out.push_back(std::move(c));
        }
        return out;
    });
}

void batch_writer::settle(const std::vector<mark>& marks)
{
    mark_rows(marks);
    state_->on.guarded([&] {
        auto made = state_->tx.exec_params(std::string(sql::incoming_insert), state_->counts.id.value);
        state_->counts.taken = made[0][0].as<int>();
        state_->counts.rejected = made[0][1].as<int>();
        state_->counts.duplicate = made[0][2].as<int>();
        return 0;
    });
}

void batch_writer::settle_table_rows(const std::vector<std::int64_t>& ids)
{
    text_array all;
    for (auto id : ids) all.add(static_cast<long long>(id));
    state_->on.guarded(
        [&] { return state_->tx.exec_params(std::string(sql::take_table_rows), all.text(), state_->counts.id.value); });
}

void batch_writer::mark_rows(const std::vector<mark>& marks)
{
    if (marks.empty()) return;
    text_array rows, orders, because;
    for (const auto& m : marks) {
        rows.add(static_cast<long long>(m.source_row));
        m.duplicate_of ? orders.add(static_cast<long long>(m.duplicate_of->value)) : orders.add_null();
        because.add(m.because ? to_json({*m.because}) : std::string());
    }
    state_->on.guarded([&] {
        return state_->tx.exec_params(std::string(sql::incoming_mark), rows.text(), orders.text(), because.text());
    });
}

batch_counts batch_writer::finish()
{
    return state_->on.guarded([&] {
        auto& tx = state_->tx;
        tx.exec_params("update orderd.batch set rows_taken = rows_taken + $2, rows_rejected = rows_rejected + $3, "
                       "rows_duplicate = rows_duplicate + $4, reported_at = null where id = $1",
                       state_->counts.id.value, state_->counts.taken, state_->counts.rejected,
                       state_->counts.duplicate);
        tx.exec("notify orderd_ready");
        tx.commit();
        state_->done = true;
        return state_->counts;
    });
}

std::optional<batch_counts> find_taken(session& s, const std::string& take_id)
{
    auto rows = s.ask("find_taken",
                      "select id, name, rows_taken, rows_rejected, rows_duplicate from orderd.batch where take_id = $1",
                      take_id);
    if (rows.empty()) return std::nullopt;
    const auto& r = rows[0];
    return batch_counts{
        {r[0].as<std::int64_t>()}, r[1].as<std::string>(), r[2].as<int>(), r[3].as<int>(), r[4].as<int>()};
}

std::string content_key(session& s)
{
    return s.ask("content_key", "select value from orderd.setting where name = 'content_key'")[0][0].as<std::string>();
}

}
