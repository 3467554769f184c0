#include "orderd/store/housekeeping.hpp"
#include "order_details.hpp"
#include "session.hpp"
#include "text_array.hpp"

namespace orderd::store {
namespace {

int count_of(const pqxx::result& rows) { return rows[0][0].as<int>(); }

/// Goes on where the last call under this name ended; `apply` gives how many rows it changed.
template <class F>
int sweep_ended(session& s, const std::string& name, std::chrono::milliseconds keep, int limit, F apply)
{
    if (keep.count() == 0) return 0;
    return s.in_transaction([&](pqxx::work& tx) {
        auto rows = s.exec(tx, ORDERD_SQL(old_orders), static_cast<std::int64_t>(keep.count()), name, limit);
        if (rows.empty()) return 0;
        text_array ids;
        for (const auto& r : rows) ids.add(r[0].as<long long>());
        apply(tx, ids.text());
        s.exec(tx, ORDERD_SQL(remember_old_orders), name, rows.back()[1].template as<std::string>());
        return static_cast<int>(rows.size());
    });
}

}

int fold_tally(session& s) { return count_of(s.ask(ORDERD_SQL(fold_tally))); }
int compact_progress(session& s, int limit) { return count_of(s.ask(ORDERD_SQL(compact_progress), limit)); }
int hold_paused(session& s, int limit) { return count_of(s.ask(ORDERD_SQL(hold_paused), limit)); }

deleted delete_old(session& s, const retention& keep, int limit)
{
    deleted out;
    out.events = sweep_ended(s, "events_deleted_until", keep.events, limit,
                             [&](pqxx::work& tx, const auto& ids) { s.exec(tx, ORDERD_SQL(delete_events_of), ids); });
    text_array emptied;
    for (auto c : detail_columns()) emptied.add(info(c).name);
    out.details = sweep_ended(s, "details_emptied_until", keep.details, limit, [&](pqxx::work& tx, const auto& ids) {
        probe_indexes(tx);
        s.exec(tx, ORDERD_SQL(strike_events_of), ids);
        s.exec(tx, ORDERD_SQL(empty_details_of), ids, emptied.text());
    });
    out.rejected = sweep_ended(s, "rejected_deleted_until", keep.rejected, limit, [&](pqxx::work& tx, const auto& ids) {
        s.exec(tx, ORDERD_SQL(delete_rejected_of), ids);
    });
    if (keep.rejected.count() == 0) return out;
    auto age = static_cast<std::int64_t>(keep.rejected.count());
    fold_tally(s); // a batch is empty when its tally is
    out.duplicates = static_cast<int>(s.ask(ORDERD_SQL(delete_old_duplicates), age, limit).size());
    out.intake_rows = static_cast<int>(s.ask(ORDERD_SQL(delete_settled_rows), age, limit).size());
    out.batches = static_cast<int>(s.ask(ORDERD_SQL(delete_old_batches), age, limit).size());
    return out;
}

namespace {

std::optional<std::string> setting(session& s, const std::string& name)
{
    auto rows = s.ask("setting", "select value from orderd.setting where name = $1", name);
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::string>();
}

}

std::optional<std::string> restored_from(session& s) { return setting(s, "restored_from"); }

std::optional<std::string> restored_since(session& s) { return setting(s, "restored_since"); }

std::optional<std::string> japanese_day(session& s, const std::string& time)
{
    try {
        auto rows =
            s.ask("japanese_day",
                  "select to_char($1::timestamptz at time zone 'Asia/Tokyo', 'YYYYMMDD') where $1::timestamptz <= "
                  "now() and $1::timestamptz > '2000-01-01'",
                  time);
        if (rows.empty()) return std::nullopt;
        return rows[0][0].as<std::string>();
    } catch (const statement_failed&) { // not a time
        return std::nullopt;
    }
}

void set_restored_since(session& s, const std::string& since, std::chrono::milliseconds settle_time)
{
    s.ask("set_restored_since",
          "insert into orderd.setting values ('restored_since', ($1::timestamptz)::text), ('restored_from', "
          "($1::timestamptz)::text) on conflict (name) do update set value = least(orderd.setting.value::timestamptz, "
          "excluded.value::timestamptz)::text",
          since);
    // Whatever was searched for before is searched for again: a second restore looks just like a second call.
    s.ask("set_restored_at",
          "insert into orderd.setting values ('restored_at', now()::text), ('restored_settle_ms', $1) on conflict "
          "(name) do update set value = excluded.value",
          std::to_string(settle_time.count()));
}

void forget_restored(session& s)
{
    s.ask("forget_restored",
          "with over as (delete from orderd.setting where name = 'restored_since' returning name) insert into "
          "orderd.setting select 'restored_through', coalesce((select max(id) from orderd.\"order\"), 0)::text from "
          "over on conflict (name) do update set value = excluded.value");
}

int doubt_restored(session& s, const std::string& since, int limit, const std::string& operator_name)
{
    return count_of(s.ask(ORDERD_SQL(doubt_restored), since, limit, operator_name));
}

int doubt_restored_held(session& s, const std::string& since)
{
    return static_cast<int>(s.ask(ORDERD_SQL(doubt_restored_held), since).size());
}

}
