#pragma once
#include "orderd/http/server.hpp"
#include "world.hpp"

namespace orderd::simulator {

/// A JSON answer; the text is made elsewhere.
http::answer json_answer(int status, std::string body);
http::answer reply(int status, const json::value& body);

/// Errors in the shapes of the provider and its gateway (RULINGS T8, T12), each with a request id of its own.
class error_answers {
public:
    /// The provider's own: {"errors": [...]}.
    http::answer provider(int status, const api_error&);
    /// The gateway's: one flat object.
    http::answer gateway(int status, const std::string& message, const std::string& developer_message = "");
    /// The gateway's own fault: {"fault": {...}}.
    http::answer fault(int status, const std::string& code, const std::string& words) const;

private:
    std::string request_id();
    long request_number_ = 0;
};

}
