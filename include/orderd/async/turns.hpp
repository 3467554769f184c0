#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace orderd::async {

namespace asio = boost::asio;

/// Lets coroutines of one thread go on one at a time, in the order in which they asked.
class turns {
public:
    /// Held while it is somebody's turn: the last copy that goes ends it.
    using turn = std::shared_ptr<void>;

    /// `ended` runs after each turn, before the next.
    explicit turns(std::function<void()> ended = {}) : line_(std::make_shared<line>())
    {
        line_->ended = std::move(ended);
    }

    asio::awaitable<turn> take()
    {
        if (line_->taken) {
            auto initiate = [of = line_](auto handler) {
                auto executor = asio::get_associated_executor(handler);
                auto kept = std::make_shared<decltype(handler)>(std::move(handler));
                of->waiting.push_back([kept, executor] { asio::post(executor, [kept] { std::move (*kept)(); }); });
            };
            co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
        }
        line_->taken = true; // by who waited, it already was: a turn is handed over
        co_return turn(line_.get(), [of = line_](void*) { pass_on(*of); });
    }

private:
    struct line {
        bool taken = false;
        std::deque<std::function<void()>> waiting;
        std::function<void()> ended;
    };
    static void pass_on(line& of)
    {
        if (of.ended) of.ended();
        if (of.waiting.empty()) {
            of.taken = false;
            return;
        }
        auto next = std::move(of.waiting.front());
        of.waiting.pop_front();
        next();
    }

    std::shared_ptr<line> line_;
};

}
