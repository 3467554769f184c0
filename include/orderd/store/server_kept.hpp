#pragma once
#include <string>

namespace orderd::store {

/// Whether a session keeps its server process. False: a pooler (PgBouncer with pool_mode = transaction or statement)
/// stands between, and prepared statements, settings and notifications of a session get lost. Opens two connections,
/// and changes nothing. Throws `unavailable`.
bool server_kept(const std::string& url);

/// What to tell a person then.
constexpr const char* server_not_kept = "database.url leads through a pooler that changes the server under a session "
                                        "(PgBouncer with pool_mode = transaction or statement)";
constexpr const char* server_not_kept_remedy =
    "set pool_mode = session for this database there, or name the server's own address in database.url";

}
