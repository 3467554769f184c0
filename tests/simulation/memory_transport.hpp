#pragma once
#include "memory_provider.hpp"
#include "orderd/provider/transport.hpp"

namespace orderd::simulation {

/// One process's way to the provider: what comes back is an HTTP answer, as the provider's hand wrote it.
class memory_transport final : public provider::transport {
public:
    memory_transport(process& p, timekeeper& time, memory_provider& there, duration request_timeout,
                     duration settle_time, std::function<asio::awaitable<void>()> place)
        : process_(p),
          time_(time),
          provider_(there),
          timeout_(request_timeout),
          settle_(settle_time),
          place_(std::move(place))
    {
    }
    asio::awaitable<provider::result<http::response>> send(provider::call, std::function<bool()> may_send) override;
    asio::awaitable<provider::result<std::monostate>> authenticate() override { co_return std::monostate{}; }
    bool authenticated() const override { return true; }

private:
    asio::awaitable<provider::result<http::response>> order(std::string body, std::function<bool()> may_send);
    asio::awaitable<provider::result<http::response>> read(provider::call);
    /// Waits so long, in this process.
    asio::awaitable<void> wait(duration how_long);

    process& process_;
    timekeeper& time_;
    memory_provider& provider_;
    duration timeout_, settle_;
    std::function<asio::awaitable<void>()> place_;
};

/// What the provider answers to a GET, as it sees the world at `seen`.
http::response answer_to(memory_provider&, const std::string& target, time_point seen);

}
