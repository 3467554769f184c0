#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// HTTP messages as plain values; Beast stays behind the client and the server.
namespace orderd::http {

class body_taker;

using headers = std::vector<std::pair<std::string, std::string>>;

/// The first header called `name`, whatever its case; "" when there is none.
std::string_view find_header(const headers&, std::string_view name);

struct request {
    std::string method = "GET";
    std::string target = "/"; // path and query, percent-encoded
    headers fields;
    std::string body;
    // Of a request that a server got:
    int version = 11;   // 10: HTTP/1.0
    std::string client; // whom limits count it for: an IPv4 address or a /64 of IPv6
    // Of a request that the client sends:
    std::size_t answer_limit = 64u << 20; // of the body of a 2xx
    body_taker* taker = nullptr;          // takes the body of a 200, in place of response::body; outlives the request
};

struct response {
    int status = 200;
    headers fields;
    std::string body; // its beginning at most, where a taker has taken it
    /// Why the body is not what the server meant, or only the beginning of it: too long, encoded in a way that nobody
    /// knows, broken. "" when it is all there.
    std::string unusable{};
};

}
