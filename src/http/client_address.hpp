#pragma once
#include <boost/asio/ip/address.hpp>
#include <string>

namespace orderd::http {

/// Whom a connection is counted for: its IPv4 address, or the /64 of its IPv6 address, which is what one client has.
std::string counted_address(const boost::asio::ip::address&);

}
