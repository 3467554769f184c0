#include "crash_log.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <exception>

namespace orderd::service {
namespace {

constexpr std::array crashes{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS};

std::atomic<logger*> log_of_program{nullptr};
std::atomic<const async::line_writer*> writer_of_program{nullptr};
std::array<struct sigaction, crashes.size()> before;
std::terminate_handler terminate_before = nullptr;

/// Only what a signal handler may do: the writer's thread goes on meanwhile.
void wait_for_writer()
{
    const auto* writer = writer_of_program.load();
    constexpr timespec pause{0, 5'000'000};
    for (int pauses = 0; writer && writer->unwritten() > 0 && pauses < 200; ++pauses) ::nanosleep(&pause, nullptr);
}

void crashed(int signal)
{
    wait_for_writer();
    for (std::size_t i = 0; i < crashes.size(); ++i)
        if (crashes[i] == signal) ::sigaction(signal, &before[i], nullptr);
    ::raise(signal); // comes when this returns, to whoever handled it before
}

[[noreturn]] void terminated()
{
    std::string what = "std::terminate was called";
    try {
        if (auto thrown = std::current_exception()) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        what = e.what();
    } catch (...) {
        what = "an exception of an unknown type";
    }
    if (auto* log = log_of_program.load())
        log->error("an internal error ends the program; it can be started again, nothing is lost", {{"what", what}});
    std::abort();
}

}

crash_log::crash_log(logger& log, const async::line_writer& writer)
{
    log_of_program = &log;
    writer_of_program = &writer;
    struct sigaction action {};
    action.sa_handler = crashed;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < crashes.size(); ++i) ::sigaction(crashes[i], &action, &before[i]);
    terminate_before = std::set_terminate(terminated);
}

crash_log::~crash_log()
{
    std::set_terminate(terminate_before);
    for (std::size_t i = 0; i < crashes.size(); ++i) ::sigaction(crashes[i], &before[i], nullptr);
    log_of_program = nullptr;
    writer_of_program = nullptr;
}

}
