#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/log.hpp"

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

namespace orderd::async {

/// Runs `work` until it ends by itself, which it does when it is stopped. An error of its own is told, and it is begun
/// anew after ten seconds, unless `over` says that everything stops; `bell` is rung then.
inline asio::awaitable<void> keep_running(wakeup& bell, logger& log, std::string name, std::function<bool()> over,
                                          std::function<asio::awaitable<void>()> work)
{
    while (!over()) {
        std::string defect;
        try {
            co_await work();
            co_return;
        } catch (const std::exception& e) {
            defect = e.what();
        }
        log.error("an internal error; what it stopped is begun anew", {{"part", name}, {"what", defect}});
        co_await bell.wait_for(std::chrono::seconds(10));
    }
}

}
