#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/log.hpp"
#include "orderd/core/repeated_notice.hpp"
#include "orderd/store/database.hpp"
#include "orderd/store/lock_waits.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderd::service {

/// What the list of troubles calls a wait for somebody's lock.
inline constexpr const char* lock_trouble = "free access to the database's tables";

/// Says whom this program waits for when somebody else's lock keeps its statements waiting for some seconds, and when
/// that is over. Whoever waits gives up now and then and tries again, so that a short pause is no end. Says, too, when
/// a statement takes long by itself, or something in it does.
class lock_watch {
public:
    lock_watch(timekeeper&, store::database&, logger&);
    ~lock_watch();
    async::asio::awaitable<void> run();
    void stop();

private:
    void note(const std::vector<store::lock_holder>&);
    void note(const std::vector<store::slow_statement>&);
    void recovered();

    store::database& database_;
    logger& log_;
    timekeeper& time_;
    async::wakeup tick_;
    std::optional<timekeeper::time_point> since_, seen_; // of the wait that lasts
    repeated_notice slow_{std::chrono::minutes(10)};
    bool told_ = false, stopping_ = false;
};

}
