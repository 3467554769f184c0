#pragma once
#include <string>

namespace orderd::http {

struct server_address {
    bool tls = false;
    std::string host, port;
};

/// "https://api.customer.jp:8443" → its parts. Throws std::invalid_argument with a message for a person.
server_address parse_server_address(const std::string& url);

}
