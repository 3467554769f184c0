#pragma once
#include "fault.hpp"
#include "orderd/simulator/handwriting.hpp"

#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace orderd::simulator {

namespace json = boost::json;

/// What can be switched while the simulator runs. The names are those of the JSON that the control port takes.
struct settings {
    int token_lifetime_seconds = 3600;
    int progress_min_ms = 2000, progress_max_ms = 6000; // until an order ends
    double share_failed = 0, share_cancelled = 0, share_partially_failed = 0;
    // A text in customerSiteName or caseName decides how the order ends.
    std::map<std::string, std::string> outcome_patterns{
        {"[failed]", "3"}, {"[cancelled]", "4"}, {"[partial]", "5"}, {"[stays]", "1"}};
    std::string refused_line_prefix = "CAF999"; // lines that the provider does not know (4000139)
    std::string client_id, client_secret;       // "" : any
    int latency_min_ms = 0, latency_max_ms = 0;
    int search_stale_ms = 0;                     // GET /orders does not see younger orders
    int offset_base = 0;                         // the first item's number: 0 or 1
    std::string site_nesting = "inside";         // "inside" customerSite, or "beside" it
    handwriting hand;                            // each of its members is a setting of the same name
    std::string products_answer = "list";        // GET /customerProducts: "list", or one of unusable_forms()
    std::string sites_answer = "list";           // GET /customerSites, the same
    std::string change_type_told = "order";      // by the order, by each "product" of its detail too, or by "none"
    bool split_changes = false;                  // a change that adds and removes makes one order for each
    std::vector<int> informational;              // 1xx that come before every answer of the API
    double foreign_orders = 0;                   // of the POST /orders, somebody else orders the like beside
    double foreign_cancelled = 0;                // of those, cancelled at once
    bool line_guard = true;                      // false: a line may have several live orders, so that a double shows
    std::map<std::string, json::object> prices;  // by product code: purchasePrice, monthlyPrice, shortestPeriod instead
    std::set<std::string, std::less<>> not_sold; // product codes that GET /customerProducts does not list
    bool outage = false;                         // every connection is reset
    std::vector<fault> faults;
};

/// Takes over the members that `changes` names. Throws std::invalid_argument naming a member that does not exist or has
/// the wrong type; then nothing is changed.
void apply(settings&, const json::object& changes);
json::object to_json(const settings&);

}
