#pragma once
#include "orderd/async/turns.hpp"
#include "orderd/core/catalogue.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/provider/answers.hpp"
#include "orderd/provider/codec.hpp"
#include "orderd/provider/transport.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

// The provider's operations, typed.
namespace orderd::provider {

namespace asio = boost::asio;

struct api_options : transport_options {
    std::string base_path = "/infoIpoE/v2";
    std::string base_url{}; // the same with its server, for people
};

/// Filters of GET /orders that the daemon uses; "" is left out.
struct order_filter {
    std::string order_type, status, line_id, customer_site_code, case_name;
    std::string hope_to_start_from, hope_to_start_to; // days as YYYYMMDD
    /// Every element is looked at and compared, which takes several times its memory: a shorter list is read, and big
    /// ones wait for the one that is looked at.
    bool compared = false;
};
/// By the line of a start, else by the site.
order_filter filter_by(order_type, std::string line_or_site);

/// Filters of GET /customerSites that slice what is too long for one list; "" is left out.
struct site_filter {
    std::string status, start_at_from, start_at_to; // days as YYYYMMDD
};

template <class T>
struct listing {
    /// Held by a big list for as long as it is kept: others of its kind wait for it. Outlives the items.
    async::turns::turn turn;
    std::vector<T> items;
    /// Everything there is was read: no element was unreadable, and paging reached the end.
    bool complete = true;
    /// There are more than paging reaches: the offset cap (RULINGS R4), or a server that does not page.
    bool beyond_reach = false;
    /// Why there may be more than was listed, in words: the provider says so itself, or lists something else than was
    /// asked for. "" when nothing tells of it.
    std::string not_whole{};
    std::vector<unreadable_element<T>> unreadable;
    /// Of a list that is compared: why it could not be read any further. It holds what came before.
    std::optional<failure> broke_off;
    /// "None" was told by this error instead of an empty list (RULINGS R9).
    std::optional<failure> none_by_error;
};

/// Why a list of products is no catalogue, though it was read: no main product can be recognised in it, so that nothing
/// could be ordered. "" when it is one.
std::string why_no_catalogue(const listing<product>&);

class api {
public:
    virtual ~api() = default;
    /// POST /orders. Errors: every kind; whether a failure means "not processed" is
    /// in its kind. One refresh of the token and one more try on a 401, nothing else is repeated.
    /// `may_send` is asked right before the request goes out, after every wait for a token, a place or a connection;
    /// false: `kept_back`.
    virtual asio::awaitable<result<order_code>> post_order(order_request, std::function<bool()> may_send) = 0;
    virtual asio::awaitable<result<listing<order_summary>>> list_orders(order_filter) = 0;
    virtual asio::awaitable<result<order_detail>> get_order(order_code) = 0;
    virtual asio::awaitable<result<site_detail>> get_site(site_code) = 0;
    virtual asio::awaitable<result<listing<product>>> list_products() = 0;
    virtual asio::awaitable<result<listing<site_summary>>> list_sites(site_filter) = 0;
    /// Gets a token when there is none that is good: what `check` and /readyz ask.
    virtual asio::awaitable<result<std::monostate>> authenticate() = 0;
    virtual bool authenticated() const = 0;
    /// How long ago the token was given; nothing when there is none.
    virtual std::optional<std::chrono::milliseconds> token_age() const { return std::nullopt; }
};

std::unique_ptr<api> make_api(asio::any_io_executor, const api_options&, logger&, metrics&);
/// The same over any transport.
std::unique_ptr<api> make_api(std::unique_ptr<transport>, std::string base_path, std::string base_url = {});

}
