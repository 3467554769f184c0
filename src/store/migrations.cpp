#include "orderd/store/migrations.hpp"
#include "older_lock.hpp"
#include "session.hpp"

namespace orderd::store {
namespace {

constexpr long long migration_key = 0x6f7264657264; // "orderd", of older releases

bool list_is_there(pqxx::work& tx)
{
    // Read as rows are: a name that was looked up before the lock was had may be remembered as not there.
    return !tx.exec("select from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                    "where n.nspname = 'public' and c.relname = 'orderd_migration'")
                .empty();
}

/// One daemon at a time, until the transaction ends. Two that make the list itself at once cannot both: the second
/// fails and tries again.
void take_turn(pqxx::work& tx)
{
    if (one_of_ours_has(tx, migration_key)) wait_for(tx, migration_key);
    if (list_is_there(tx)) tx.exec("lock table public.orderd_migration in share row exclusive mode");
}

int applied_version(pqxx::work& tx)
{
    if (!list_is_there(tx)) return 0;
    return tx.exec("select coalesce(max(version), 0) from public.orderd_migration")[0][0].as<int>();
}

}

migration_state migrations(session& s)
{
    migration_state state;
    for (const auto& m : sql::migrations) state.known = std::max(state.known, m.version);
    state.applied = s.in_transaction([](pqxx::work& tx) { return applied_version(tx); });
    return state;
}

std::vector<std::string> migrate(session& s)
{
    std::vector<std::string> names;
    if (auto state = migrations(s); state.applied > state.known)
        throw schema_too_new("the database's schema " + std::to_string(state.applied) +
                             " is newer than this program, " + "which knows " + std::to_string(state.known) +
                             "; install the newer ipoe-orderd");
    for (const auto& m : sql::migrations) {
        bool done = s.in_transaction([&](pqxx::work& tx) {
            if (applied_version(tx) >= m.version) return false;
            statements_take_at_most(tx, std::chrono::milliseconds(0)); // building an index takes as long as it takes
            take_turn(tx);
            if (applied_version(tx) >= m.version) return false; // by another, meanwhile
            tx.exec("create table if not exists public.orderd_migration (version int primary key, name text not null, "
                    "applied_at timestamptz not null default now())");
            tx.exec(std::string(m.text));
            tx.exec_params("insert into public.orderd_migration (version, name) values ($1, $2)", m.version,
                           std::string(m.name));
            return true;
        });
        if (done) names.emplace_back(m.name);
    }
    return names;
}

}
