#pragma once
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace orderd::tests {

/// A name server on loopback that says 127.0.0.1 of every name, as late as it is told to. Only root may listen where
/// name servers do and give a program a resolv.conf of its own.
class slow_name_server {
public:
    explicit slow_name_server(const std::string& directory); // of the resolv.conf
    ~slow_name_server();
    slow_name_server(const slow_name_server&) = delete;
    slow_name_server& operator=(const slow_name_server&) = delete;

    bool listening() const { return socket_ >= 0; }
    void answer_after(std::chrono::milliseconds delay) { delay_ = delay.count(); }
    long asked() const { return asked_; }
    /// Words before those of a program: it asks this server.
    std::vector<std::string> words() const;

private:
    void serve();
    std::string resolv_conf_;
    int socket_ = -1;
    std::atomic<long> delay_{0}, asked_{0};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}
