#include "client_address.hpp"

#include <algorithm>

namespace orderd::http {

namespace ip = boost::asio::ip;

std::string counted_address(const ip::address& from)
{
    if (from.is_v4()) return from.to_string();
    auto v6 = from.to_v6();
    if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_string();
    if (v6.is_loopback()) return v6.to_string();
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return ip::address_v6(bytes).to_string() + "/64";
}

}
