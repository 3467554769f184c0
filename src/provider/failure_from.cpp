#include "failure_from.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/codec.hpp"

#include <algorithm>

namespace orderd::provider {
namespace {

constexpr std::size_t kept_raw = 4096;

failure::what_happened kind_of(int status, const std::vector<api_error>& errors, bool one_thing)
{
    using enum failure::what_happened;
    bool says_not_found =
        std::any_of(errors.begin(), errors.end(), [](const api_error& e) { return e.code == "4000137"; });
    if (one_thing && (status == 404 || (status == 400 && says_not_found))) return not_found;
    if (status == 400) return refused;
    if (status == 401) return unauthorized;
    if (status == 408 || status == 429) return throttled;
    if (status >= 500) return server_error;
    if (status == 403 || status == 404) return forbidden;
    if (status == 409)
        return server_error;           // a conflict with what? perhaps with the order itself: look before anything else
    if (status >= 400) return refused; // about this request; it would never pass
    return unusable;                   // a redirect or an informational status: not the API we know
}

}

failure failure_from(const http::response& got, bool one_thing)
{
    failure f;
    f.status = got.status;
    f.errors = decode_errors(got.body);
    f.kind = kind_of(got.status, f.errors, one_thing);
    if (f.errors.empty()) f.raw = printable(got.body, kept_raw);
    f.text = "HTTP " + std::to_string(got.status);
    if (got.status == 429 || got.status == 503)
        f.retry_after =
            parse_retry_after(http::find_header(got.fields, "Retry-After"), std::chrono::system_clock::now());
    return f;
}

failure failure_from(const http::failure& broken)
{
    failure f;
    using http_failure = http::failure::what_happened;
    f.kind = broken.kind == http_failure::kept_back  ? failure::what_happened::kept_back
             : broken.kind == http_failure::not_sent ? failure::what_happened::not_sent
                                                     : failure::what_happened::unknown;
    f.text = broken.text;
    return f;
}

failure unusable(const http::response& got, std::string why)
{
    failure f;
    f.kind = failure::what_happened::unusable;
    f.status = got.status;
    f.raw = printable(got.body, kept_raw);
    f.text = std::move(why);
    return f;
}

}
