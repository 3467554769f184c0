#include "orderd/core/refusal.hpp"

#include <algorithm>

namespace orderd {
namespace {

/// 4000100 to 4000129: the form of the request.
bool about_form(const std::string& code)
{
    return code.size() == 7 && code.starts_with("40001") && code[5] >= '0' && code[5] <= '2' && code[6] >= '0' &&
           code[6] <= '9';
}

}

bool may_refuse_a_second(order_type type, const std::vector<std::string>& error_codes)
{
    auto about_request = [&](const std::string& code) {
        return about_form(code) || (type == order_type::start && code == "4000137");
    };
    return error_codes.empty() || !std::all_of(error_codes.begin(), error_codes.end(), about_request);
}

}
