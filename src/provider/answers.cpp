#include "orderd/provider/answers.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace orderd::provider {

std::string_view name(failure::what_happened kind)
{
    using enum failure::what_happened;
    switch (kind) {
    case kept_back: return "kept_back";
    case not_sent: return "not_sent";
    case unknown: return "unknown";
    case unusable: return "unusable_answer";
    case refused: return "refused";
    case unauthorized: return "unauthorized";
    case forbidden: return "forbidden";
    case not_found: return "not_found";
    case throttled: return "throttled";
    case redirected: return "redirected";
    case server_error: return "server_error";
    }
    return "unknown";
}

std::string summary(const failure& f)
{
    auto words = f.errors.empty() ? f.text : f.errors.front().code + " " + f.errors.front().message;
    return f.asked.empty() ? words : words + " (asked for " + f.asked + "; is api.base_url right?)";
}

bool ended(std::string_view status) { return status.size() == 1 && status[0] >= '2' && status[0] <= '5'; }

bool cannot_be_asked(const failure& f)
{
    using enum failure::what_happened;
    return f.kind != unusable && f.kind != refused && f.kind != not_found;
}

bool not_answered(const failure& f) { return f.status == 0 && !f.answer_begun; }

std::string request_id(const failure& f)
{
    for (const auto& e : f.errors)
        if (!e.request_id.empty()) return e.request_id;
    return {};
}

void throw_exception_from_error(const failure& f, const boost::source_location&)
{
    throw std::runtime_error("the provider's answer was not there: " + summary(f));
}

const std::string& site_detail::value(std::string_view api_name) const
{
    static const std::string absent;
    for (const auto& [key, text] : values)
        if (key == api_name) return text;
    return absent;
}

bool secret_site_member(std::string_view api_name)
{
    static constexpr std::array<std::string_view, 5> secrets{"lineAccessKey", "pponeGwPreSharedKey",
                                                             "pptwoGwPreSharedKey", "username", "password"};
    return std::find(secrets.begin(), secrets.end(), api_name) != secrets.end();
}

}
