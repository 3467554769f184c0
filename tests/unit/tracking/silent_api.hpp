#pragma once
#include "orderd/provider/api.hpp"

namespace orderd::tests {

/// A provider that answers nothing but what a test gives it an answer for.
class silent_api : public provider::api {
public:
    template <class T>
    using answer = boost::asio::awaitable<provider::result<T>>;

    answer<provider::listing<provider::site_summary>> list_sites(provider::site_filter) override
    {
        co_return provider::failure{};
    }
    answer<order_code> post_order(order_request, std::function<bool()>) override { co_return provider::failure{}; }
    answer<provider::listing<provider::order_summary>> list_orders(provider::order_filter) override
    {
        co_return provider::failure{};
    }
    answer<provider::order_detail> get_order(order_code) override { co_return provider::failure{}; }
    answer<provider::site_detail> get_site(site_code) override { co_return provider::failure{}; }
    answer<std::vector<product>> list_products() override { co_return provider::failure{}; }
    answer<std::monostate> authenticate() override { co_return std::monostate{}; }
    bool authenticated() const override { return true; }
};

}
