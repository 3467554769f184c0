#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/metrics.hpp"
#include "orderd/provider/transport.hpp"

#include <boost/asio/steady_timer.hpp>

namespace orderd::provider {

/// The access token: one refresh for all who wait, ahead of expiry and after a 401. Lives on the event loop's thread.
class token_source {
public:
    token_source(asio::any_io_executor, const transport_options&, logger&, metrics&);
    /// A token that is good for the next request; gets a new one when it is not.
    asio::awaitable<result<std::string>> get();
    /// The provider answered 401 to this token; the next `get` brings another. A newer token stays.
    void reject(const std::string& token);
    bool good() const;
    std::optional<std::chrono::milliseconds> age() const;

private:
    using clock = std::chrono::steady_clock;
    asio::awaitable<result<std::string>> refresh();

    asio::any_io_executor executor_;
    std::string path_, body_;
    std::unique_ptr<http::client> client_;
    logger& log_;
    metrics& metrics_;
    std::string token_;
    clock::time_point got_at_{}, good_until_{}, not_before_{};
    bool refreshing_ = false;
    asio::steady_timer refreshed_; // cancelled to wake those who wait
    std::optional<failure> last_failure_;
    int wrong_credentials_ = 0;
};

}
