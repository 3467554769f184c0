#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/sites.hpp"

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

// What was ordered against what the provider has: its sites are listed once a day, and differences counted.
namespace orderd::tracking {

namespace asio = boost::asio;

/// Narrower filters that together match what `too_wide` matches, but sites without an opening day; none when it cannot
/// be narrowed. `seen`: opening days (YYYYMMDD) of sites that match, to cut where they are.
std::vector<provider::site_filter> narrower(const provider::site_filter& too_wide, std::vector<std::string> seen,
                                            japanese_date today);

/// All sites but those `seen`, also where they are more than one list can hold (RULINGS R4), and no more than there is
/// `room` for. Not complete: a single opening day has more, there was no room, or a list says itself that it is not.
/// Elements that cannot be read stand beside it.
asio::awaitable<provider::result<provider::listing<provider::site_summary>>>
list_all_sites(provider::api&, japanese_date today, std::unordered_set<std::string> seen = {},
               provider::list_bounds room = {});

/// What one list says about sites it does not name is not believed: where it misses sites of `in_use`, all are listed
/// once more at once. `sites` are those of either list; complete: what is missing among them was missing in two
/// complete lists, and there are some at all. What cannot be read in a list, and names a site in use, is that site with
/// nothing more known; what names none makes nothing complete that misses any.
struct sure_listing {
    provider::listing<provider::site_summary> sites;
    long left_out = 0; // sites in use that only the second list named
};
asio::awaitable<provider::result<sure_listing>> list_sites_surely(provider::api&, japanese_date today,
                                                                  std::vector<std::string> in_use);

/// Writes them down, some at a time. `complete_since` as store::save_site_list has it.
store::saved_list save_sites(store::session&, const std::vector<provider::site_summary>&,
                             const std::string& complete_since);

struct book_intervals {
    std::chrono::milliseconds sites{24 * 3'600'000}; // between two listings of all sites, 0: never
    std::chrono::milliseconds details{7 * 24 *
                                      3'600'000};   // within it the detail of every site in use is read, 0: never
    std::chrono::milliseconds check{6 * 3'600'000}; // between two countings of differences
};

/// Lists all sites and counts the differences; one instance does it for all.
class book_keeper {
public:
    book_keeper(timekeeper&, store::database&, provider::api&, std::function<instance_id()> self,
                std::function<utc_time()> clock, book_intervals, logger&);
    asio::awaitable<void> run();
    void configure(book_intervals intervals)
    {
        intervals_ = intervals;
        tick_.notify();
    }
    void stop();

private:
    using odd_sites = std::vector<provider::unreadable_element<provider::site_summary>>;
    void say_what_is_odd(const odd_sites&);
    asio::awaitable<std::string> list_sites(); // why it failed, "" when it did not
    asio::awaitable<bool> listed_lately();     // by whichever instance
    asio::awaitable<void> check();
    asio::awaitable<std::string> keep_books();

    timekeeper& time_;
    store::database& database_;
    provider::api& api_;
    std::function<instance_id()> self_;
    std::function<utc_time()> clock_;
    book_intervals intervals_;
    logger& log_;
    store::database_notice trouble_;
    async::wakeup tick_;
    timekeeper::time_point list_due_{}, check_due_{};
    long differences_ = -1;
    std::string odd_said_;    // an element that cannot be read
    std::string list_failed_; // why the last listing did, until one succeeds
    bool stopping_ = false;
};

}
