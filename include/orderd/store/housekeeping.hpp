#pragma once
#include "orderd/store/database.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// What keeps a database in shape for years: the tally, retention in small steps, and a look at its health.
namespace orderd::store {

/// Folds what changed into the tally by batch and state; gives how many lines.
int fold_tally(session&);
/// Makes hours of old minutes of the batches' progress; gives how many, at most `limit`.
int compact_progress(session&, int limit);
/// Holds ready orders that came into a paused batch after the pause, at most `limit`.
int hold_paused(session&, int limit);

/// How long things are kept; zero: for ever.
struct retention {
    std::chrono::milliseconds events{0}; // of finished orders; of those that name an order code, their words
    /// Of finished and rejected orders: what has no column of its own, and every copy of it.
    std::chrono::milliseconds details{0};
    std::chrono::milliseconds rejected{0}; // rejected rows, duplicates, and batches of which nothing is left
    bool operator==(const retention&) const = default;
};
/// What was really emptied or deleted, and not what was only looked at.
struct deleted {
    int events = 0, details = 0, rejected = 0; // orders
    int duplicates = 0, batches = 0;
    int intake_rows = 0, emptied_rows = 0; // of intake.order_row
    bool more = false;                     // a step was full: more may be due
    int all() const { return events + details + rejected + duplicates + intake_rows + emptied_rows + batches; }
    deleted& operator+=(const deleted& step);
};
/// One small transaction a kind, which looks at `limit` rows at most.
deleted delete_old(session&, const retention&, int limit);

// A database that was restored from a backup: what was sent since is unknown here.
/// When the backup was made that this database was restored from, ever; nothing when it never was.
std::optional<std::string> restored_from(session&);
/// The same while orders that come in are searched for before they are sent; nothing when the restore is over.
std::optional<std::string> restored_since(session&);
/// The Japanese day (YYYYMMDD) of a time that a person wrote; nothing when it is none, or has not passed.
std::optional<std::string> japanese_day(session&, const std::string& time);
/// Remembers it; ISO time with zone, or what PostgreSQL takes for a time. Throws statement_failed when it is none. What
/// was on the wire when the database was restored has `settle_time` to be performed.
void set_restored_since(session&, const std::string& since, std::chrono::milliseconds settle_time);
void forget_restored(session&);
/// Puts ready orders in doubt that the backup brought, or that came before the restore was over, and that were not
/// searched for since; at most `limit`. Gives how many.
int doubt_restored(session&, const std::string& since, int limit, const std::string& operator_name = {});
/// Held orders that only `orders resolve` may decide about from now on.
int doubt_restored_held(session&, const std::string& since);

/// One thing about the database's health: what, whether it is well, and how to mend it.
struct health_line {
    std::string what, verdict, remedy; // remedy: "" when it is well
    bool well() const { return remedy.empty(); }
};
std::vector<health_line> database_health(session&);

}
