#include "older_lock.hpp"

namespace orderd::store {
namespace {

constexpr const char* try_lock = "select pg_try_advisory_xact_lock($1::bigint)";

/// Of a lock on one number the upper half is the class and the lower half the object.
constexpr const char* ours =
    "select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' and "
    "l.granted and l.objsubid = 1 and ((l.classid::bigint << 32) | l.objid::bigint) = $1::bigint and "
    "a.datname = current_database() and a.usename = session_user and "
    "a.application_name = current_setting('application_name'))";

}

bool one_of_ours_has(pqxx::transaction_base& tx, long long key)
{
    if (tx.exec_params(try_lock, key)[0][0].as<bool>()) return false;
    return tx.exec_params(ours, key)[0][0].as<bool>();
}

void wait_for(pqxx::transaction_base& tx, long long key)
{
    tx.exec_params("select pg_advisory_xact_lock($1::bigint)", key);
}

}
