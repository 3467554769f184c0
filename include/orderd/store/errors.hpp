#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace orderd::store {

/// PostgreSQL cannot be reached or went away in the midst. Whether the statement was committed is then unknown; every
/// statement here may be repeated.
struct unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The work was asked to stop; nothing of it is stored.
struct stopped : std::runtime_error {
    stopped() : std::runtime_error("stopped") {}
};

/// Whether PostgreSQL refused the values of a statement, and not the statement: 22 data, 23 constraints, 54 limits such
/// as that of an index, P0001 what a trigger raises.
inline bool about_values(std::string_view sqlstate)
{
    return sqlstate.starts_with("22") || sqlstate.starts_with("23") || sqlstate.starts_with("54") ||
           sqlstate == "P0001";
}

/// As if the trigger had said so that kept a row as it was.
inline constexpr const char* raised_by_a_trigger = "P0001";

/// The statement was ended because it took longer than a session allows: somebody's trigger may hold it up at a row.
inline constexpr const char* took_too_long = "57014";

/// Whether PostgreSQL refused rows that it has: values, XX a damaged page, whatever a trigger's function raises, and
/// rows that take too long.
inline bool about_rows(std::string_view sqlstate)
{
    for (std::string_view kind : {"XX", "P0", "38", "39"})
        if (sqlstate.starts_with(kind)) return true;
    return sqlstate == took_too_long || about_values(sqlstate);
}

/// PostgreSQL refused a statement: a value that it does not hold, a defect, a missing right or a missing migration.
struct statement_failed : std::runtime_error {
    explicit statement_failed(const std::string& words, std::string state = {}, bool by_a_function = false)
        : std::runtime_error(words), sqlstate(std::move(state)), in_function(by_a_function)
    {
    }
    bool not_unique() const { return sqlstate == "23505"; }
    bool not_allowed() const { return sqlstate == "42501"; }
    bool locked() const { return sqlstate == "55P03"; } // by somebody, for longer than the statement waits
    /// It failed by waiting: finding the row at fault costs as much again at each step.
    bool held_up() const { return sqlstate == took_too_long || (locked() && in_function); }
    std::string sqlstate; // "" where the server did not tell one
    bool in_function =
        false; // a function of somebody else failed that the statement ran: a trigger's, whatever its error
};

/// Of rows, more than one, at which a statement failed, how many are tried next: an eighth where it was held up, since
/// each try costs as long as a statement may take; else half.
inline std::size_t fewer(std::size_t rows, bool held_up)
{
    std::size_t pieces = held_up ? 8 : 2;
    return (rows + pieces - 1) / pieces;
}

/// One daemon takes rows in at a time, and the one that does says nothing any more. The words tell which, and what to
/// do.
struct waits_for_another : statement_failed {
    explicit waits_for_another(const std::string& words) : statement_failed(words, "55P03") {}
};

/// A lock that somebody's trigger waits for is that row's matter; any other is that of the table or the row itself.
inline bool about_rows(const statement_failed& e) { return e.in_function || (!e.locked() && about_rows(e.sqlstate)); }

}
