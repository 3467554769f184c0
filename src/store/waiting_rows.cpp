#include "orderd/store/batches.hpp"
#include "session.hpp"
#include "text_array.hpp"

#include <boost/json.hpp>

namespace orderd::store {
namespace {

std::string column_list()
{
    std::string list;
    for (const auto& c : columns()) {
        list += ", ";
        list += c.name;
    }
    return list;
}

}

std::vector<table_row> waiting_table_rows(session& s, int limit)
{
    // The names in the text are the constants of core/column.hpp.
    static const auto text =
        "select id, coalesce(nullif(batch_name, ''), 'table ' || (inserted_at at time zone 'Asia/Tokyo')::date), "
        "coalesce(nullif(btrim(brought_by), ''), inserted_by, '')" +
        column_list() + " from intake.order_row where state = 'received' order by id limit $1::int";
    std::vector<table_row> out;
    for (const auto& r : s.ask("waiting_table_rows", text, limit)) {
        table_row row;
        row.id = r[0].as<std::int64_t>();
        row.batch_name = r[1].as<std::string>();
        row.brought_by = r[2].as<std::string>();
        if (!out.empty() && row.batch_name != out.front().batch_name) break;
        for (std::size_t i = 0; i < column_count; ++i)
            row.values[static_cast<column>(i)] = r[static_cast<pqxx::row_size_type>(i + 3)].as<std::string>("");
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<received_row> received_orders(session& s, order_id after, int limit)
{
    std::vector<received_row> out;
    for (const auto& r : s.ask(ORDERD_SQL(received_orders), after.value, limit)) {
        received_row row;
        row.id = {r[0].as<std::int64_t>()};
        row.revision = r[1].as<int>();
        auto fields = boost::json::parse(r[2].as<std::string>("{}"));
        for (const auto& c : columns())
            if (auto* v = fields.as_object().if_contains(c.name)) row.values[c.id] = std::string(v->as_string());
        out.push_back(std::move(row));
    }
    return out;
}

void judge_orders(session& s, const std::vector<verdict>& all)
{
    if (all.empty()) return;
    text_array id, revision, state, event, found, purchase, monthly, shortest;
    for (const auto& v : all) {
        id.add(static_cast<long long>(v.id.value));
        revision.add(static_cast<long long>(v.revision));
        state.add(name(v.state));
        event.add(name(v.state == order_state::rejected            ? order_event::judged_invalid
                       : v.state == order_state::awaiting_approval ? order_event::needs_approval
                                                                   : order_event::judged_valid));
        found.add(to_json(v.found));
        purchase.add(v.purchase_price);
        monthly.add(v.monthly_price);
        shortest.add(v.shortest_period);
    }
    s.in_transaction([&](pqxx::work& tx) {
        probe_indexes(tx);
        s.exec(tx, ORDERD_SQL(judge_orders), id.text(), revision.text(), state.text(), event.text(), found.text(),
               purchase.text(), monthly.text(), shortest.text());
        return 0;
    });
}

}
