#include "ask_provider.hpp"
#include "orderd/intake/drop_directory.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/store/migrations.hpp"
#include "orderd/store/products.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace orderd::cli {
namespace {

/// The lines of `check`.
struct checklist {
    store::table lines{{"what", "verdict", "remedy"}, {}};
    int worst = all_well;
    void good(const std::string& what, const std::string& more)
    {
        lines.rows.push_back({what, "ok: " + more, std::nullopt});
    }
    void bad(const std::string& what, const std::string& wrong, const std::string& remedy, int code)
    {
        lines.rows.push_back({what, "WRONG: " + wrong, remedy});
        worst = std::max(worst, code);
    }
};

void check_database(const surroundings& s, checklist& list)
{
    try {
        auto session = s.open();
        auto state = store::migrations(*session);
        if (state.applied == state.known)
            list.good("database", "schema " + std::to_string(state.applied));
        else if (state.applied > state.known)
            list.bad("database", "its schema " + std::to_string(state.applied) + " is newer than this program",
                     "install the newer ipoe-orderd", usage);
        else
            list.bad("database", "schema " + std::to_string(state.applied) + " of " + std::to_string(state.known),
                     "run `ipoe-orderd migrate`, or start the daemon, which does it", usage);
        for (const auto& risk : store::durability_risks(*session))
            list.bad("database", risk + ": after a crash or failover an order that was sent may be sent again",
                     "see \"What is guaranteed\" in the README", some_failed);
        if (state.applied == 0) return;
        auto products = store::read_catalogue(*session);
        if (products)
            list.good("catalogue", std::to_string(products->size()) + " products");
        else
            list.bad("catalogue", "never read", "run `ipoe-orderd products sync`; until then start orders wait",
                     some_failed);
    } catch (const std::exception& e) {
        list.bad("database", e.what(),
                 "is PostgreSQL running, and is database.url right (" + store::without_password(s.config.database.url) +
                     ")?",
                 unreachable);
    }
}

void check_drop_directory(const surroundings& s, checklist& list)
{
    if (s.config.csv.directory.empty()) return list.good("drop directory", "none is configured");
    std::filesystem::path directory(s.config.csv.directory);
    for (auto name : {"incoming", "processing", "done", "failed", "results"}) {
        auto path = directory / name;
        if (!std::filesystem::is_directory(path))
            return list.bad("drop directory", path.string() + " is missing",
                            "the daemon makes it when it may write to " + directory.string(), some_failed);
        if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
            return list.bad("drop directory", path.string() + " cannot be written to",
                            "give it to the user the daemon runs as", usage);
    }
    list.good("drop directory", directory.string());
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
                     "look at its file", some_failed);
        auto token = ask<provider::result<std::monostate>>(s, [](asked of) { return of.api.authenticate(); });
        if (token)
            list.good("provider", "a token was given by " + s.config.api.token_url);
        else
            list.bad("provider", provider::summary(token.error()),
                     "check api.token_url, api.ca_file, api.client_id and the client secret", unreachable);
    } catch (const service::configuration_error& e) {
        list.bad("credentials", e.what(), "", usage);
    }
}

}

int run_verb(const surroundings& s)
{
    auto log = s.make_log();
    return service::run_daemon(s.config, service::read_client_secret(s.config), *log);
}

int check_verb(const surroundings& s)
{
    checklist list;
    list.good("configuration", s.config.file);
    if (s.config.api.customer_code.empty())
        list.bad("configuration", "api.customer_code is empty", "set it, or give customer_code in every row",
                 some_failed);
    check_database(s, list);
    check_drop_directory(s, list);
    check_api(s, list);
    print(list.lines, s.json);
    return list.worst;
}

int migrate_verb(const surroundings& s)
{
    auto session = s.open();
    auto applied = store::migrate(*session);
    for (const auto& name : applied) std::cout << "applied " << name << "\n";
    if (applied.empty()) std::cout << "the schema is up to date\n";
    return all_well;
}

int products_list_verb(const surroundings& s)
{
    auto session = s.open();
    auto products = store::product_list(*session);
    if (products.rows.empty() && !s.json)
        std::cout << "the catalogue was never read; run `ipoe-orderd products sync`\n";
    else
        print(products, s.json);
    return all_well;
}

int products_sync_verb(const surroundings& s)
{
    auto products = ask<provider::result<std::vector<product>>>(s, [](asked of) { return of.api.list_products(); });
    if (!products) {
        std::cerr << "ipoe-orderd: the provider did not tell its products: " << provider::summary(products.error())
                  << "\n";
        return unreachable;
    }
    auto session = s.open();
    store::save_catalogue(*session, *products);
    return products_list_verb(s);
}

}
