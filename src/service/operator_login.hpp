#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/repeated_notice.hpp"
#include "orderd/http/server.hpp"
#include "orderd/service/prometheus_metrics.hpp"
#include "password_guesses.hpp"

#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <set>
#include <string>

namespace orderd::service {

/// The name and password of HTTP's basic authentication; nothing when there is none, or none that can be read.
struct credentials {
    std::string name, password;
};
std::optional<credentials> basic_credentials(const http::request&);

/// Compares what people give with the operator password, at a pace that guessing cannot bear, and tells of wrong ones:
/// one line at the first, then counts, at most one a minute, without what was given.
class operator_login {
public:
    operator_login(http::asio::any_io_executor, std::string password, logger&, prometheus_metrics&);

    struct verdict {
        enum { right, wrong, come_again } is;
        long seconds = 0; // until it makes sense to come again
    };
    http::asio::awaitable<verdict> compare(std::string client, std::string given);

private:
    void note(const std::string& client, bool compared);
    void tell(long attempts);

    std::string password_;
    logger& log_;
    prometheus_metrics& metrics_;
    password_guesses guesses_;
    repeated_notice notice_{std::chrono::minutes(1)};
    std::set<std::string> from_; // since the last line
    std::string last_from_;
    long not_compared_ = 0;
    http::asio::steady_timer rest_; // tells what came after the last line
    bool rest_waits_ = false;
};

}
