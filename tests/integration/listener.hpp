#pragma once
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orderd::tests {

/// The service manager as a daemon sees it: a socket that hears what sd_notify says.
class notify_listener {
public:
    explicit notify_listener(std::string path);
    ~notify_listener();
    std::vector<std::string> environment() const { return {"NOTIFY_SOCKET=" + path_}; }
    /// Everything that was heard, one message after another, each ended by a blank line.
    std::string heard() const;
    long count(const std::string& line) const; // how many messages have this line

private:
    std::string path_;
    int socket_ = -1;
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
    std::thread thread_;
};

/// Stops one thread of a child, as a loop that is stuck would be; the others go on. Let go when destroyed.
class stuck_thread {
public:
    explicit stuck_thread(int thread_id);
    ~stuck_thread();

private:
    int thread_id_;
};

}
