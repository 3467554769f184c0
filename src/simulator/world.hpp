#pragma once
#include "orderd/core/japanese_date.hpp"
#include "settings.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <variant>

// What is at the provider: products, orders that progress by themselves, sites.
namespace orderd::simulator {

using clock = std::chrono::steady_clock;

struct sold_product {
    std::string code, name;
    int id = 0, type = 1, shortest_period = 12, purchase_price = 0, monthly_price = 0;
    std::string service, course, plan, ipaddress, cpe, line; // "" for options
    std::vector<std::string> dependencies;
};
const std::vector<sold_product>& sold_products();
const sold_product* find_product(std::string_view code);

struct ordered_product {
    std::string code, change_type, status = "1", error;
};

struct placed_order {
    std::string code, type, customer_code, site_code, site_name, case_name, line_id, line_access_key,
        status = "1", application_date, hope_to_start_at, hope_to_end_at, overwrite, global_ip;
    std::vector<ordered_product> products;
    json::object body; // StartOrder, ChangeOrder or CancelOrder as it came
    clock::time_point placed_at, ends_at;
    std::string ends_as; // the status it will end with
    utc_time came;
    bool foreign = false; // somebody else ordered it
};

struct site {
    std::string code, name, customer_code, status = "1", start_at, end_at, case_name, line_id, line_access_key,
                                           global_ip, number, psk1, psk2, tunnel_user, tunnel_password;
    bool dedicated = false, mf_course = false;
    json::object order; // of the start order: place, LAN and DHCP
    struct contract {
        std::string code, start_at, end_at;
    };
    std::vector<contract> contracts;
};

/// An error as the provider tells it.
struct api_error {
    std::string code, message;
};

class world {
public:
    explicit world(std::uint64_t seed) : random_(seed) {}

    /// Lets orders end whose time has come.
    void advance(const settings&, clock::time_point now);
    /// POST /orders: the new order's code (of several, the first one's), or why not. `foreign`: by somebody else.
    std::variant<std::string, api_error> place(const json::value& body, const settings&, clock::time_point now,
                                               bool foreign = false);
    /// Ends an order at once.
    bool end_order(const std::string& code, const std::string& status);

    /// Sites that are there from elsewhere, opened over the last two years; the first one's code and the last one's.
    std::pair<std::string, std::string> add_sites(std::size_t count, const sold_product&);

    const std::deque<placed_order>& orders() const { return orders_; }
    const placed_order* order(const std::string& code) const;
    const std::deque<site>& sites() const { return sites_; }
    const site* find_site(const std::string& code) const;
    std::mt19937_64& random() { return random_; }
    std::string random_text(std::size_t length);

private:
    std::string enter(placed_order, const settings&, clock::time_point now);
    void end(placed_order&, const std::string& status);
    std::string open_site(const placed_order&);
    std::string keep(site);
    std::string choose_end(const placed_order&, const settings&);
    std::optional<api_error> check_line(const placed_order&, const settings&) const;
    std::optional<api_error> check_site(placed_order&, const settings&);

    std::mt19937_64 random_;
    std::deque<placed_order> orders_;
    std::deque<site> sites_;
    std::unordered_map<std::string, std::size_t> order_by_code_, site_by_code_, live_by_key_;
    std::unordered_map<std::string, std::size_t> site_by_line_;
    std::priority_queue<std::pair<clock::time_point, std::size_t>,
                        std::vector<std::pair<clock::time_point, std::size_t>>, std::greater<>>
        ending_;
};

/// Whether the body of a POST /orders keeps the document's definitions; the order it would make, or the error.
std::variant<placed_order, api_error> read_order(const json::value& body);
/// Today in Tokyo, YYYYMMDD.
std::string today();
bool real_date(std::string_view yyyymmdd);

}
