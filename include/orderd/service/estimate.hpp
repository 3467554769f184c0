#pragma once
#include "orderd/store/overview.hpp"

#include <optional>
#include <string>

// Figures in words, for the status page and the verbs.
namespace orderd::service {

/// 1234567 as "1,234,567".
std::string grouped(long);
/// "45 s", "12 min", "3 h 20 min", "2 d 4 h"; or 45秒, 12分, 3時間20分, 2日4時間.
std::string duration_words(long seconds, bool japanese = false);
/// How many orders are still to be sent, and when that is done at the pace of the last minutes, but no faster than
/// `rate_limit` requests a second (0: any). Nothing when there is none.
std::optional<std::string> estimate(const store::overview&, double rate_limit, bool japanese = false);
/// How everything is, in one line for `systemctl status`.
std::string status_line(const store::overview&, int on_the_wire, double rate_limit);

}
