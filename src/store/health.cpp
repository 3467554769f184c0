#include "orderd/store/housekeeping.hpp"
#include "orderd/store/overview.hpp"
#include "session.hpp"

#include <set>

namespace orderd::store {
namespace {

std::string megabytes(std::int64_t bytes) { return std::to_string(bytes >> 20) + " MB"; }

/// The indexes without which a question reads whole tables; made by the migrations.
constexpr std::string_view needed_indexes[] = {
    "order_pkey",        "order_request_key",  "order_live_natural_key",  "order_code",     "order_ready",
    "order_in_doubt",    "order_submitting",   "order_accepted",          "order_received", "order_batch",
    "order_trouble",     "order_site",         "order_natural_key_ended", "order_finished", "order_event_pkey",
    "tally_pkey",        "batch_pkey",         "batch_progress_pkey",     "batch_open",     "order_row_waiting",
    "order_row_settled", "order_not_followed",
};

void look_at_daemons(session& s, std::vector<health_line>& out)
{
    for (const auto& i : instance_overviews(s))
        for (const auto& t : i.troubles)
            out.push_back({"daemon " + i.name, t.what + " " + t.state + " since " + t.since + ": " + t.why,
                           "mend that; the daemon tries again by itself"});
}

void look_at_tables(session& s, std::vector<health_line>& out)
{
    std::int64_t all = 0, oldest = 0;
    for (const auto& r : s.ask(ORDERD_SQL(health_tables))) {
        auto name = r[0].as<std::string>();
        auto size = r[1].as<std::int64_t>(), live = r[2].as<std::int64_t>(), dead = r[3].as<std::int64_t>();
        all += size;
        oldest = std::max(oldest, r[5].as<std::int64_t>());
        // A table of the size of a few pages is nobody's trouble.
        if (dead > 50'000 && dead > live / 2)
            out.push_back({"bloat",
                           name + ": " + std::to_string(dead) + " dead rows beside " + std::to_string(live) +
                               ", last vacuumed " + r[4].as<std::string>(),
                           "see who holds back the horizon (below), and whether autovacuum runs; then VACUUM " + name});
    }
    out.push_back({"size", megabytes(all) + " in all", ""});
    out.push_back({"transaction numbers", "the oldest is " + std::to_string(oldest) + " back",
                   oldest > 1'000'000'000 ? "autovacuum does not keep up: VACUUM (FREEZE) the tables soon" : ""});
}

void look_at_horizon(session& s, std::vector<health_line>& out)
{
    auto rows = s.ask(ORDERD_SQL(health_horizon));
    if (rows.empty()) out.push_back({"horizon", "nobody holds back cleaning up", ""});
    for (const auto& r : rows)
        out.push_back({"horizon",
                       r[0].as<std::string>() +
                           (r[1].is_null() ? "" : ", for " + std::to_string(r[1].as<std::int64_t>()) + " s") +
                           " keeps dead rows from being cleaned up",
                       "end it: a forgotten session with pg_terminate_backend, an unused slot with "
                       "pg_drop_replication_slot, a prepared transaction with ROLLBACK PREPARED"});
}

void look_at_indexes(session& s, std::vector<health_line>& out)
{
    std::set<std::string> there;
    for (const auto& r : s.ask(ORDERD_SQL(health_indexes)))
        if (r[1].as<bool>())
            there.insert(r[0].as<std::string>());
        else
            out.push_back({"indexes", r[0].as<std::string>() + " is not valid", "REINDEX INDEX it"});
    std::string missing;
    for (auto name : needed_indexes)
        if (!there.contains(std::string(name))) missing += (missing.empty() ? "" : ", ") + std::string(name);
    if (missing.empty())
        out.push_back({"indexes", "all " + std::to_string(std::size(needed_indexes)) + " that are needed", ""});
    else
        out.push_back({"indexes", "missing: " + missing,
                       "make them as the migrations do (sql/migrations), with CREATE INDEX CONCURRENTLY"});
}

void look_at_settings(session& s, std::vector<health_line>& out)
{
    auto rows =
        s.ask("health_settings", "select current_setting('autovacuum'), current_setting('track_counts'), "
                                 "(select count(*) from pg_stat_activity), current_setting('max_connections')::int, "
                                 "(select count(*) from orderd.tally_change)");
    const auto& r = rows[0];
    bool cleans = r[0].as<std::string>() == "on" && r[1].as<std::string>() == "on";
    out.push_back({"autovacuum", cleans ? "on" : "off",
                   cleans ? "" : "set autovacuum = on and track_counts = on in postgresql.conf"});
    auto used = r[2].as<int>(), most = r[3].as<int>();
    out.push_back({"connections", std::to_string(used) + " of " + std::to_string(most),
                   used * 10 > most * 9 ? "raise max_connections, or lower database.connections of the daemons" : ""});
    auto waiting = r[4].as<std::int64_t>();
    out.push_back({"tally", std::to_string(waiting) + " changes not folded",
                   waiting > 100'000 ? "no daemon keeps house: is one running?" : ""});
}

}

std::vector<health_line> database_health(session& s)
{
    std::vector<health_line> out;
    look_at_daemons(s, out);
    look_at_settings(s, out);
    look_at_tables(s, out);
    look_at_horizon(s, out);
    look_at_indexes(s, out);
    return out;
}

}
