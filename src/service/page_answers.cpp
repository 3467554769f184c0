#include "page_answers.hpp"

namespace orderd::service {

using http::answer;

answer make_answer(int status, std::string body, std::string type)
{
    answer a;
    a.status = status;
    a.fields = {
        {"Content-Type", std::move(type)},
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action "
         "'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "same-origin"}};
    a.body = std::move(body);
    return a;
}

answer plain(int status, std::string text) { return make_answer(status, std::move(text), "text/plain; charset=utf-8"); }

answer html(std::string text, int status) { return make_answer(status, std::move(text), "text/html; charset=utf-8"); }

answer later(int status, std::string text, long seconds)
{
    auto a = plain(status, std::move(text));
    a.fields.emplace_back("Retry-After", std::to_string(seconds));
    return a;
}

}
