#pragma once
#include "orderd/http/name_service.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>

namespace orderd::http {

/// The addresses of one host. One question at a time goes to the name service, for all who need the answer; while it is
/// silent or fails, the last good answer serves. Belongs to the thread of its executor.
class name_lookup : public std::enable_shared_from_this<name_lookup> {
public:
    using clock = std::chrono::steady_clock;
    name_lookup(boost::asio::any_io_executor on, std::string host, name_service names);
    ~name_lookup();
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    /// Ends by the deadline, whatever the name service does.
    boost::asio::awaitable<found_addresses> addresses(clock::time_point deadline);
    /// The addresses that were given are of no use: the next to need them asks anew.
    void doubt() { fresh_until_ = {}; }

private:
    struct question;
    using waiters = std::list<boost::asio::steady_timer*>;
    struct waiting;

    void ask();
    void answered(found_addresses);

    boost::asio::any_io_executor executor_;
    std::string host_;
    name_service names_;
    std::shared_ptr<question> asked_; // none: nothing is asked now
    clock::time_point asked_at_{}, fresh_until_{};
    found_addresses last_good_;
    std::string failed_; // of the last question
    bool no_descriptors_ = false;
    waiters waiting_;
};

}
