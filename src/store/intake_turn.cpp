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
    while (!got(tx, lock))
        if (stopping.stop_requested()) throw stopped();
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
