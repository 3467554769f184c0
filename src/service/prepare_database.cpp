#include "prepare_database.hpp"
#include "orderd/store/migrations.hpp"
#include "orderd/store/server_kept.hpp"

namespace orderd::service {

prepared_database prepare_database(store::session& s, const std::string& url)
{
    try {
        if (!store::server_kept(url))
            return {store::server_fault{store::server_not_kept, store::server_not_kept_remedy}, {}};
        if (auto fault = store::fault_of(store::read_server_state(s))) return {fault, {}};
        return {std::nullopt, store::migrate(s)};
    } catch (const store::schema_too_new& e) {
        return {store::server_fault{e.what(), ""}, {}};
    } catch (const store::statement_failed& e) {
        if (!e.not_allowed()) throw;
        return {store::server_fault{e.what(), "give the daemon's login this right, or run ipoe-orderd migrate as the "
                                              "owner of the database"},
                {}};
    }
}

}
