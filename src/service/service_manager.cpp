#include "orderd/service/service_manager.hpp"

#include <ctime>
#include <systemd/sd-daemon.h>

namespace orderd::service {

namespace {

/// What others wrote must not become a line of its own: each would be an order to the service manager.
std::string one_line(std::string text)
{
    for (char& c : text)
        if (c == '\n' || c == '\r') c = ' ';
    return text;
}

}

service_manager::service_manager(boost::asio::any_io_executor on) : timer_(std::move(on))
{
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) > 0) interval_ = std::chrono::microseconds(microseconds / 3);
}

void service_manager::start_pinging()
{
    if (interval_.count() > 0) ping();
}

void service_manager::ping()
{
    sd_notify(0, "WATCHDOG=1");
    timer_.expires_after(interval_);
    timer_.async_wait([this](auto error) {
        if (!error) ping();
    });
}

void service_manager::status(const std::string& line) { sd_notify(0, ("STATUS=" + one_line(line)).c_str()); }

void service_manager::starting(const std::string& line, std::chrono::seconds longer)
{
    sd_notify(
        0,
        ("STATUS=" + one_line(line) + "\nEXTEND_TIMEOUT_USEC=" + std::to_string(longer.count() * 1'000'000)).c_str());
}

void service_manager::ready(const std::string& line) { sd_notify(0, ("READY=1\nSTATUS=" + one_line(line)).c_str()); }

void service_manager::reloading()
{
    timespec at{};
    ::clock_gettime(CLOCK_MONOTONIC, &at);
    auto microseconds = static_cast<long long>(at.tv_sec) * 1'000'000 + at.tv_nsec / 1'000;
    sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds)).c_str());
}

void service_manager::stopping(const std::string& line, std::chrono::milliseconds longer)
{
    sd_notify(
        0, ("STOPPING=1\nSTATUS=" + one_line(line) + "\nEXTEND_TIMEOUT_USEC=" + std::to_string(longer.count() * 1'000))
               .c_str());
}

}
