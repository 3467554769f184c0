#include "ask_provider.hpp"
#include "orderd/intake/drop_directory.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/service/estimate.hpp"
#include "orderd/store/housekeeping.hpp"
#include "orderd/store/lock_waits.hpp"
#include "orderd/store/migrations.hpp"
#include "orderd/store/overview.hpp"
#include "orderd/store/products.hpp"
#include "orderd/store/server_kept.hpp"
#include "orderd/store/sites.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace orderd::cli {
namespace {

namespace fs = std::filesystem;

/// The lines of `check`.
struct checklist {
    store::table lines{{"what", "verdict", "remedy"}, {}};
    int worst = all_well;
    void good(const std::string& what, const std::string& more)
    {
        lines.rows.push_back({what, "ok: " + more, std::nullopt});
    }
    void bad(const std::string& what, const std::string& wrong, const std::string& remedy, int code = some_failed)
    {
        lines.rows.push_back({what, "WRONG: " + wrong, remedy});
        worst = std::max(worst, code);
    }
    void tell(bool json) const
    {
        if (json) return print(lines, true);
        bool coloured = colours(say());
        for (const auto& row : lines.rows) {
            bool well = row[1]->starts_with("ok: ");
            std::string mark = well ? "ok   " : "WRONG";
            if (coloured) mark = (well ? "\033[32m" : "\033[31m") + mark + "\033[0m";
            say() << laid_out{mark} << "  " << *row[0]
                  << std::string(16 - std::min<std::size_t>(15, row[0]->size()), ' ') << row[1]->substr(well ? 4 : 7)
                  << "\n";
            if (row[2] && !row[2]->empty()) say() << "       " << std::string(16, ' ') << "-> " << *row[2] << "\n";
        }
    }
};

bool others_can_read(const std::string& file)
{
    struct stat about {};
    return ::stat(file.c_str(), &about) == 0 && (about.st_mode & S_IROTH);
}

void check_file(const surroundings& s, checklist& list)
{
    const auto& c = s.config;
    list.good("configuration", c.file);
    for (const auto& warning : c.warnings) list.bad("configuration", warning, "");
    if (c.database.url != store::without_password(c.database.url) && others_can_read(c.file))
        list.bad("configuration", "database.url holds a password, and everybody can read " + c.file,
                 "chmod 640 it for the daemon's group, or keep the password in a PGPASSFILE");
    if (c.api.customer_code.empty())
        list.bad("configuration", "api.customer_code is empty", "set it, or give customer_code in every row");
    for (const auto& url : {c.api.base_url, c.api.token_url})
        if (url.starts_with("http://") && url.find("://127.") == url.npos && url.find("://localhost") == url.npos &&
            url.find("://[::1]") == url.npos)
            list.bad("configuration", url + " is not encrypted: secrets and orders go over the network in the open",
                     "write https://", usage);
    if (!c.api.ca_file.empty() && ::access(c.api.ca_file.c_str(), R_OK) != 0)
        list.bad("configuration", "api.ca_file " + c.api.ca_file + " cannot be read: " + std::strerror(errno),
                 "name a file with certificates, or leave it empty", usage);
    const auto& listen = c.operations.listen;
    bool here =
        listen.empty() || listen.starts_with("127.") || listen.starts_with("localhost:") || listen.starts_with("[::1]");
    if (!here)
        list.bad("status page",
                 "operations.listen " + listen +
                     " is open to the network, and the page shows sites and orders to everybody there",
                 "listen on 127.0.0.1 and put a reverse proxy with a login in front");
    try {
        if (auto password = service::read_operator_password(c); !password.empty())
            list.good("status page", "people with the operator password may decide about orders");
    } catch (const service::configuration_error& e) {
        list.bad("status page", e.what(), "", usage);
    }
}

store::server_state check_server(const surroundings& s, store::session& session, checklist& list)
{
    auto about = store::read_server_state(session);
    if (auto fault = store::fault_of(about))
        list.bad("database", fault->what, fault->remedy, usage);
    else
        list.good("database", "PostgreSQL " + about.version_text);
    if (about.read_only)
        list.bad("database", "it takes no changes: it is a standby, or default_transaction_read_only is on",
                 "name the primary in database.url (several hosts: target_session_attrs=read-write)", unreachable);
    if (std::abs(about.clock_ahead_seconds) > 5)
        list.bad("clock",
                 "the database server's clock differs by " +
                     std::to_string(static_cast<int>(about.clock_ahead_seconds)) + " s",
                 "run NTP (systemd-timesyncd or chrony) on both machines");
    if (about.connections_left < s.config.database.connections + 3)
        list.bad("database",
                 "only " + std::to_string(about.connections_left) + " connections are left, and a daemon needs " +
                     std::to_string(s.config.database.connections + 3),
                 "raise max_connections, or lower database.connections");
    for (const auto& role : about.missing_roles)
        if (about.may_create_roles)
            list.good("database", "the role " + role + " is missing: the daemon makes it when it starts");
        else
            list.bad("database", "the role " + role + " is missing",
                     "as a superuser: create role " + role +
                         " nologin; then the grants of sql/migrations/0004_roles.sql");
    for (const auto& risk : store::durability_risks(session))
        list.bad("database", risk + ": after a crash or failover an order that was sent may be sent again",
                 "see \"What is guaranteed\" in the README");
    return about;
}

void check_secrets(const surroundings& s, store::session& session, checklist& list)
{
    try {
        auto box = service::read_credential_box(s.config);
        auto count = store::count_secrets(session, box ? box->key_id() : "");
        if (!box)
            list.bad("secrets",
                     "there is no key to seal pre-shared keys and passwords of sites with; they are not kept",
                     "openssl rand -hex 32 into a file that only root can read, named by database.credential_key_file "
                     "or loaded as the systemd credential credential_key");
        else if (count.other_key > 0)
            list.bad("secrets", std::to_string(count.other_key) + " are sealed with another key than " + box->key_id(),
                     "put the older key below the current one and run `ipoe-orderd sites rekey`");
        else if (count.plain == 0)
            list.good("secrets", std::to_string(count.sealed) + " of sites, sealed with the key " + box->key_id());
        if (count.plain > 0)
            list.bad("secrets", std::to_string(count.plain) + " of sites are in plain text, from an older release",
                     box ? "`ipoe-orderd sites rekey` seals them; the daemon does so when it starts"
                         : "give a key; the daemon seals them then");
    } catch (const service::configuration_error& e) {
        list.bad("secrets", e.what(), "", usage);
    }
}

void check_database(const surroundings& s, checklist& list)
{
    try {
        auto session = s.open();
        store::wait_for_locks_at_most(*session, std::chrono::seconds(5));
        if (auto holders = store::lock_holders(*session); !holders.empty())
            list.bad("locks", "a daemon waits: " + store::words(holders), "then it goes on by itself");
        auto about = check_server(s, *session, list);
        if (!store::server_kept(s.config.database.url))
            return list.bad("database", store::server_not_kept, store::server_not_kept_remedy, usage);
        auto state = store::migrations(*session);
        if (state.applied > state.known)
            return list.bad("schema",
                            std::to_string(state.applied) + " is newer than this program, which knows " +
                                std::to_string(state.known),
                            "install the newer ipoe-orderd", usage);
        if (state.applied < state.known) {
            list.bad("schema", std::to_string(state.applied) + " of " + std::to_string(state.known),
                     about.may_make_schema
                         ? "run `ipoe-orderd migrate`, or start the daemon, which does it"
                         : "this login may not change it: make it the owner (alter database … owner to …), or run "
                           "`ipoe-orderd migrate` as the owner",
                     usage);
            return;
        }
        list.good("schema", std::to_string(state.applied));
        auto products = store::read_catalogue(*session);
        if (products)
            list.good("catalogue", std::to_string(products->size()) + " products");
        else
            list.bad("catalogue", "never read",
                     "run `ipoe-orderd products sync`, or start the daemon; until then start orders wait");
        check_secrets(s, *session, list);
        auto seen = store::read_overview(*session);
        auto running = store::heard_lately(seen.instances, s.config.submission.lease);
        list.good("daemons",
                  running == 0 ? "none is running on this database now" : std::to_string(running) + " running");
        if (seen.circuit != "closed")
            list.bad("sending", "stopped: " + seen.circuit_why, "mend that; the daemon tries again by itself");
        if (seen.slowed_down())
            list.bad("sending",
                     "paused, as the provider asked; again in " + service::duration_words(seen.paused_ms / 1000),
                     "nothing, or a lower submission.requests_per_second");
        if (seen.restored)
            list.bad("sending", "slow since the database was restored: everything is searched for first",
                     "`ipoe-orderd orders reconcile --done` when all files were handed in again");
        for (const auto& line : store::database_health(*session))
            if (!line.well())
                list.bad(line.what.starts_with("daemon") ? line.what : "database", line.verdict, line.remedy);
    } catch (const std::exception& e) {
        std::string what = e.what();
        std::string remedy = "is PostgreSQL running, and is database.url right (" +
                             store::without_password(s.config.database.url) + ")?";
        if (what.find("password authentication failed") != what.npos)
            remedy = "mend the password in the PGPASSFILE, or the role's";
        if (what.find("Peer authentication failed") != what.npos)
            remedy = "run this as the daemon's user: sudo -u ipoe-orderd ipoe-orderd check";
        if (what.find("does not exist") != what.npos)
            remedy = "make it: createuser ipoe-orderd; createdb -O ipoe-orderd orderd";
        if (what.find("holds a lock") != what.npos)
            remedy = "end that session's transaction: select pid, usename, pg_blocking_pids(pid) from pg_stat_activity";
        if (what.find("permission denied") != what.npos)
            remedy = "make the daemon's role the owner of the database: alter database … owner to …";
        list.bad("database", what, remedy, unreachable);
    }
}

void check_drop_directory(const surroundings& s, checklist& list)
{
    if (s.config.csv.directory.empty()) return list.good("drop directory", "none is configured");
    fs::path directory(s.config.csv.directory);
    if (auto missing = intake::missing_incoming(directory); !missing.empty())
        return list.bad("drop directory", missing,
                        "the daemon makes none in a drop directory that was used before, and waits; where incoming/ is "
                        "gone for good, make it and give it to the daemon's user",
                        usage);
    struct stat of_incoming {};
    for (auto name : {"incoming", "processing", "done", "failed", "results"}) {
        auto path = directory / name;
        struct stat about {};
        if (::stat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode))
            return list.bad("drop directory", path.string() + " is missing",
                            "the daemon makes it when it may write to " + directory.string());
        if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
            return list.bad("drop directory", path.string() + " cannot be written to: " + std::strerror(errno),
                            "give it to the user the daemon runs as (or run this as that user)", usage);
        if (std::string_view(name) == "incoming") of_incoming = about;
        if (about.st_dev != of_incoming.st_dev)
            return list.bad("drop directory",
                            path.string() +
                                " is on another file system than incoming/: files cannot be moved there at once",
                            "mount the drop directory as a whole", usage);
    }
    struct statfs system {};
    struct statvfs space {};
    if (::statvfs(directory.c_str(), &space) == 0 && space.f_blocks > 0 &&
        (space.f_bavail * space.f_frsize < (256u << 20) || space.f_bavail * 20 < space.f_blocks))
        list.bad("drop directory",
                 "the disk is nearly full: " + std::to_string(space.f_bavail * space.f_frsize >> 20) + " MB left",
                 "make room, or set intake.csv.keep_files");
    constexpr long nfs = 0x6969, smb = 0x517B, smb2 = static_cast<long>(0xFE534D42),
                   cifs = static_cast<long>(0xFF534D42);
    bool network = ::statfs(directory.c_str(), &system) == 0 &&
                   (system.f_type == nfs || system.f_type == smb || system.f_type == smb2 || system.f_type == cifs);
    list.good("drop directory",
              directory.string() + (network ? " (a network file system: looked at every second)" : ""));
}

void check_export_directory(const surroundings& s, checklist& list)
{
    const auto& directory = s.config.reporting.directory;
    if (directory.empty()) return;
    struct stat about {};
    if (::stat(directory.c_str(), &about) != 0 || !S_ISDIR(about.st_mode))
        return list.bad("exports", directory + " is missing", "make it, and give it to the user the daemon runs as",
                        usage);
    if (::access(directory.c_str(), W_OK | X_OK) != 0)
        return list.bad("exports", directory + " cannot be written to: " + std::strerror(errno),
                        "give it to the user the daemon runs as (or run this as that user)", usage);
    list.good("exports", directory);
}

/// A token alone does not show that the API is where api.base_url says.
void check_lists(const surroundings& s, checklist& list)
{
    using listed_products = provider::result<provider::listing<product>>;
    const auto& url = s.config.api.base_url;
    auto products = ask<listed_products>(s, [](asked of) { return of.api.list_products(); });
    if (products) {
        if (auto why = provider::why_no_catalogue(*products); !why.empty())
            return list.bad("provider", url + ": " + why, "check api.base_url and the contract");
        return list.good("provider", std::to_string(products->items.size()) + " products are told by " + url);
    }
    using enum provider::failure::what_happened;
    auto kind = products.error().kind;
    bool wrong_place = kind == forbidden || kind == not_found || kind == redirected || kind == unusable;
    list.bad("provider", "no list of products from " + url + ": " + provider::summary(products.error()),
             wrong_place ? "check api.base_url, its path too, and the contract"
                         : "try again later; if it stays so, check api.base_url",
             wrong_place ? usage : unreachable);
}

void check_api(const surroundings& s, checklist& list)
{
    try {
        if (s.config.api.client_id.empty())
            return list.bad("credentials", "api.client_id is empty", "set it to the client id the provider gave you",
                            usage);
        auto secret = service::read_client_secret(s.config);
        if (secret.size() < 8 || secret.size() > 40)
            list.bad("credentials",
                     "the client secret has " + std::to_string(secret.size()) + " characters, 8 to 40 are usual",
                     "look at its file: one line, nothing else");
        if (!s.config.api.client_secret_file.empty() && others_can_read(s.config.api.client_secret_file))
            list.bad("credentials", "everybody can read " + s.config.api.client_secret_file, "chmod 600 it");
        auto token = ask<provider::result<std::monostate>>(s, [](asked of) { return of.api.authenticate(); });
        if (!token)
            return list.bad("provider", provider::summary(token.error()),
                            "check api.token_url, api.ca_file, api.client_id and the client secret", unreachable);
        list.good("provider", "a token was given by " + s.config.api.token_url);
        check_lists(s, list);
    } catch (const service::configuration_error& e) {
        list.bad("credentials", e.what(), "", usage);
    }
}

}

int check_verb(const surroundings& s, bool configuration_only)
{
    checklist list;
    check_file(s, list);
    if (configuration_only) {
        if (list.worst == usage || s.json) list.tell(s.json);
        return list.worst == usage ? usage : all_well;
    }
    check_database(s, list);
    check_drop_directory(s, list);
    check_export_directory(s, list);
    check_api(s, list);
    list.tell(s.json);
    return list.worst;
}

int health_verb(const surroundings& s)
{
    checklist list;
    auto session = s.open();
    for (const auto& line : store::database_health(*session))
        line.well() ? list.good(line.what, line.verdict) : list.bad(line.what, line.verdict, line.remedy);
    list.tell(s.json);
    return list.worst;
}

}
