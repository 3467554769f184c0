#include "orderd/store/batches.hpp"
#include "session.hpp"
#include "text_array.hpp"

#include <boost/json.hpp>
#include <set>

namespace orderd::store {
namespace {

constexpr int most_characters = 16'385; // of a value: one more than any may have bytes
constexpr int bytes_at_once = 4 << 20;

/// `pattern` with % replaced by the name of each column, joined. The names are the constants of core/column.hpp.
std::string for_each_column(const std::string& pattern, const std::string& between)
{
    std::string list;
    for (const auto& c : columns()) {
        auto text = pattern;
        for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + c.name.size()))
            text.replace(at, 1, c.name);
        if (!list.empty()) list += between;
        list += text;
    }
    return list;
}

/// Rows of login $2 that wait and that nobody has locked, without rows $3, oldest first, at most $1 and so many that
/// their values have some megabytes. Index order_row_waiting_of.
/// A long value is neither read whole by the server nor leaves it: of each only the beginning is touched, and its
/// length, which is kept beside it. Where a value is too long, the lengths of all values of its row come with it.
std::string waiting_rows_text()
{
    auto characters = std::to_string(most_characters), longest = std::to_string(longest_name_given);
    return "select id, case when octet_length(batch_name) > " + longest +
           " then left(batch_name, 40) || '~' || left(md5(left(batch_name, " + longest +
           ") || octet_length(batch_name)), 8) "
           "else coalesce(nullif(batch_name, ''), 'table ' || (inserted_at at time zone 'Asia/Tokyo')::date) end, "
           "left(coalesce(nullif(btrim(left(brought_by, " +
           longest +
           ")), ''), inserted_by, ''), 200), coalesce(octet_length(batch_name), 0), "
           "coalesce(octet_length(brought_by), 0), coalesce(inserted_by, ''), coalesce(inserted_as, inserted_by, ''), "
           "case when greatest(" +
           for_each_column("octet_length(%)", ", ") + ") >= " + characters + " then to_json(array[" +
           for_each_column("coalesce(octet_length(%), 0)", ", ") + "])::text end, " +
           for_each_column("left(%, " + characters + ")", ", ") +
           " from (select r.*, sum(bytes) over (order by id) - bytes as bytes_before from (select r.*, "
           "least(coalesce(octet_length(batch_name), 0), " +
           longest + ") + " + for_each_column("least(coalesce(octet_length(%), 0), 65536)", " + ") +
           " as bytes from intake.order_row r where state = 'received' and coalesce(inserted_by, '') = $2 and "
           "id <> all ($3::bigint[]) order by id limit $1::int for update skip locked) r) r "
           "where bytes_before < " +
           std::to_string(bytes_at_once) + " order by id";
}

std::vector<cut_value> cut_values(const std::string& lengths)
{
    std::vector<cut_value> out;
    auto all = boost::json::parse(lengths);
    for (const auto& c : columns())
        if (auto bytes = all.at(static_cast<std::size_t>(c.id)).as_int64(); bytes >= most_characters)
            out.push_back({c.id, bytes});
    return out;
}

std::vector<table_row> rows_of(session& s, const std::string& login, int limit, const std::string& without)
{
    static const auto text = waiting_rows_text();
    constexpr pqxx::row_size_type first_value = 8;
    std::vector<table_row> out;
    for (const auto& r : s.ask("waiting_table_rows", text, limit, login, without)) {
        table_row row;
        row.id = r[0].as<std::int64_t>();
        row.batch_name = r[1].as<std::string>();
        row.brought_by = r[2].as<std::string>();
        row.batch_name_bytes = r[3].as<std::int64_t>();
        row.brought_by_bytes = r[4].as<std::int64_t>();
        row.inserted_by = r[5].as<std::string>();
        row.inserted_as = r[6].as<std::string>();
        if (!r[7].is_null()) row.cut = cut_values(r[7].as<std::string>());
        for (std::size_t i = 0; i < column_count; ++i)
            row.values[static_cast<column>(i)] =
                r[first_value + static_cast<pqxx::row_size_type>(i)].as<std::string>("");
        out.push_back(std::move(row));
    }
    return out;
}

}

std::vector<table_row> waiting_table_rows(session& s, std::string& turn, int limit, const std::string& without)
{
    std::set<std::string> asked;
    for (;;) {
        auto next = s.ask(ORDERD_SQL(next_inserter), turn)[0][0];
        if (next.is_null()) return {};
        turn = next.as<std::string>();
        if (!asked.insert(turn).second) return {};
        if (auto rows = rows_of(s, turn, limit, without); !rows.empty()) return rows;
    }
}

std::vector<std::int64_t> locked_table_rows(session& s)
{
    std::vector<std::int64_t> out;
    for (const auto& r : s.ask(ORDERD_SQL(locked_table_rows))) out.push_back(r[0].as<std::int64_t>());
    return out;
}

std::vector<received_row> received_orders(session& s, order_id after, int limit, const std::string& without)
{
    std::vector<received_row> out;
    for (const auto& r : s.ask(ORDERD_SQL(received_orders), after.value, limit, without)) {
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

std::vector<order_id> judge_orders(session& s, std::span<const verdict> all)
{
    if (all.empty()) return {};
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
    return s.in_transaction([&](pqxx::work& tx) {
        probe_indexes(tx);
        statements_take_at_most(tx, std::chrono::seconds(10));
        std::vector<order_id> changed;
        for (const auto& r : s.exec(tx, ORDERD_SQL(judge_orders), id.text(), revision.text(), state.text(),
                                    event.text(), found.text(), purchase.text(), monthly.text(), shortest.text()))
            changed.push_back({r[0].as<std::int64_t>()});
        return changed;
    });
}

}
