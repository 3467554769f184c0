#pragma once
#include "orderd/core/order_request.hpp"
#include "orderd/provider/api.hpp"
#include "scheduler.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>

// The provider, in memory: it is slow, loses answers, performs requests long after, and searches in yesterday's copy.
namespace orderd::simulation {

struct provider_faults {
    bool away = false;        // no connection
    bool maintenance = false; // 503 for everything
    double not_sent = 0, dropped = 0, answer_lost = 0, late = 0, duplicated = 0;
    double error_before = 0, error_after = 0, unusable = 0, throttled = 0, unauthorized = 0, forbidden = 0;
    duration latest = 0s;  // a late request is performed so long after it was sent, at most
    duration stalest = 0s; // a search sees the world so long ago, at most
    double read_fails = 0;
    bool line_guard = true; // a second live order for one line is refused with 4000139
};

/// One order as it was created there.
struct created_order {
    std::string code, natural_key, line_id, site_code, site_name;
    order_type type = order_type::start;
    std::vector<std::string> products;
    time_point created{}, ends{};
    std::string status_at_end;
    std::uint64_t request = 0; // the one it came from; a duplicate has the same
    std::string status(time_point now) const { return now >= ends ? status_at_end : "1"; }
};

class memory_provider {
public:
    explicit memory_provider(scheduler& world) : world_(world) {}
    provider_faults faults;
    std::deque<created_order> book;
    std::deque<time_point> arrivals; // of every request, for the rate
    std::map<std::uint64_t, process*> on_the_wire;
    std::size_t most_on_the_wire = 0;

    /// Performs a request to order: the code, or 4000139.
    provider::result<order_code> perform(const order_request&, std::uint64_t request);
    scheduler& world() { return world_; }
    std::uint64_t next_request() { return ++requests_; }
    std::uint64_t requests() const { return requests_; }
    void sent(std::uint64_t request, process&);
    void came_home(std::uint64_t request) { on_the_wire.erase(request); }

private:
    scheduler& world_;
    std::uint64_t requests_ = 0;
};

/// An order of this world.
order_request request_of(order_type, const std::string& line, const std::string& site, const std::string& name,
                         const std::vector<std::string>& products);
/// By which the provider tells orders apart.
std::string key_in_book(const order_request&);

/// One process's client.
class memory_api final : public provider::api {
public:
    memory_api(process& p, timekeeper& time, memory_provider& there, duration request_timeout,
               std::function<asio::awaitable<void>()> place)
        : process_(p), time_(time), provider_(there), timeout_(request_timeout), place_(std::move(place))
    {
    }
    asio::awaitable<provider::result<order_code>> post_order(order_request, std::function<bool()> may_send) override;
    asio::awaitable<provider::result<provider::listing<provider::order_summary>>>
        list_orders(provider::order_filter) override;
    asio::awaitable<provider::result<provider::order_detail>> get_order(order_code) override;
    asio::awaitable<provider::result<provider::site_detail>> get_site(site_code) override;
    asio::awaitable<provider::result<std::vector<product>>> list_products() override;
    asio::awaitable<provider::result<provider::listing<provider::site_summary>>>
        list_sites(provider::site_filter) override;
    asio::awaitable<provider::result<std::monostate>> authenticate() override;
    bool authenticated() const override { return true; }

private:
    /// Waits so long, in this process.
    asio::awaitable<void> wait(duration how_long);
    /// A read: its latency and its failures; the moment that the answer shows.
    asio::awaitable<provider::result<time_point>> read();

    process& process_;
    timekeeper& time_;
    memory_provider& provider_;
    duration timeout_;
    std::function<asio::awaitable<void>()> place_;
};

}
