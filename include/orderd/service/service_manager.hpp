#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>

// What systemd is told, and asks. Everything here does nothing where no service manager listens.
namespace orderd::service {

/// Tells the service manager how the daemon is (sd_notify), and pings its watchdog from the event loop: a loop that is
/// stuck pings no more, and is started anew.
class service_manager {
public:
    explicit service_manager(boost::asio::any_io_executor);
    void start_pinging();
    void status(const std::string& one_line);
    /// Still starting: it may take `longer` from now on.
    void starting(const std::string& one_line, std::chrono::seconds longer);
    void ready(const std::string& one_line);
    void reloading();
    void stopping(const std::string& one_line, std::chrono::milliseconds longer);

private:
    void ping();
    std::chrono::microseconds interval_{0};
    boost::asio::steady_timer timer_;
};

}
