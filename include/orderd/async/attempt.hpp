#pragma once
#include "orderd/core/log.hpp"

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

namespace orderd::async {

/// Runs `work`, which gives why it failed ("" when it did not) or throws that, and tells `outage` what came of it.
/// Whether it went well.
inline boost::asio::awaitable<bool> attempt(outage_notice& outage,
                                            const std::function<boost::asio::awaitable<std::string>()>& work)
{
    std::string failed;
    try {
        failed = co_await work();
    } catch (const std::exception& e) {
        failed = e.what();
    }
    if (failed.empty())
        outage.recovered();
    else
        outage.failed(failed);
    co_return failed.empty();
}

}
