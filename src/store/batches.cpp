#include "orderd/store/batches.hpp"
#include "approvals.hpp"
#include "bringers.hpp"
#include "conflicts.hpp"
#include "intake_turn.hpp"
#include "known_keys.hpp"
#include "order_copy.hpp"
#include "session.hpp"
#include "site_check.hpp"
#include "table_rows.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace orderd::store {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

/// For some thousand rows that nothing holds up, and for finding those that are held up among them (longer than a lock
/// is waited for, which is not about a row); for what is about the whole batch.
constexpr std::chrono::milliseconds for_a_piece = 30s, for_searching = 8s, for_the_batch = 10min;

constexpr const char* same_content =
    "select name, to_char(received_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD') from orderd.batch "
    "where content_hash = $1 order by id limit 1";
std::optional<same_file> file_in(const pqxx::result& rows)
{
    if (rows.empty()) return std::nullopt;
    return same_file{rows[0][0].as<std::string>(), rows[0][1].as<std::string>()};
}

}

struct batch_writer::state {
    session& on;
    pqxx::work tx;
    explain_conflict explain;
    batch_counts counts;
    asker whose;
    std::vector<std::string> brought_by;
    approval_policy approval;
    bool look_first = false; // the rows before had conflicts
    struct run_of_orders {
        std::int64_t first, last;
        order_state state;
    };
    std::vector<run_of_orders> runs;
    std::int64_t number_after = 0, reserved_to = 0; // numbers of orders that are ours and not used
    static constexpr const char* sequence = "pg_get_serial_sequence('orderd.\"order\"', 'id')";

    state(session& s, explain_conflict e) : on(s), tx(s.connection()), explain(std::move(e)) {}

    /// Rows whose orders the server is at work on.
    struct piece {
        std::vector<intake_record> rows;
        std::int64_t first;
        std::vector<unmarked_row> conflicts; // rows as they were before they were marked
        order_copy orders;
    };
    std::optional<piece> under_way;

    bool numbers_left(std::int64_t n) const { return number_after + n <= reserved_to; }
    /// Numbers for `n` orders in a row, which the lock keeps to ourselves. After the first rows more are taken than are
    /// wanted now: a question less for each of the next; finish() gives back what is left.
    std::int64_t reserve_numbers(std::int64_t n)
    {
        if (!numbers_left(n)) {
            auto wanted = reserved_to == 0 ? n : n * 16;
            auto last =
                tx.exec_params(std::string("select setval(") + sequence + ", nextval(" + sequence + ") + $1 - 1)",
                               wanted)[0][0]
                    .as<std::int64_t>();
            number_after = last - wanted + 1;
            reserved_to = last + 1;
        }
        return std::exchange(number_after, number_after + n);
    }
    void give_numbers_back()
    {
        if (number_after < reserved_to)
            tx.exec_params(std::string("select setval(") + sequence + ", $1)", number_after - 1);
    }
    /// Each run of orders that came in in the same state will have a line.
    void keep_events(const std::vector<intake_record>& rows, std::int64_t first)
    {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].duplicate) continue;
            auto id = first + static_cast<std::int64_t>(i);
            if (!runs.empty() && runs.back().last + 1 == id && runs.back().state == rows[i].state)
                runs.back().last = id;
            else
                runs.push_back({id, id, rows[i].state});
        }
        if (runs.size() > 5000) write_events();
    }
    void write_events()
    {
        text_array from, to, states;
        for (const auto& run : runs) {
            from.add(static_cast<long long>(run.first));
            to.add(static_cast<long long>(run.last));
            states.add(name(run.state));
        }
        if (!runs.empty()) tx.exec_params(std::string(sql::write_intake_events), from.text(), to.text(), states.text());
        runs.clear();
    }
    /// Marks rows that came before or clash with others. Nearly always all are new; the unique indexes tell when one is
    /// not, and only then is the server asked first.
    std::vector<unmarked_row> mark_conflicts(std::vector<intake_record>& rows, std::int64_t first)
    {
        conflict_finder finder;
        bool look = look_first || may_be_known_otherwise(rows);
        if (look) look_up(tx, rows, whose, finder);
        if (look || !all_different(rows)) return store::settle(finder, rows, first, explain);
        return {};
    }
    void copy_what_belongs_to(std::span<const intake_record> rows, std::int64_t first)
    {
        copy_cells(tx, rows, first);
        copy_duplicates(tx, counts.id, rows);
    }
    /// Stores rows among which are some that the database refuses: those are found by halving, and rejected.
    void store_by_halves(std::span<intake_record> rows, std::int64_t first)
    {
        std::optional<statement_failed> failed;
        tx.exec("savepoint half");
        try {
            order_copy orders(counts.id, rows, first);
            orders.send(tx);
            orders.complete();
            copy_what_belongs_to(rows, first);
            tx.exec("release savepoint half");
            return;
        } catch (const pqxx::sql_error& e) {
            if (!about_rows(e)) throw;
            failed = failure_of(e);
        }
        tx.exec("rollback to savepoint half; release savepoint half");
        if (rows.size() > 1) {
            for (auto some = fewer(rows.size(), failed->held_up()); !rows.empty(); rows = rows.subspan(some)) {
                some = std::min(some, rows.size());
                store_by_halves(rows.first(some), first);
                first += static_cast<std::int64_t>(some);
            }
            return;
        }
        if (!set_aside(rows.front(), failed->what(), explain)) throw *failed;
        store_by_halves(rows, first);
    }
    /// Waits until the rows under way are orders, and gives them, marked.
    std::vector<intake_record> settle()
    {
        if (!under_way) return {};
        auto& p = *under_way;
        for (int tries = 0;; ++tries) {
            try {
                p.orders.complete();
                copy_what_belongs_to(p.rows, p.first);
                break;
            } catch (const pqxx::sql_error& e) {
                if (!about_rows(e)) throw;
                bool clash = dynamic_cast<const pqxx::unique_violation*>(&e) != nullptr;
                tx.exec("rollback to savepoint piece");
                look_first = true;
                for (auto& [at, row] : p.conflicts) p.rows[at] = std::move(row);
                p.conflicts = mark_conflicts(p.rows, p.first);
                if (!clash || tries == 5) {
                    statements_take_at_most(tx, for_searching);
                    store_by_halves(p.rows, p.first);
                    statements_take_at_most(tx, for_a_piece);
                    break;
                }
                p.orders = order_copy(counts.id, p.rows, p.first);
                p.orders.send(tx);
            }
        }
        keep_events(p.rows, p.first); // before the next savepoint: what it writes must outlive that piece
        tx.exec("release savepoint piece; savepoint piece");
        look_first = look_first && !p.conflicts.empty();
        for (const auto& row : p.rows)
            ++(row.duplicate ? counts.duplicate : row.state == order_state::rejected ? counts.rejected : counts.taken);
        auto rows = std::move(p.rows);
        under_way.reset();
        return rows;
    }
};

batch_writer::batch_writer(session& s, batch_description d, explain_conflict explain, std::stop_token stopping)
{
    s.guarded([&] {
        state_ = std::make_unique<state>(s, std::move(explain));
        state_->whose = {{}, d.source, d.inserted_by, d.inserted_as};
        state_->brought_by = d.brought_by;
        state_->approval = d.approval;
        auto& tx = state_->tx;
        wait_for_intake_turn(tx, stopping); // one batch at a time is compared with what is there
        // Whoever stops in the midst lets go of the lock.
        tx.exec("set local idle_in_transaction_session_timeout = '60s'");
        probe_indexes(tx);
        statements_take_at_most(tx, for_a_piece);
        auto notes = json::serialize(json::value_from(d.notes));
        auto insert = [&](const std::string& name) {
            return tx.exec_params(
                "insert into orderd.batch (name, source, take_id, file_name, encoding, separator, japanese, header, "
                "notes, directory, inserted_by, inserted_as) values ($1, $2, nullif($3, ''), nullif($4, ''), "
                "nullif($5, "
                "''), nullif($6, ''), $7::boolean, $8::text[], $9::jsonb, nullif($10, ''), nullif($11, ''), "
                "nullif($12, '')) on conflict (name) do nothing returning id",
                name, d.source, d.take_id, d.file_name, d.encoding, d.separator, d.japanese ? "t" : "f",
                to_array(d.header), notes, d.directory, d.inserted_by, d.inserted_as);
        };
        // A file's batch is its own; table rows that follow join their program's batch of their name.
        auto made_or_joined = [&](const std::string& name) {
            auto made = insert(name);
            if (!made.empty() || d.source != "table") return made;
            return tx.exec_params("select id from orderd.batch where name = $1 and source = 'table' and (inserted_by "
                                  "is null or (inserted_by = $2 and inserted_as = $3))",
                                  name, d.inserted_by, d.inserted_as);
        };
        auto name = d.name;
        auto made = made_or_joined(name);
        for (int n = 2; made.empty(); ++n) {
            if (tx.exec_params("select from orderd.batch where name = $1", name).empty())
                throw statement_failed("batch " + name +
                                           " cannot be made: " + "a trigger or a rule of the table suppresses it",
                                       raised_by_a_trigger);
            name = d.name + "." + std::to_string(n);
            made = made_or_joined(name);
        }
        state_->counts.id = {made[0][0].as<std::int64_t>()};
        state_->counts.name = name;
        state_->whose.writing = state_->counts.id;
        tx.exec("savepoint piece");
        return 0;
    });
}

batch_writer::~batch_writer() = default;

const std::string& batch_writer::batch_name() const { return state_->counts.name; }

void batch_writer::leave_settled_out(std::vector<intake_record>& rows)
{
    text_array ids;
    for (const auto& row : rows) ids.add(static_cast<long long>(row.source_row));
    auto waiting = state_->on.guarded([&] {
        return state_->tx.exec_params("select id from intake.order_row where id = any($1::bigint[]) and state = "
                                      "'received' for update skip locked",
                                      ids.text());
    });
    std::set<std::int64_t> ours;
    for (const auto& r : waiting) ours.insert(r[0].as<std::int64_t>());
    std::erase_if(rows, [&](const intake_record& row) { return !ours.contains(row.source_row); });
}

std::vector<intake_record> batch_writer::add(std::vector<intake_record> rows)
{
    return state_->on.guarded([&] {
        auto& s = *state_;
        if (rows.empty()) return s.settle();
        auto n = static_cast<std::int64_t>(rows.size());
        std::vector<intake_record> before;
        // A question waits until the server is done with the rows before.
        if (s.look_first || !s.numbers_left(n) || asks_for_sites(rows) || may_be_known_otherwise(rows))
            before = s.settle();
        auto first = s.reserve_numbers(n);
        s.counts.sites_not_checked += check_sites(s.tx, rows, s.explain);
        auto conflicts = s.mark_conflicts(rows, first);
        order_copy orders(s.counts.id, rows, first); // while the server is at work
        if (s.under_way) before = s.settle();
        s.under_way.emplace(std::move(rows), first, std::move(conflicts), std::move(orders));
        s.under_way->orders.send(s.tx);
        return before;
    });
}

std::vector<intake_record> batch_writer::settle()
{
    return state_->on.guarded([&] { return state_->settle(); });
}

std::vector<refused_table_row> batch_writer::settle_table_rows(const std::vector<intake_record>& rows)
{
    std::vector<std::int64_t> ids;
    for (const auto& row : rows) ids.push_back(row.source_row);
    return state_->on.guarded([&] { return store::settle_table_rows(state_->tx, state_->counts.id, ids); });
}

std::optional<same_file> batch_writer::find_same_content(const std::string& content_hash)
{
    return state_->on.guarded([&] { return file_in(state_->tx.exec_params(std::string(same_content), content_hash)); });
}

std::optional<grown_batch> batch_writer::find_grown(batch_id id)
{
    return state_->on.guarded([&]() -> std::optional<grown_batch> {
        auto rows = state_->tx.exec_params("select name, file_size from orderd.batch where id = $1", id.value);
        if (rows.empty()) return std::nullopt;
        return grown_batch{id, rows[0][0].as<std::string>(), rows[0][1].as<std::uint64_t>(0), {}};
    });
}

std::optional<cut_row> batch_writer::find_cut_row(const grown_batch& grown)
{
    return state_->on.guarded([&]() -> std::optional<cut_row> {
        auto rows = state_->tx.exec_params(std::string(sql::cut_row), grown.id.value, state_->counts.id.value);
        if (rows.empty()) return std::nullopt;
        return cut_row{rows[0][1].as<std::int64_t>(), rows[0][0].as<std::string>()};
    });
}

batch_counts batch_writer::finish(const file_facts& file, std::vector<std::string> notes,
                                  const std::optional<grown_batch>& grown)
{
    return state_->on.guarded([&] {
        auto& tx = state_->tx;
        state_->settle();
        statements_take_at_most(tx, for_the_batch);
        if (auto note = sites_note(state_->counts.sites_not_checked); !note.empty()) notes.push_back(note);
        state_->write_events();
        state_->give_numbers_back();
        tx.exec_params("update orderd.batch set rows_taken = rows_taken + $2, rows_rejected = rows_rejected + $3, "
                       "rows_duplicate = rows_duplicate + $4, reported_at = null, "
                       "notes = notes || $5::jsonb, content_hash = coalesce(nullif($6, ''), content_hash), "
                       "file_size = coalesce(nullif($7::bigint, 0), file_size), "
                       "file_written = coalesce(nullif($8::bigint, 0), file_written), "
                       "unfinished_row = coalesce(nullif($9::bigint, 0), unfinished_row) where id = $1",
                       state_->counts.id.value, state_->counts.taken, state_->counts.rejected, state_->counts.duplicate,
                       json::serialize(json::value_from(notes)), file.content_hash, file.size, file.written,
                       file.unfinished_row);
        keep_bringers(tx, state_->counts.id, state_->brought_by);
        if (grown)
            tx.exec_params(std::string(sql::note_grown_file), grown->id.value,
                           json::serialize(json::value_from(grown->notes)));
        approve_below(tx, state_->counts.id, state_->approval);
        tx.exec("notify orderd_ready");
        tx.commit();
        return state_->counts;
    });
}

std::string sites_note(int not_checked)
{
    if (not_checked == 0) return "";
    auto n = std::to_string(not_checked);
    return "拠点一覧を取得していないため、" + n +
           "行の保守番号は確認していません。 / the provider's sites were never read, "
           "so the site codes of " +
           n + " rows were not checked";
}

std::string to_json(const findings& all)
{
    json::array out;
    for (const auto& f : all)
        out.push_back({{"rule", f.rule},
                       {"field", f.field},
                       {"severity", name(f.level)},
                       {"message_ja", f.japanese},
                       {"message_en", f.english}});
    return json::serialize(out);
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

std::optional<same_file> find_same_content(session& s, const std::string& content_hash)
{
    return file_in(s.ask("find_same_content", same_content, content_hash));
}

std::string content_key(session& s)
{
    auto rows = s.ask("content_key", "select value from orderd.setting where name = 'content_key'");
    return one_row(rows, "orderd.setting, content_key")[0].as<std::string>();
}

}
