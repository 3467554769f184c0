#pragma once
#include "orderd/core/order_request.hpp"
#include "orderd/provider/answers.hpp"
#include "orderd/simulator/handwriting.hpp"
#include "scheduler.hpp"

#include <boost/json.hpp>
#include <deque>
#include <map>
#include <string>
#include <vector>

// The provider, in memory: it is slow, loses answers, performs requests long after, searches in yesterday's copy, and
// writes in a hand of its own. Others order there too.
namespace orderd::simulation {

struct provider_faults {
    bool away = false;        // no connection
    bool maintenance = false; // 503 for everything
    bool blind = false;       // searches by line or site find nothing
    double not_sent = 0, dropped = 0, answer_lost = 0, late = 0, duplicated = 0;
    double error_before = 0, error_after = 0, unusable = 0, throttled = 0, unauthorized = 0, forbidden = 0;
    double latest = 0;     // a late request is performed within so many settle times of who sent it
    duration stalest = 0s; // a search sees the world so long ago, at most
    double read_fails = 0;
    // Of the orders created, until the weather clears: a search by their line or site is told 404; their element in the
    // list has no code.
    double misplaced = 0, without_code = 0;
    double wrong_code = 0;  // of the answers, the code is that of another order of ours
    double hidden = 0;      // or no search shows it, although it stands in the way of a second one
    double fleeting = 0;    // or no list shows it again once a search has shown it; its detail is there
    double repeated = 0;    // a gateway sends a request twice, and the answer is that to the second
    bool line_guard = true; // a second live order for one line is refused with 4000139
};

/// How this provider puts things, beyond what handwriting says.
struct manners {
    simulator::handwriting hand;
    std::string change_type_told = "order"; // by the order, by each "product" of its detail too, or by "none"
    bool list_tells_one_type = false;       // the list says orderType 1 of everything,
    bool all_tell_one_type = false;         // and so do details
    bool only_first_page = false;           // whatever `offset` asks for
    bool hides_details_of_others = false;   // GET /orders/{orderCode} of orders of others: 4000137
    bool types_are_words = false, statuses_are_words = false; // which nobody knows
    bool contracts_are_no_list = false;
    std::string object_member; // a member told as {"value": "…"}, of which nobody knows what it says
    std::string wanted_days;   // told as "month" (202612), in "words"; or as other days are
    duration details_lag = 0s; // GET /orders/{orderCode}: 4000137 until an order is so old
    int offset_base = 0;
};

/// One order as it was created there.
struct created_order {
    std::string code, natural_key, line_id, site_code, site_name, access_key, case_name, customer_code,
        hope_to_start_at, hope_to_end_at, overwrite;
    order_type type = order_type::start;
    std::vector<product_change> products; // change_type counts for a change only
    time_point created{}, ends{};
    std::string status_at_end;
    std::uint64_t request = 0; // the one it came from; a duplicate has the same
    bool foreign = false;      // somebody else's
    bool misplaced = false, without_code = false, hidden = false, fleeting = false;
    bool gone = false; // a fleeting one that a search has shown
    std::string status(time_point now) const { return now >= ends ? status_at_end : "1"; }
};
/// How a wanted day (YYYYMMDD) or month (YYYYMM) is told.
boost::json::value told_wanted_day(const std::string& wanted, const manners&);
/// What a request orders.
created_order order_of(const order_request&);

class memory_provider {
public:
    explicit memory_provider(scheduler& world) : world_(world) {}
    provider_faults faults;
    manners usual, in_bad_weather; // how it puts things; the latter until the weather clears
    bool weather_is_bad = true;
    bool ends_late = true; // long after every doubt can be settled
    bool some_last_for_a_day = false;
    std::deque<created_order> book;
    std::deque<time_point> arrivals; // of every request, for the rate
    std::map<std::uint64_t, process*> on_the_wire;
    std::size_t most_on_the_wire = 0;

    const manners& now_usual() const { return weather_is_bad ? in_bad_weather : usual; }
    /// Performs a request to order: the code, or "" for 4000139.
    std::string perform(const boost::json::object& body, std::uint64_t request);
    /// The code of the order of ours that was created last before this one; its own where there is none.
    std::string another_of_ours(const std::string& code) const;
    /// Puts an order into the book; its times and ending as they are.
    std::string add(created_order);
    scheduler& world() { return world_; }
    std::uint64_t next_request() { return ++requests_; }
    std::uint64_t requests() const { return requests_; }
    void sent(std::uint64_t request, process&);
    void came_home(std::uint64_t request) { on_the_wire.erase(request); }
    std::string day_of(time_point) const; // YYYYMMDD in Tokyo
    /// Called before a request is performed: somebody else may be first.
    std::function<void(const created_order&)> about_to_create = [](const auto&) {};

private:
    scheduler& world_;
    std::uint64_t requests_ = 0;
};

/// An order of this world.
order_request request_of(order_type, const std::string& line, const std::string& site, const std::string& name,
                         const std::vector<product_change>& products, const std::string& wanted_day = {});
/// By which the provider tells orders apart.
std::string key_in_book(const order_request&);
std::string key_in_book(const created_order&);

/// The site that a line or a site code stands for has a name and a line of its own.
std::string site_name_of(const std::string& site_code);

}
