#include "orderd/http/name_service.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>

namespace orderd::http {
namespace {

namespace ip = boost::asio::ip;

ip::tcp::endpoint endpoint_in(const addrinfo& one)
{
    ip::tcp::endpoint out;
    if (one.ai_addrlen > out.capacity()) return out;
    std::memcpy(out.data(), one.ai_addr, one.ai_addrlen);
    out.resize(one.ai_addrlen);
    return out;
}

}

found_addresses ask_system(const std::string& host)
{
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    errno = 0;
    if (int error = getaddrinfo(host.c_str(), nullptr, &wanted, &first))
        return {{}, gai_strerror(error), errno == EMFILE || errno == ENFILE};
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(first, freeaddrinfo);
    found_addresses found;
    for (auto* one = first; one; one = one->ai_next)
        if (one->ai_family == AF_INET || one->ai_family == AF_INET6)
            found.addresses.push_back(endpoint_in(*one).address());
    if (found.addresses.empty()) found.failed = "it has no address";
    return found;
}

}
