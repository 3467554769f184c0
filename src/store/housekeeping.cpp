#include "orderd/store/housekeeping.hpp"
#include "order_details.hpp"
#include "session.hpp"
#include "text_array.hpp"

#include <optional>

namespace orderd::store {
namespace {

int count_of(const pqxx::result& rows) { return rows[0][0].as<int>(); }

struct statement {
    std::string_view name, text;
};

/// What one `delete_old` looks at and does, step by step.
class deletion {
public:
    deletion(session& s, int limit) : session_(s), limit_(limit)
    {
        for (auto c : detail_columns()) emptied_columns_.add(info(c).name);
    }

    void events(std::chrono::milliseconds keep)
    {
        sweep({ORDERD_SQL(old_orders)}, "events", keep, [&](pqxx::work& tx, const std::string& ids) {
            done_.events += count_of(session_.exec(tx, ORDERD_SQL(delete_events_of), ids));
        });
    }
    void details(std::chrono::milliseconds keep)
    {
        auto columns = emptied_columns_.text();
        sweep({ORDERD_SQL(old_orders)}, "details", keep, [&](pqxx::work& tx, const std::string& ids) {
            probe_indexes(tx);
            session_.exec(tx, ORDERD_SQL(strike_events_of), ids);
            done_.details += count_of(session_.exec(tx, ORDERD_SQL(empty_details_of), ids, columns));
            done_.emptied_rows += count_of(session_.exec(tx, ORDERD_SQL(empty_intake_rows), ids, "{}", columns));
        });
        // Rows that had come before have no order of their own.
        sweep({ORDERD_SQL(old_intake_rows)}, "details of intake rows", keep,
              [&](pqxx::work& tx, const std::string& ids) {
                  probe_indexes(tx);
                  done_.emptied_rows += count_of(session_.exec(tx, ORDERD_SQL(empty_intake_rows), "{}", ids, columns));
              });
    }
    void rejected(std::chrono::milliseconds keep)
    {
        if (keep.count() == 0) return;
        sweep({ORDERD_SQL(old_orders)}, "rejected", keep, [&](pqxx::work& tx, const std::string& ids) {
            auto gone = session_.exec(tx, ORDERD_SQL(delete_rejected_of), ids);
            done_.rejected += count_of(gone);
            done_.intake_rows += gone[0][1].as<int>();
        });
        by_itself([&] { fold_tally(session_); }); // a batch is empty when its tally is
        by_itself([&] { done_.duplicates += rows_of({ORDERD_SQL(delete_old_duplicates)}, keep); });
        by_itself([&] { done_.intake_rows += rows_of({ORDERD_SQL(delete_settled_rows)}, keep); });
        by_itself([&] { done_.batches += rows_of({ORDERD_SQL(delete_old_batches)}, keep); });
    }
    /// Throws what the database refused first.
    const deleted& done() const
    {
        if (refused_) throw *refused_;
        return done_;
    }

private:
    /// Goes on where the last sweep for this purpose ended.
    template <class F>
    void sweep(statement old, const std::string& purpose, std::chrono::milliseconds keep, F apply)
    {
        if (keep.count() == 0) return;
        by_itself([&] { sweep_once(old, purpose, keep, apply); });
    }
    template <class F>
    void sweep_once(statement old, const std::string& purpose, std::chrono::milliseconds keep, F apply)
    {
        session_.in_transaction([&](pqxx::work& tx) {
            auto rows = session_.exec(tx, old.name, old.text, static_cast<std::int64_t>(keep.count()), purpose, limit_);
            if (rows.empty()) return 0;
            text_array ids;
            for (const auto& r : rows) ids.add(r[0].template as<long long>());
            apply(tx, ids.text());
            session_.exec(tx, ORDERD_SQL(remember_kept_through), purpose, rows.back()[1].template as<std::string>(),
                          rows.back()[0].template as<std::int64_t>());
            note_step(static_cast<int>(rows.size()));
            return 0;
        });
    }
    /// What is refused of one kind of old things does not keep the others.
    template <class F>
    void by_itself(F step)
    {
        try {
            step();
        } catch (const statement_failed& e) {
            if (!refused_) refused_ = e;
        }
    }
    int rows_of(statement deleting, std::chrono::milliseconds keep)
    {
        auto rows = session_.ask(deleting.name, deleting.text, static_cast<std::int64_t>(keep.count()), limit_).size();
        note_step(static_cast<int>(rows));
        return static_cast<int>(rows);
    }
    void note_step(int rows) { done_.more = done_.more || rows >= limit_; }

    session& session_;
    int limit_;
    text_array emptied_columns_;
    deleted done_;
    std::optional<statement_failed> refused_;
};

}

int fold_tally(session& s) { return count_of(s.ask(ORDERD_SQL(fold_tally))); }
int compact_progress(session& s, int limit) { return count_of(s.ask(ORDERD_SQL(compact_progress), limit)); }
int hold_paused(session& s, int limit) { return count_of(s.ask(ORDERD_SQL(hold_paused), limit)); }

deleted& deleted::operator+=(const deleted& step)
{
    events += step.events;
    details += step.details;
    rejected += step.rejected;
    duplicates += step.duplicates;
    intake_rows += step.intake_rows;
    emptied_rows += step.emptied_rows;
    batches += step.batches;
    more = step.more;
    return *this;
}

deleted delete_old(session& s, const retention& keep, int limit)
{
    deletion step(s, limit);
    step.events(keep.events);
    step.details(keep.details);
    step.rejected(keep.rejected);
    return step.done();
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
