#include "failure_json.hpp"

#include <boost/json.hpp>

namespace orderd::submission {

provider::failure without_secret(provider::failure f, const std::string& secret)
{
    if (secret.empty()) return f;
    auto strike = [&](std::string& text) {
        for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at))
            text.replace(at, secret.size(), "***");
    };
    strike(f.raw);
    strike(f.text);
    for (auto& e : f.errors)
        for (auto* text : {&e.message, &e.developer_message, &e.more_info}) strike(*text);
    return f;
}

void add_failure(store::order_move& move, const provider::failure& f)
{
    move.http_status = f.status;
    move.request_id = provider::request_id(f);
    move.raw = f.raw;
    if (!f.errors.empty()) {
        boost::json::array all;
        for (const auto& e : f.errors)
            all.push_back(boost::json::object{{"errorCode", e.code},
                                              {"errorMessage", e.message},
                                              {"developerMessage", e.developer_message},
                                              {"moreInfo", e.more_info},
                                              {"requestId", e.request_id}});
        move.errors_json = boost::json::serialize(all);
        move.error_code = f.errors.front().code;
        move.error_message = f.errors.front().message;
    } else {
        move.error_code = f.status ? "http_" + std::to_string(f.status) : std::string(provider::name(f.kind));
        move.error_message = f.text;
    }
}

}
