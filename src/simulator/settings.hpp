#pragma once
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace orderd::simulator {

namespace json = boost::json;

/// One way in which requests go wrong.
struct fault {
    std::string operation = "*"; // "POST /orders", or "*" for every one
    std::string answer;          // 401 403 404 408 429 500 502 503 504, reset, cut_short, html, broken_json, late
    bool after = false;          // the request is performed before it goes wrong
    double probability = 0;      // of each request,
    int every = 0;               // or each n-th one
    int times = -1;              // at most so often, -1: without end
    int retry_after = 0;         // seconds, with 429 and 503
    int delay_ms = 0; // with `late`: the answer comes (after) or the request is performed (before) so much later
    int seen = 0;
};

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
    std::string numbers = "sample";              // "sample", "strings" or "integers"
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

/// The fault that strikes this request, if any.
std::optional<fault> strike(settings&, const std::string& operation, std::mt19937_64&);

}
