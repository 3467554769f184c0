#pragma once
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <string>
#include <vector>

namespace orderd::http {

/// The addresses of a host, the one to try first before the others; or why there are none.
struct found_addresses {
    std::vector<boost::asio::ip::address> addresses;
    std::string failed{};
    bool no_descriptors = false; // this process may open no more files
};

/// Finds the addresses of a host. May take as long as it likes: it is called on a thread of its own, which nobody waits
/// for when the program ends, so it must own what it needs.
using name_service = std::function<found_addresses(const std::string& host)>;

/// The name service of the system: files and name servers, as nsswitch.conf says.
found_addresses ask_system(const std::string& host);

}
