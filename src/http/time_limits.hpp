#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <memory>

namespace orderd::http {

/// Closes sockets whose time is up, with one timer for all of them: a timer of its own for each reading and writing
/// costs as much as the reading and writing.
class time_limits {
    using clock = std::chrono::steady_clock;
    struct watched {
        boost::asio::ip::tcp::socket* socket;
        bool expired = false;
    };
    using in_order = std::multimap<clock::time_point, watched>;

public:
    explicit time_limits(boost::asio::any_io_executor on) : timer_(std::move(on)) {}

    /// While it lives, the socket is closed when `span` has passed; what runs on it then ends with operation_aborted.
    /// Keeps the time limits alive: what waits when a program ends is destroyed with the io_context, after its client.
    class limit {
    public:
        limit(std::shared_ptr<time_limits> of, boost::asio::ip::tcp::socket& socket, clock::duration span)
            : of_(std::move(of)), at_(of_->waiting_.insert({clock::now() + span, {&socket}}))
        {
            of_->arm();
        }
        ~limit()
        {
            of_->waiting_.erase(at_);
            if (of_->waiting_.empty()) of_->disarm(); // nobody waits for a timer that nobody needs
        }
        limit(const limit&) = delete;
        limit& operator=(const limit&) = delete;
        bool expired() const { return at_->second.expired; }

    private:
        std::shared_ptr<time_limits> of_;
        in_order::iterator at_;
    };

private:
    void arm();
    void disarm();
    void close_expired();

    boost::asio::steady_timer timer_;
    clock::time_point armed_for_ = clock::time_point::max();
    in_order waiting_;
};

}
