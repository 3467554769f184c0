#include "intake_turn.hpp"
#include "older_lock.hpp"
#include "orderd/store/errors.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace orderd::store {
namespace {

constexpr long long intake_key = 0x696e74616b65; // "intake", of older releases

/// A row that every database has. Readers of it do not wait, and nobody without rights on the schema can lock it.
constexpr const char* lock_row = "select from orderd.setting where name = 'content_key' for update";

/// Whose transaction has that row, and does nothing with it: a daemon that was stopped in the midst, or a machine that
/// hangs. At work, it asks something several times a second. Nobody else locks rows of that table, and the row tells
/// nothing: its xmax may be a subtransaction's, which no lock shows any more.
constexpr const char* silent_holder =
    "select a.pid, coalesce(a.usename, ''), coalesce(a.client_addr::text, 'this machine'), "
    "to_char(a.xact_start at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') "
    "from pg_locks l join pg_stat_activity a on a.pid = l.pid "
    "where l.locktype = 'relation' and l.relation = 'orderd.setting'::regclass and l.mode = 'RowShareLock' "
    "and l.granted and l.pid <> pg_backend_pid() "
    "and greatest(a.state_change, a.query_start) < clock_timestamp() - interval '10 seconds' "
    "and (a.state like 'idle in transaction%' or a.wait_event_type = 'Client') "
    "and a.usename = session_user and a.application_name = current_setting('application_name')"; // else see lock_waits

/// Nobody waits for it here any longer: whoever takes rows in comes again, and says what it waits for.
void give_up_on_silent_holder(pqxx::work& tx)
{
    auto rows = tx.exec(silent_holder);
    if (rows.empty()) return;
    const auto& r = rows[0];
    auto pid = r[0].as<std::string>();
    throw waits_for_another("another daemon takes rows in since " + r[3].as<std::string>() +
                            " and has been silent for more than ten seconds (session " + pid + ", login " +
                            r[1].as<std::string>() + ", from " + r[2].as<std::string>() +
                            "); see whether it hangs, or run select pg_terminate_backend(" + pid + ")");
}

/// Whether `lock` got what it waits for before half a second was over. It asks with exec_params: where exec fails,
/// libpqxx 6 ends the transaction, with or without a savepoint.
bool got(pqxx::work& tx, const std::function<void()>& lock)
{
    constexpr std::string_view lock_not_available = "55P03";
    tx.exec("savepoint waiting");
    try {
        auto usual = tx.exec("select current_setting('lock_timeout')")[0][0].as<std::string>();
        tx.exec("set local lock_timeout to '500ms'");
        lock();
        tx.exec("set local lock_timeout to '" + usual + "'; release savepoint waiting");
        return true;
    } catch (const pqxx::sql_error& e) {
        if (e.sqlstate() != lock_not_available) throw;
    }
    tx.exec("rollback to savepoint waiting; release savepoint waiting");
    return false;
}

void wait(pqxx::work& tx, const std::function<void()>& lock, const std::stop_token& stopping)
{
    while (!got(tx, lock)) {
        if (stopping.stop_requested()) throw stopped();
        give_up_on_silent_holder(tx);
    }
}

}

void wait_for_intake_turn(pqxx::work& tx, const std::stop_token& stopping)
{
    wait(
        tx, [&] { tx.exec_params(lock_row); }, stopping);
    if (one_of_ours_has(tx, intake_key))
        wait(
            tx, [&] { wait_for(tx, intake_key); }, stopping);
}

}
