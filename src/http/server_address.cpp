#include "orderd/http/server_address.hpp"

#include <stdexcept>

namespace orderd::http {

server_address parse_server_address(const std::string& url)
{
    server_address out;
    std::string_view rest = url;
    if (rest.starts_with("https://"))
        out.tls = true, rest.remove_prefix(8);
    else if (rest.starts_with("http://"))
        rest.remove_prefix(7);
    else
        throw std::invalid_argument("\"" + url + "\" must begin with https:// or http://");
    rest = rest.substr(0, rest.find('/'));
    auto colon = rest.rfind(':');
    if (rest.starts_with('[')) { // an IPv6 address
        auto end = rest.find(']');
        if (end == rest.npos) throw std::invalid_argument("\"" + url + "\" has an unclosed [");
        out.host = rest.substr(1, end - 1);
        colon = end + 1 < rest.size() && rest[end + 1] == ':' ? end + 1 : rest.npos;
    } else
        out.host = rest.substr(0, colon);
    out.port = colon == rest.npos ? (out.tls ? "443" : "80") : std::string(rest.substr(colon + 1));
    if (out.host.empty()) throw std::invalid_argument("\"" + url + "\" names no host");
    if (out.port.empty() || out.port.find_first_not_of("0123456789") != out.port.npos)
        throw std::invalid_argument("\"" + url + "\" has a port that is not a number");
    if (out.port.size() > 5 || std::stoul(out.port) > 65535)
        throw std::invalid_argument("\"" + url + "\" has a port above 65535");
    return out;
}

}
