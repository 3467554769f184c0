#include "failure_from.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/codec.hpp"
#include "readable.hpp"

#include <algorithm>
#include <span>

namespace orderd::provider {
namespace {

constexpr std::size_t kept_raw = 4096;
constexpr std::size_t longest_error = 1u << 20; // a body that is longer tells something else (RULINGS T16)
constexpr std::size_t looked_at = 4 * kept_raw; // whatever they are written in, so many bytes make `kept_raw` of text

/// Faults of the gateway that say for sure that nothing was processed (RULINGS T12). Others of the same families may
/// be raised on the way back.
constexpr std::string_view slow_down[] = {"QuotaViolation", "SpikeArrestViolation", "ConcurrentRatelimtViolation",
                                          "ConcurrentRateLimitViolation"};
constexpr std::string_view bad_token[] = {"invalid_access_token",    "access_token_expired",
                                          "InvalidAccessToken",      "AccessTokenExpired",
                                          "InvalidAccessTokenScope", "access_token_not_approved",
                                          "FailedToResolveToken",    "InvalidApiCallAsNoApiProductMatchFound"};

/// Whether an error's code is one of a family, and its last part one of `names`.
bool any_fault(const std::vector<api_error>& errors, std::string_view family, std::span<const std::string_view> names)
{
    return std::any_of(errors.begin(), errors.end(), [&](const api_error& e) {
        auto last = e.code.substr(e.code.rfind('.') + 1);
        return e.code.starts_with(family) && std::find(names.begin(), names.end(), last) != names.end();
    });
}

/// Whether the API itself says why it refuses: 4000101 to 4000999 in its document.
bool says_why(const std::vector<api_error>& errors)
{
    auto of_the_request = [](const api_error& e) {
        return e.code.size() == 7 && e.code.starts_with("400") && e.code.find_first_not_of("0123456789") == e.code.npos;
    };
    return !errors.empty() && std::all_of(errors.begin(), errors.end(), of_the_request);
}

failure::what_happened kind_of(int status, const std::vector<api_error>& errors, bool one_thing)
{
    using enum failure::what_happened;
    bool says_not_found =
        std::any_of(errors.begin(), errors.end(), [](const api_error& e) { return e.code == "4000137"; });
    // The gateway's own faults say more than their status, which may be 500 for all of them (RULINGS T12).
    if (any_fault(errors, "policies.ratelimit.", slow_down)) return throttled;
    if (any_fault(errors, "oauth.", bad_token) || any_fault(errors, "keymanagement.", bad_token)) return unauthorized;
    if (one_thing && (status == 404 || (status == 400 && says_not_found))) return not_found;
    if (status == 400) return says_why(errors) ? refused : unusable; // a gateway's 400 may come after the order
    if (status == 401) return unauthorized;
    if (status == 408 || status == 429) return throttled;
    if (status >= 500) return server_error;
    if (status == 403 || status == 404) return forbidden;
    if (status >= 400) return unusable; // 409: a conflict with what? 422, 499: perhaps of the order itself
    if (status >= 300) return redirected;
    return unusable; // a status that is not the API's
}

/// What the answer meant is in a body that cannot be read: a status that speaks for itself still counts.
failure::what_happened without_body(failure::what_happened kind)
{
    using enum failure::what_happened;
    return kind == refused || kind == not_found ? unusable : kind;
}

/// Strikes out the values of members that may be secrets, also where the text is no whole JSON.
std::string without_secrets(std::string text)
{
    static constexpr std::string_view ends[] = {"AccessKey\"",    "accessToken\"", "PreSharedKey\"",
                                                "clientSecret\"", "password\"",    "username\""};
    for (auto end : ends)
        for (auto at = text.find(end); at != text.npos; at = text.find(end, at + 1)) {
            auto begin = text.find_first_not_of(" :", at + end.size());
            if (begin == text.npos) break;
            auto last = text[begin] == '"' ? text.find('"', begin + 1) : text.find_first_of(",}]", begin + 1);
            if (last != text.npos && text[begin] == '"') ++last;
            text.replace(begin, last == text.npos ? text.npos : last - begin, "\"***\"");
        }
    return text;
}

/// The body, read in the charset that was told for it.
std::string in_utf8(const http::response& got)
{
    return read_as(got.body, std::string(http::find_header(got.fields, "Content-Type")));
}

/// The beginning of what came, to be kept (RULINGS T8).
std::string raw_of(const http::response& got)
{
    auto body = in_utf8(got);
    auto first = std::string_view(body).substr(0, looked_at);
    auto words = readable(first);
    return without_secrets(printable(words.empty() ? first : words, kept_raw));
}

/// What a 3xx says. It may have been processed all the same.
std::string where_to(const http::response& got)
{
    auto target = trimmed(printable(std::string(http::find_header(got.fields, "Location")), 200));
    if (!target.empty()) return ": a redirect, which is not followed, to " + target;
    if (got.status == 304) return ": \"not modified\", which answers nothing that was asked";
    return ": a redirect that does not say where to";
}

}

bool may_be_the_apis(const http::response& got, const failure& f)
{
    if (f.errors.empty()) return trimmed(raw_of(got)).empty();
    auto documented = [](const api_error& e) {
        return e.code.size() == 7 && e.code.find_first_not_of("0123456789") == e.code.npos;
    };
    return std::any_of(f.errors.begin(), f.errors.end(), documented) || got.body.find("\"errors\"") != got.body.npos;
}

bool refuses_token(const http::response& got)
{
    if (got.status == 401) return true;
    bool may_be = got.status >= 400 && got.body.find("\"fault\"") != got.body.npos;
    return may_be && failure_from(got).kind == failure::what_happened::unauthorized;
}

failure failure_from(const http::response& got, bool one_thing)
{
    failure f;
    f.status = got.status;
    if (got.unusable.empty()) f.errors = decode_errors(in_utf8(got));
    f.kind = kind_of(got.status, f.errors, one_thing);
    // A refusal that names an order is none.
    if (f.kind == failure::what_happened::refused && got.body.find("\"orderCode\"") != got.body.npos)
        f.kind = failure::what_happened::unusable;
    if (!got.unusable.empty()) f.kind = without_body(f.kind);
    if (f.errors.empty()) f.raw = raw_of(got);
    f.text = "HTTP " + std::to_string(got.status) + (got.unusable.empty() ? "" : ": " + got.unusable);
    if (f.kind == failure::what_happened::redirected) f.text += where_to(got);
    if (got.status == 429 || got.status == 503 || f.kind == failure::what_happened::throttled)
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
    f.answer_begun = broken.answer_begun;
    f.no_descriptors = broken.no_descriptors;
    return f;
}

std::string why_not_json(const http::headers& fields)
{
    auto told = http::find_header(fields, "Content-Type");
    auto type = trimmed(told.substr(0, told.find_first_of(";,")));
    for (auto& c : type)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    static constexpr std::string_view let_through[] = {"", "text/plain", "application/octet-stream",
                                                       "binary/octet-stream"};
    bool may_be = std::find(std::begin(let_through), std::end(let_through), type) != std::end(let_through);
    if (may_be || type.find("json") != type.npos || type.find("javascript") != type.npos) return {};
    return "the answer is of the type \"" + printable(type, 60) + "\", not JSON";
}

failure unusable(const http::response& got, std::string why)
{
    failure f;
    f.kind = failure::what_happened::unusable;
    f.status = got.status;
    if (got.unusable.empty() && got.body.size() <= longest_error) f.errors = decode_errors(in_utf8(got));
    f.raw = raw_of(got);
    f.text = std::move(why);
    return f;
}

failure told(failure failed, logger& log)
{
    if (failed.no_descriptors)
        log.write_seldom(log_level::error,
                         "the daemon may open no more files, and so makes no connection to the provider; raise "
                         "LimitNOFILE in its unit (ulimit -n). Nothing is lost, retrying",
                         {{"why", failed.text}});
    return failed;
}

}
