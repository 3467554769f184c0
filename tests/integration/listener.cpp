#include "listener.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace orderd::tests {

notify_listener::notify_listener(std::string path) : path_(std::move(path))
{
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot bind " + path_);
    thread_ = std::thread([this] {
        char text[4096];
        while (true) {
            auto n = ::recv(socket_, text, sizeof text, 0);
            if (n <= 0) return;
            std::lock_guard lock(mutex_);
            messages_.emplace_back(text, static_cast<std::size_t>(n));
        }
    });
}

notify_listener::~notify_listener()
{
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
}

std::string notify_listener::heard() const
{
    std::lock_guard lock(mutex_);
    std::string all;
    for (const auto& m : messages_) all += m + "\n\n";
    return all;
}

long notify_listener::count(const std::string& line) const
{
    std::lock_guard lock(mutex_);
    return std::count_if(messages_.begin(), messages_.end(),
                         [&](const std::string& m) { return ("\n" + m + "\n").find("\n" + line + "\n") != m.npos; });
}

stuck_thread::stuck_thread(int thread_id) : thread_id_(thread_id)
{
    if (::ptrace(PTRACE_SEIZE, thread_id, nullptr, nullptr) != 0 ||
        ::ptrace(PTRACE_INTERRUPT, thread_id, nullptr, nullptr) != 0 || ::waitpid(thread_id, nullptr, __WALL) < 0)
        throw std::runtime_error(std::string("the thread cannot be stopped: ") + std::strerror(errno));
}

stuck_thread::~stuck_thread() { ::ptrace(PTRACE_DETACH, thread_id_, nullptr, nullptr); }

}
