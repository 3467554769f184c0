#include "orderd/provider/api.hpp"
#include "failure_from.hpp"
#include "orderd/provider/codec.hpp"
#include "token_source.hpp"

#include <boost/url.hpp>
#include <unordered_set>

namespace orderd::provider {
namespace {

using clock = std::chrono::steady_clock;
constexpr int page_size = 9999; // `limit` and `offset` have at most 4 digits (RULINGS R3)

std::string key_of(const order_summary& o) { return o.code.text; }
std::string key_of(const site_summary& s) { return s.code.text; }
std::string key_of(const product& p) { return p.customer_product_id.empty() ? p.code : p.customer_product_id; }

class http_api final : public api {
public:
    http_api(asio::any_io_executor on, api_options options, logger& log, metrics& m)
        : base_path_(options.base_path),
          client_(http::make_client(on, options.connection)),
          token_(on, options, log, m),
          place_(options.place),
          metrics_(m)
    {
    }

    asio::awaitable<result<order_code>> post_order(order_request order, std::function<bool()> may_send) override
    {
        auto target = base_path_ + "/orders";
        auto body = encode(order);
        auto answer = co_await call("POST", "POST /orders", std::move(target), std::move(body), std::move(may_send));
        if (!answer) co_return answer.error();
        if (answer->status / 100 != 2) co_return failure_from(*answer);
        if (auto code = decode_created(answer->body)) co_return *code;
        co_return unusable(*answer, "a success without an orderCode");
    }

    asio::awaitable<result<listing<order_summary>>> list_orders(order_filter filter) override
    {
        boost::urls::url target(base_path_ + "/orders");
        auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) target.params().append({name, value});
        };
        add("orderType", filter.order_type);
        add("status", filter.status);
        add("lineId", filter.line_id);
        add("customerSiteCode", filter.customer_site_code);
        add("caseName", filter.case_name);
        add("hopeToStartAtFrom", filter.hope_to_start_from);
        add("hopeToStartAtTo", filter.hope_to_start_to);
        auto all = co_await all_pages<order_summary>("GET /orders", std::move(target), decode_orders);
        co_return all;
    }

    asio::awaitable<result<order_detail>> get_order(order_code code) override
    {
        boost::urls::url target(base_path_ + "/orders");
        target.segments().push_back(code.text);
        auto answer = co_await get("GET /orders/{orderCode}", target);
        if (!answer) co_return answer.error();
        if (answer->status != 200) co_return failure_from(*answer, true);
        if (auto detail = decode_order(answer->body)) co_return std::move(*detail);
        co_return unusable(*answer, "an answer that is not an order");
    }

    asio::awaitable<result<site_detail>> get_site(site_code code) override
    {
        boost::urls::url target(base_path_ + "/customerSites");
        target.segments().push_back(code.text);
        auto answer = co_await get("GET /customerSites/{customerSiteCode}", target);
        if (!answer) co_return answer.error();
        if (answer->status != 200) co_return failure_from(*answer, true);
        if (auto detail = decode_site(answer->body)) co_return std::move(*detail);
        auto failed = unusable(*answer, "an answer that is not a site");
        failed.raw.clear(); // it may hold a pre-shared key
        co_return failed;
    }

    asio::awaitable<result<std::vector<product>>> list_products() override
    {
        boost::urls::url target(base_path_ + "/customerProducts");
        auto all = co_await all_pages<product>("GET /customerProducts", std::move(target), decode_products);
        if (!all) co_return all.error();
        co_return std::move(all->items);
    }

    asio::awaitable<result<listing<site_summary>>> list_sites(site_filter filter) override
    {
        boost::urls::url target(base_path_ + "/customerSites");
        auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) target.params().append({name, value});
        };
        add("status", filter.status);
        add("startAtFrom", filter.start_at_from);
        add("startAtTo", filter.start_at_to);
        auto all = co_await all_pages<site_summary>("GET /customerSites", std::move(target), decode_sites);
        co_return all;
    }

    asio::awaitable<result<std::monostate>> authenticate() override
    {
        auto token = co_await token_.get();
        if (!token) co_return token.error();
        co_return std::monostate{};
    }

    bool authenticated() const override { return token_.good(); }
    std::optional<std::chrono::milliseconds> token_age() const override { return token_.age(); }

private:
    asio::awaitable<result<http::response>> get(std::string_view operation, const boost::urls::url& target)
    {
        return call("GET", operation, std::string(target.buffer()), std::string(), nullptr);
    }

    /// One call with a token; on a 401 once more with a new one (RULINGS T6).
    asio::awaitable<result<http::response>> call(std::string_view method, std::string_view operation,
                                                 std::string target, std::string body, std::function<bool()> may_send)
    {
        for (int attempt = 1;; ++attempt) {
            auto token = co_await token_.get();
            if (!token) co_return token.error();
            if (place_) co_await place_();
            http::request ask;
            ask.method = std::string(method);
            ask.target = target;
            ask.fields = {{"Authorization", "Bearer " + *token}, {"Accept", "application/json"}};
            if (method == "POST") {
                ask.fields.emplace_back("Content-Type", "application/json");
                ask.body = body;
            }
            auto began = clock::now();
            auto got = co_await client_->send(std::move(ask), may_send);
            auto* answer = std::get_if<http::response>(&got);
            metrics_.api_request(operation, answer ? answer->status : 0, clock::now() - began);
            if (!answer) co_return failure_from(std::get<http::failure>(got));
            if (answer->status == 401) {
                token_.reject(*token);
                if (attempt == 1) continue;
            }
            co_return std::move(*answer);
        }
    }

    /// Every page, offsets counted both ways (RULINGS R3).
    template <class T, class F>
    asio::awaitable<result<listing<T>>> all_pages(std::string_view operation, boost::urls::url target, F decode)
    {
        listing<T> all;
        std::unordered_set<std::string> seen;
        for (std::size_t received = 0;;) {
            auto page_target = target;
            page_target.params().append({"limit", std::to_string(page_size)});
            if (received) page_target.params().append({"offset", std::to_string(received)});
            auto answer = co_await get(operation, page_target);
            if (!answer) co_return answer.error();
            if (answer->status != 200) co_return failure_from(*answer);
            auto page = decode(answer->body);
            if (!page) {
                auto failed = unusable(*answer, "an answer to " + std::string(operation) + " that is not a list");
                failed.raw.clear();
                co_return failed;
            }
            auto count = page->size();
            bool brought_new = false;
            for (auto& item : *page)
                if (seen.insert(key_of(item)).second) {
                    all.items.push_back(std::move(item));
                    brought_new = true;
                }
            if (count < page_size || !brought_new) co_return all;
            received = all.items.size();
            if (received > 9999) {
                all.complete = false;
                co_return all;
            }
        }
    }

    std::string base_path_;
    std::unique_ptr<http::client> client_;
    token_source token_;
    std::function<asio::awaitable<void>()> place_;
    metrics& metrics_;
};

}

std::unique_ptr<api> make_api(asio::any_io_executor on, api_options options, logger& log, metrics& m)
{
    return std::make_unique<http_api>(std::move(on), std::move(options), log, m);
}

}
