#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/provider/api.hpp"

#include <chrono>

namespace orderd::service {

/// Has an access token at hand, also in an instance that has nothing to ask the provider: one that stands by for
/// others, or has been idle for longer than a token lives. /readyz tells by it whether this instance could send.
class token_keeper {
public:
    token_keeper(timekeeper&, provider::api&);
    async::asio::awaitable<void> run();
    void stop();

private:
    provider::api& api_;
    async::wakeup tick_;
    bool stopping_ = false;
};

}
