#pragma once
#include "orderd/http/message.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Whom a request is meant for. A page elsewhere can give its own name the address of this machine, and have a browser
// that may reach it ask for our pages as its own (DNS rebinding): names are answered only when they are ours.
namespace orderd::service {

/// What a request addresses: the host as it is compared (lower case, without port, brackets and last dot), and path and
/// query. `host` is "" where an HTTP/1.0 request names none.
struct addressee {
    std::string host, target;
    bool address = false; // the host is an IP address
};
/// Nothing when it is not well made: no Host or several (RFC 9112, 3.2), or one that is none.
std::optional<addressee> addressee_of(const http::request&);

class host_names {
public:
    /// `configured`, or `machine` when there are none: the name of this machine, with and without its domain.
    host_names(const std::vector<std::string>& configured, const std::string& machine);
    /// Whether requests for `host` are answered: one of the names, a name of the loopback, or an address.
    bool answers(const addressee&) const;

private:
    std::set<std::string, std::less<>> names_;
};

/// A name as it is compared; nothing when `text` is no host name.
std::optional<std::string> host_name_in(std::string_view text);

}
