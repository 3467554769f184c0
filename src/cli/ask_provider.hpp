#pragma once
#include "orderd/async/loop_time.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/service/daemon.hpp"
#include "orderd/service/logging.hpp"
#include "orderd/service/prometheus_metrics.hpp"
#include "orderd/store/order_store.hpp"
#include "orderd/submission/controls.hpp"
#include "verbs.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>

namespace orderd::cli {

/// What a verb may ask: the provider, at the rate that all daemons share, the store, and whether searches can be
/// believed.
struct asked {
    provider::api& api;
    store::order_store& orders;
    submission::controls& controls;
};

/// Runs one question of a verb to its end. Throws what the question throws.
template <class T>
T ask(const surroundings& s, std::function<boost::asio::awaitable<T>(asked)> question)
{
    boost::asio::io_context loop;
    service::prometheus_metrics counters;
    auto log = service::make_logger("error", "text");
    store::database database({s.config.database.url, 1});
    auto orders = store::make_order_store(database, database, *log);
    auto options = service::api_options_of(s.config, service::read_client_secret(s.config));
    if (auto rate = s.config.submission.requests_per_second; rate > 0)
        options.place = [&loop, &orders, rate]() -> boost::asio::awaitable<void> {
            auto until = co_await orders->reserve_requests(rate, 1);
            boost::asio::steady_timer timer(loop, until);
            co_await timer.async_wait(boost::asio::use_awaitable);
        };
    auto api = provider::make_api(loop.get_executor(), options, *log, counters);
    auto time = async::make_loop_time(loop.get_executor());
    submission::controls controls(*time, *orders, *api, counters, s.config.submission.settle_time);
    std::optional<T> answer;
    std::exception_ptr failed;
    auto work = [&]() -> boost::asio::awaitable<void> {
        auto got = co_await question({*api, *orders, controls});
        answer.emplace(std::move(got));
    };
    boost::asio::co_spawn(loop, work, [&failed](std::exception_ptr error) { failed = error; });
    loop.run();
    if (failed) std::rethrow_exception(failed);
    return std::move(*answer);
}

}
