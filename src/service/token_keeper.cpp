#include "token_keeper.hpp"

#include <algorithm>

namespace orderd::service {

using namespace std::chrono_literals;

token_keeper::token_keeper(timekeeper& time, provider::api& api) : api_(api), tick_(time) {}

void token_keeper::stop()
{
    stopping_ = true;
    tick_.notify();
}

async::asio::awaitable<void> token_keeper::run()
{
    constexpr std::chrono::seconds soon = 5s, at_most = 60s;
    auto pause = soon;
    while (!stopping_) {
        bool well = api_.authenticated();
        if (!well) {
            auto got = co_await api_.authenticate(); // why it failed is said by whoever needs a token
            well = got.has_value();
        }
        pause = well ? soon : std::min(2 * pause, at_most);
        co_await tick_.wait_for(pause);
    }
}

}
