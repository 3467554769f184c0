#include "ask_provider.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/store/migrations.hpp"
#include "orderd/store/products.hpp"
#include "verbs.hpp"

#include <iostream>

namespace orderd::cli {

int run_verb(const surroundings& s)
{
    auto log = s.make_daemon_log();
    return service::run_daemon(s.config, service::read_client_secret(s.config), *log);
}

int migrate_verb(const surroundings& s)
{
    auto session = s.open();
    auto applied = store::migrate(*session);
    for (const auto& name : applied) say() << "applied " << name << "\n";
    if (applied.empty()) say() << "the schema is up to date\n";
    return all_well;
}

int products_list_verb(const surroundings& s)
{
    auto session = s.open();
    auto products = store::product_list(*session);
    if (products.rows.empty() && !s.json)
        say() << "the catalogue was never read; run `ipoe-orderd products sync`\n";
    else
        print(products, s.json);
    return all_well;
}

int products_history_verb(const surroundings& s)
{
    auto session = s.open();
    print(store::product_history(*session), s.json);
    return all_well;
}

int products_sync_verb(const surroundings& s)
{
    using listed_products = provider::result<provider::listing<product>>;
    auto products = ask<listed_products>(s, [](asked of) { return of.api.list_products(); });
    if (!products) {
        warn() << "ipoe-orderd: the provider did not tell its products: " << provider::summary(products.error())
               << "\n";
        return unreachable;
    }
    if (auto why = provider::why_no_catalogue(*products); !why.empty()) {
        warn() << "ipoe-orderd: " << why << "; the catalogue stays as it was\n";
        return unreachable;
    }
    if (auto many = products->unreadable.size())
        warn() << "ipoe-orderd: " << many << (many == 1 ? " product" : " products")
               << " cannot be used, what was known of them stays: " << products->unreadable.front().why << "\n";
    auto session = s.open();
    auto changes = store::save_catalogue(*session, products->items, products->complete);
    for (const auto& news : store::by_kind(changes))
        warn() << "ipoe-orderd: " << news.products << (news.products == 1 ? " product" : " products") << " ("
               << news.kind << "): " << news.examples << (news.products > 3 ? "; …" : "") << "\n";
    store::reprice_waiting(*session);
    return products_list_verb(s);
}

}
