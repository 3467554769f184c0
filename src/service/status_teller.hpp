#pragma once
#include "operations.hpp"
#include "orderd/async/wakeup.hpp"
#include "orderd/core/ids.hpp"
#include "orderd/service/logging.hpp"
#include "orderd/service/service_manager.hpp"
#include "orderd/store/database.hpp"

#include <functional>

namespace orderd::service {

/// Tells administrators how it goes, every ten seconds and where they look: the line that `systemctl status` shows, how
/// many lines the log held back, and in the database what this instance cannot do.
class status_teller {
public:
    status_teller(timekeeper&, store::database&, adjustable_logger&, service_manager&,
                  std::function<instance_id()> self, std::function<live_figures()> live);
    async::asio::awaitable<void> run();
    void stop();

private:
    async::asio::awaitable<void> tell_line();
    async::asio::awaitable<void> note_troubles();

    store::database& database_;
    adjustable_logger& log_;
    service_manager& manager_;
    std::function<instance_id()> self_;
    std::function<live_figures()> live_;
    async::wakeup tick_;
    bool stopping_ = false;
};

}
