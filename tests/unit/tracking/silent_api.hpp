#pragma once
#include "orderd/provider/api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

namespace orderd::tests {

/// Runs what asks the provider to its end; nothing when it failed.
template <class T>
std::optional<T> told(boost::asio::awaitable<provider::result<T>> question)
{
    boost::asio::io_context loop;
    std::optional<T> out;
    auto work = [&]() -> boost::asio::awaitable<void> {
        auto got = co_await std::move(question);
        if (got) out.emplace(std::move(*got));
    };
    boost::asio::co_spawn(loop, work, [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    loop.run();
    return out;
}

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
    answer<provider::listing<product>> list_products() override { co_return provider::failure{}; }
    answer<std::monostate> authenticate() override { co_return std::monostate{}; }
    bool authenticated() const override { return true; }
};

}
