#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/ids.hpp"
#include "orderd/core/log.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/housekeeping.hpp"
#include "orderd/store/sites.hpp"

#include <functional>
#include <memory>

namespace orderd::service {

namespace asio = boost::asio;

/// What one instance at a time does for all: folds the tally, keeps paused batches and restored databases in order, and
/// deletes what is older than configured, in small steps with pauses, every ten minutes; seals secrets that an older
/// release wrote in plain text.
class housekeeper {
public:
    housekeeper(timekeeper&, store::database&, std::function<instance_id()> self, store::retention,
                std::shared_ptr<const store::credential_box>, logger&);
    asio::awaitable<void> run();
    void stop();
    /// What is due with another retention is deleted at once.
    void configure(store::retention);
    /// Folds the tally once, whoever has the duty: at the end, so that the answer files tell everything.
    asio::awaitable<void> fold_once();

private:
    asio::awaitable<bool> keep_house();

    timekeeper& time_;
    store::database& database_;
    std::function<instance_id()> self_;
    store::retention keep_;
    std::shared_ptr<const store::credential_box> box_;
    logger& log_;
    store::database_notice trouble_;
    async::wakeup tick_;
    timekeeper::time_point next_deletion_{};
    store::deleted deleted_; // since the last time it was said
    bool stopping_ = false;
};

}
