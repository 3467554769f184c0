#pragma once
#include "orderd/store/database.hpp"
#include "orderd/store/errors.hpp"
#include "sql_text.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>

namespace orderd::store {

/// As this room tells it.
statement_failed failure_of(const pqxx::sql_error&);

/// How long statements wait for rows and tables that others hold: then they fail with `locked()`; and how long they
/// take: then with `held_up()`. 0: as long as it takes.
struct statement_bounds {
    std::chrono::milliseconds lock_wait{0}, time{0};
};

class session {
public:
    explicit session(const std::string& url, planning = planning::as_usual,
                     std::function<void(std::string_view)> on_notice = {});
    ~session();

    pqxx::connection& connection() { return *connection_; }
    bool broken() const { return broken_; }
    void bound(const statement_bounds&);
    const statement_bounds& bounds() const { return bounds_; }

    /// Runs `work(transaction)` and commits. Turns libpqxx's errors into this room's.
    template <class F>
    auto in_transaction(F work)
    {
        return guarded([&] {
            pqxx::work tx(*connection_);
            auto value = work(tx);
            tx.commit();
            return value;
        });
    }

    /// Runs one statement of sql/queries, by its name and text, in the transaction that a statement is by itself: one
    /// round trip. It is prepared when first used.
    template <class... T>
    pqxx::result ask(std::string_view name, std::string_view text, const T&... parameters)
    {
        return guarded([&] {
            pqxx::nontransaction tx(*connection_);
            return exec(tx, name, text, parameters...);
        });
    }
    template <class... T>
    pqxx::result exec(pqxx::transaction_base& tx, std::string_view name, std::string_view text, const T&... parameters)
    {
        std::string key(name);
        if (prepared_.insert(key).second) connection_->prepare(key, std::string(text));
        return tx.exec_prepared(key, parameters...);
    }

    /// The rows of a query, read piece by piece through a cursor: the memory grows neither with their number nor, after
    /// the first pieces, with their size. They come in the order of an index, so that the first ones come soon.
    template <class... T>
    void each_row(std::string_view text, const std::function<void(const pqxx::row&)>& use, const T&... parameters)
    {
        in_transaction([&](pqxx::work& tx) {
            tx.exec("set local enable_sort = off");
            tx.exec_params("declare told no scroll cursor for " + std::string(text), parameters...);
            for (int wanted = 50;;) {
                auto rows = tx.exec("fetch " + std::to_string(wanted) + " from told");
                if (rows.empty()) return 0;
                for (const auto& row : rows) use(row);
                wanted = rows_for_next_piece(rows);
            }
        });
    }

    template <class F>
    auto guarded(F work)
    {
        try {
            return work();
        } catch (const pqxx::broken_connection& e) {
            broken_ = true;
            throw unavailable(first_line(e.what()));
        } catch (const pqxx::in_doubt_error& e) {
            broken_ = true;
            throw unavailable(first_line(e.what()));
        } catch (const pqxx::insufficient_privilege& e) { // of which libpqxx 6 does not tell the state
            throw statement_failed(first_line(e.what()), "42501", in_function(e.what()));
        } catch (const pqxx::sql_error& e) {
            if (gone(e.sqlstate()) || !alive()) {
                broken_ = true;
                throw unavailable(first_line(e.what()));
            }
            throw failure_of(e);
        } catch (const pqxx::failure& e) {
            broken_ = true;
            throw unavailable(first_line(e.what()));
        }
    }

    /// How many rows of a cursor make a piece of half a megabyte when they are as large as these; at most 2,000.
    static int rows_for_next_piece(const pqxx::result& piece);

    /// Of an error; what follows may name values.
    static std::string first_line(std::string_view text);
    /// Whether its context, in whatever language the server has it, says that it arose in a function of somebody else.
    static bool in_function(std::string_view text);

private:
    static bool gone(const std::string& sqlstate);
    bool alive() const { return connection_->is_open(); }
    class notices;
    std::unique_ptr<pqxx::connection> connection_;
    std::unique_ptr<notices> notices_; // goes before its connection
    std::set<std::string> prepared_;
    statement_bounds bounds_;
    bool broken_ = false;
};

/// While it lives, statements fail soon where something holds them up: it is known to happen, and is looked for.
class in_haste {
public:
    explicit in_haste(session&);
    ~in_haste();
    in_haste(const in_haste&) = delete;
    in_haste& operator=(const in_haste&) = delete;

private:
    session& session_;
    statement_bounds usual_;
};

/// For the rest of this transaction: some thousand keys are looked up one by one. The planner takes so many for a
/// reason to read whole tables.
void probe_indexes(pqxx::transaction_base& tx);

/// For the rest of this transaction: statements that take longer fail with `held_up()`.
void statements_take_at_most(pqxx::transaction_base& tx, std::chrono::milliseconds);

/// The row of a statement that always gives one; `of` names it. Throws where somebody's trigger or rule suppresses the
/// statement, or has deleted the row.
inline pqxx::row one_row(const pqxx::result& rows, const std::string& of)
{
    if (!rows.empty()) return rows[0];
    throw statement_failed("no row of " + of + ": a trigger or a rule suppresses the statement, or the row was deleted",
                           raised_by_a_trigger);
}

/// Whether PostgreSQL refused rows of a statement within a transaction, and not the statement.
inline bool about_rows(const pqxx::sql_error& e) { return about_rows(e.sqlstate()) || session::in_function(e.what()); }

/// Asks the statement of sql/queries with this name.
#define ORDERD_SQL(statement) #statement, sql::statement

}
