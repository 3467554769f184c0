#include "spoil.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/simulator/packed.hpp"

namespace orderd::simulator {
namespace {

using namespace std::string_literals;

const api_error system_error{"5000102", "システムエラー発生。NTTPCへお問い合わせしてください。"};

http::answer page(int status, std::string type, std::string body)
{
    http::answer out;
    out.status = status;
    out.fields = {{"Content-Type", std::move(type)}};
    out.body = std::move(body);
    return out;
}

http::answer redirect(const http::request& asked)
{
    auto out = page(302, "text/html", "<html><body>Moved</body></html>");
    auto host = std::string(http::find_header(asked.fields, "Host"));
    out.fields.emplace_back("Location", "https://" + (host.empty() ? "api.customer.jp" : host) + asked.target);
    return out;
}

/// JSON whose text is CP932: two of its characters end in a byte that is '\' or '[' in ASCII.
http::answer in_cp932(error_answers& errors)
{
    auto out = errors.provider(500, {"5000102", "システムエラー発生。表示できません（ソート処理）。"});
    out.body = from_utf8(out.body, encoding::cp932);
    return out;
}

http::answer made_by_gateway(const fault& f, error_answers& errors)
{
    if (f.answer == "spike_arrest")
        return errors.fault(500, "policies.ratelimit.SpikeArrestViolation",
                            "Spike arrest violation. Allowed rate : 10ps");
    if (f.answer == "quota")
        return errors.fault(500, "policies.ratelimit.QuotaViolation",
                            "Rate limit quota violation. Quota limit  exceeded. Identifier : _default");
    if (f.answer == "token_fault" || f.answer == "token_fault_500")
        return errors.fault(f.answer == "token_fault" ? 401 : 500, "oauth.v2.InvalidAccessToken",
                            "Invalid access token");
    if (f.answer == "adaptor")
        return errors.fault(504, "messaging.adaptors.http.flow.GatewayTimeout", "Gateway Timeout");
    int status = std::stoi(f.answer);
    return status == 500 ? errors.provider(500, system_error)
                         : errors.gateway(status, "the gateway answers " + f.answer);
}

}

http::answer not_modified()
{
    http::answer out;
    out.status = 304;
    return out;
}

http::answer spoil(const fault& f, http::answer done, const http::request& asked, error_answers& errors)
{
    if (f.answer == "reset") {
        done.how = http::ending::reset;
        return done;
    }
    if (f.answer == "cut_short") {
        if (done.body.empty()) done = errors.provider(500, system_error);
        done.how = http::ending::cut_short;
        return done;
    }
    if (f.answer == "gzip") {
        if (done.body.empty()) done = errors.provider(500, system_error);
        done.body = packed(done.body);
        done.fields.emplace_back("Content-Encoding", "gzip");
        return done;
    }
    if (f.answer == "html")
        return page(f.after ? done.status : 502, "text/html",
                    "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>");
    if (f.answer == "broken_json")
        return page(f.after ? done.status : 500, "application/json", "{\"errors\": [ {\"errorCode\": \"50001");
    if (f.answer == "redirect") return redirect(asked);
    if (f.answer == "304") return not_modified();
    if (f.answer == "no_list") return errors.provider(200, {"5000101", "ただいまご利用いただけません。"});
    if (f.answer == "cp932") return in_cp932(errors);
    if (f.answer == "nul") return errors.provider(500, {"5000102", "システムエラー発生。\0お問い合わせください。"s});
    auto out = made_by_gateway(f, errors);
    if (f.retry_after > 0) out.fields.emplace_back("Retry-After", std::to_string(f.retry_after));
    return out;
}

}
