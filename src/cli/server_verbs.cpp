#include "ask_provider.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/store/migrations.hpp"
#include "orderd/store/products.hpp"
#include "verbs.hpp"

#include <iostream>

namespace orderd::cli {

int run_verb(const surroundings& s)
{
    auto log = s.make_log();
    return service::run_daemon(s.config, service::read_client_secret(s.config), *log);
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
        std::cerr << "ipoe-orderd: the provider did not tell its products: " << provider::summary(products.error())
                  << "\n";
        return unreachable;
    }
    if (products->items.empty()) {
        std::cerr << "ipoe-orderd: the provider lists no product for this customer; the catalogue stays as it was\n";
        return unreachable;
    }
    for (const auto& e : products->unreadable)
        std::cerr << "ipoe-orderd: a product cannot be used, and stays as it was: " << e.why << "\n";
    auto session = s.open();
    for (const auto& change : store::save_catalogue(*session, products->items, products->complete))
        std::cerr << "ipoe-orderd: " << store::in_words(change) << "\n";
    store::reprice_waiting(*session);
    return products_list_verb(s);
}

}
