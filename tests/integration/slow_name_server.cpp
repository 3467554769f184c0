#include "slow_name_server.hpp"
#include "process.hpp"

#include <arpa/inet.h>
#include <array>
#include <deque>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orderd::tests {
namespace {

using clock = std::chrono::steady_clock;
constexpr const char* own_address = "127.53.53.53";
constexpr std::size_t head_size = 12;
constexpr std::uint16_t type_a = 1;

/// The answer to a question (RFC 1035): for addresses of version 4 one, for anything else none. "" for what is no
/// question.
std::string answer_to(std::string question)
{
    auto end_of_name = question.find('\0', head_size);
    if (end_of_name == question.npos || end_of_name + 5 > question.size()) return {};
    auto type = static_cast<unsigned char>(question[end_of_name + 1]) * 256 +
                static_cast<unsigned char>(question[end_of_name + 2]);
    question.resize(end_of_name + 5);
    bool known = type == type_a;
    const std::string head{'\x81', '\x80', 0, 1, 0, static_cast<char>(known), 0, 0, 0, 0};
    question.replace(2, head.size(), head);
    const std::string address{'\xc0', '\x0c', 0, type_a, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1};
    return known ? question + address : question;
}

}

slow_name_server::slow_name_server(const std::string& directory) : resolv_conf_(directory + "/resolv.conf")
{
    if (::geteuid() != 0) return;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(53);
    ::inet_pton(AF_INET, own_address, &at.sin_addr);
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
        ::close(socket_);
        socket_ = -1;
        return;
    }
    write_file(resolv_conf_, std::string("nameserver ") + own_address + "\noptions timeout:5 attempts:1\n");
    thread_ = std::thread([this] { serve(); });
}

slow_name_server::~slow_name_server()
{
    over_ = true;
    if (thread_.joinable()) thread_.join();
    if (socket_ >= 0) ::close(socket_);
}

std::vector<std::string> slow_name_server::words() const
{
    return {"/usr/bin/unshare",
            "--mount",
            "/bin/sh",
            "-c",
            "mount --bind " + resolv_conf_ + " /etc/resolv.conf && exec \"$@\"",
            "sh"};
}

void slow_name_server::serve()
{
    struct waiting {
        clock::time_point due;
        sockaddr_in to;
        std::string answer;
    };
    std::deque<waiting> line;
    while (!over_) {
        pollfd readable{socket_, POLLIN, 0};
        if (::poll(&readable, 1, 20) > 0) {
            std::array<char, 1500> bytes;
            sockaddr_in from{};
            socklen_t length = sizeof from;
            auto got = ::recvfrom(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
            if (got > 0) {
                ++asked_;
                line.push_back({clock::now() + std::chrono::milliseconds(delay_), from,
                                answer_to(std::string(bytes.data(), static_cast<std::size_t>(got)))});
            }
        }
        std::erase_if(line, [&](const waiting& w) {
            if (w.due > clock::now()) return false;
            if (!w.answer.empty())
                static_cast<void>(::sendto(socket_, w.answer.data(), w.answer.size(), 0,
                                           reinterpret_cast<const sockaddr*>(&w.to), sizeof w.to));
            return true;
        });
    }
}

}
