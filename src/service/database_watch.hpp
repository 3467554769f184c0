#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/log.hpp"
#include "orderd/store/database.hpp"

#include <vector>

namespace orderd::service {

/// Says when PostgreSQL takes questions and gives no answer: whoever asked waits, and cannot say so.
class database_watch {
public:
    /// Connections on which every question is answered within moments.
    database_watch(timekeeper&, std::vector<const store::database*>, logger&);
    async::asio::awaitable<void> run();
    void stop();

private:
    std::vector<const store::database*> connections_;
    outage_notice outage_;
    async::wakeup tick_;
    bool stopping_ = false;
};

}
