#include "orderd/store/server_kept.hpp"
#include "session.hpp"

namespace orderd::store {
namespace {

int server_process(pqxx::transaction_base& tx) { return tx.exec("select pg_backend_pid()")[0][0].as<int>(); }
int server_process(session& s)
{
    return s.guarded([&] {
        pqxx::nontransaction tx(s.connection());
        return server_process(tx);
    });
}

enum class outcome { kept, shared, no_transaction };

/// The first session's server is free between its transactions: a pooler that shares servers gives it to the second.
outcome try_once(const std::string& url)
{
    session first(url), second(url);
    auto before = server_process(first);
    try {
        pqxx::work held(second.connection());
        auto of_second = server_process(held);
        return of_second == before || server_process(first) != before ? outcome::shared : outcome::kept;
    } catch (const pqxx::failure&) {
        server_process(first); // or the database is away
        return outcome::no_transaction;
    }
}

}

bool server_kept(const std::string& url)
{
    constexpr int tries = 3; // others use the pooler, too
    int refused = 0;
    for (int i = 0; i < tries; ++i) {
        auto seen = try_once(url);
        if (seen == outcome::shared) return false;
        refused += seen == outcome::no_transaction;
    }
    return refused < tries;
}

}
