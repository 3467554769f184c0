#pragma once
#include "orderd/provider/api.hpp"
#include "orderd/store/orders.hpp"

#include <string>
#include <unordered_set>
#include <vector>

// Which orders the provider still has in progress, also where they are more than one list can hold.
namespace orderd::tracking {

namespace asio = boost::asio;

struct span_of_days {
    std::string from, to; // YYYYMMDD, both within
    bool operator==(const span_of_days&) const = default;
};
/// Spans that together hold all of `days` (YYYYMMDD), at most `most` of them each unless a single day has more.
std::vector<span_of_days> spans_of(std::vector<std::string> days, std::size_t most);

/// The order codes in progress, as far as lists tell (RULINGS R4): all of them in one list where it is complete, else
/// by the opening days of `ours` that are missing, then by their cases. What no list holds is asked for by itself.
struct orders_in_progress {
    std::unordered_set<std::string> codes;
    std::vector<std::string> odd; // elements that could not be used, and why (RULINGS R11)
};
asio::awaitable<provider::result<orders_in_progress>> list_in_progress(provider::api&,
                                                                       const std::vector<store::tracked_order>& ours);

}
