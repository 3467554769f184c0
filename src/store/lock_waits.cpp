#include "orderd/store/lock_waits.hpp"
#include "orderd/core/text.hpp"
#include "session.hpp"

namespace orderd::store {

std::vector<lock_holder> lock_holders(session& s)
{
    std::vector<lock_holder> out;
    for (const auto& r : s.ask(ORDERD_SQL(lock_waits)))
        out.push_back(
            {r[0].as<std::int64_t>(), r[1].as<std::string>(), r[2].as<std::string>(), r[3].as<std::int64_t>()});
    return out;
}

std::vector<slow_statement> slow_statements(session& s, std::chrono::seconds longer_than)
{
    std::vector<slow_statement> out;
    for (const auto& r : s.ask(ORDERD_SQL(slow_statements), static_cast<std::int64_t>(longer_than.count())))
        out.push_back({r[0].as<std::int64_t>(), r[1].as<std::int64_t>(), r[2].as<std::string>()});
    return out;
}

void wait_for_locks_at_most(session& s, std::chrono::milliseconds limit) { s.bound({limit, s.bounds().time}); }

std::string words(const std::vector<lock_holder>& holders)
{
    std::vector<std::string> each;
    for (const auto& h : holders)
        each.push_back("session " + std::to_string(h.pid) + " (login " + (h.login.empty() ? "unknown" : h.login) +
                       (h.program.empty() ? "" : ", program " + printable(h.program, 64)) + ")");
    auto one = holders.empty() ? std::string() : std::to_string(holders.front().pid);
    return "it waits for a lock that " + join(each, ", ") +
           " holds; end that transaction, or run select pg_terminate_backend(" + one + ")";
}

}
