#pragma once
#include "orderd/store/overview.hpp"

#include <boost/json.hpp>
#include <string>
#include <vector>

// How everything is going, as lines for a terminal and as JSON.
namespace orderd::cli {

/// A sum of prices; null where that of an order is not known.
boost::json::value known_sum(long yen, long unpriced);
boost::json::object as_json(const store::batch_overview&);
boost::json::array as_json(const std::vector<store::batch_overview>&);
boost::json::array as_json(const std::vector<store::cause>&);
boost::json::object as_json(const store::overview&);

/// A line a batch with its progress as a bar.
std::string batch_lines(const std::vector<store::batch_overview>&, bool coloured);
/// One batch in some lines: rows, states, costs, what went wrong.
std::string batch_text(const store::batch_overview&, const std::vector<store::cause>&, bool coloured);
/// States with bars, the rate, when it will be done, and what needs a person's eye. `rate_limit`: requests a second
/// that the configuration allows, 0: any.
std::string overview_text(const store::overview&, double rate_limit, bool coloured);

}
