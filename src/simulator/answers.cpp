#include "answers.hpp"

namespace orderd::simulator {

http::answer json_answer(int status, std::string body)
{
    http::answer out;
    out.status = status;
    out.fields = {{"Content-Type", "application/json"}};
    out.body = std::move(body);
    return out;
}

http::answer reply(int status, const json::value& body) { return json_answer(status, json::serialize(body)); }

std::string error_answers::request_id()
{
    return "apigwnode01-52047-" + std::to_string(8823559 + ++request_number_) + "-84";
}

http::answer error_answers::provider(int status, const api_error& e)
{
    return reply(status, json::object{{"errors", json::array{json::object{{"errorCode", e.code},
                                                                          {"errorMessage", e.message},
                                                                          {"developerMessage", e.message},
                                                                          {"moreInfo", nullptr},
                                                                          {"requestId", request_id()}}}}});
}

http::answer error_answers::gateway(int status, const std::string& message, const std::string& developer_message)
{
    return reply(status, json::object{{"errorCode", std::to_string(status)},
                                      {"errorMessage", message},
                                      {"developerMessage", developer_message.empty() ? message : developer_message},
                                      {"moreInfo", nullptr},
                                      {"requestId", request_id()}});
}

http::answer error_answers::fault(int status, const std::string& code, const std::string& words) const
{
    return reply(status, json::object{{"fault", json::object{{"faultstring", words},
                                                             {"detail", json::object{{"errorcode", code}}}}}});
}

}
