#pragma once
#include "orderd/http/server.hpp"

#include <string>

// Answers of the status page, with the headers that all of them have.
namespace orderd::service {

http::answer make_answer(int status, std::string body, std::string type);
http::answer plain(int status, std::string text);
http::answer html(std::string text, int status = 200);
/// Come again after so many seconds.
http::answer later(int status, std::string text, long seconds);

}
