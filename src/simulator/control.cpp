#include "control.hpp"

#include <stdexcept>

namespace orderd::simulator {
namespace {

http::answer refusal(int status, const std::string& words) { return reply(status, json::object{{"error", words}}); }

constexpr auto what_there_is =
    "there are GET /ledger, GET /counts, GET /counts.txt, GET and PUT /settings, POST /orders (somebody else's, with "
    "the body of the API), POST /end {\"orderCode\": …, \"status\": …}, POST /sites {\"count\": …, \"productCode\": …}";

}

http::answer control_service::serve(const http::request& r)
{
    world_.advance(settings_, clock::now());
    auto path = r.target.substr(0, r.target.find('?'));
    if (path == "/ledger") return ledger();
    if (path == "/counts") return counters();
    if (path == "/counts.txt") return counters_as_text();
    if (path == "/settings" && r.method == "GET") return reply(200, to_json(settings_));
    using work = http::answer (control_service::*)(const json::object&);
    static constexpr std::pair<std::string_view, work> works[] = {{"/settings", &control_service::change_settings},
                                                                  {"/orders", &control_service::order},
                                                                  {"/sites", &control_service::add_sites},
                                                                  {"/end", &control_service::end_order}};
    for (auto [name, perform] : works) {
        if (path != name) continue;
        boost::system::error_code bad;
        auto body = json::parse(r.body, bad);
        if (bad || !body.is_object()) return refusal(400, "the body must be a JSON object");
        return (this->*perform)(body.as_object());
    }
    return refusal(404, what_there_is);
}

http::answer control_service::change_settings(const json::object& changes)
{
    try {
        apply(settings_, changes);
    } catch (const std::invalid_argument& e) {
        return refusal(400, e.what());
    }
    return reply(200, to_json(settings_));
}

http::answer control_service::order(const json::object& body)
{
    auto placed = world_.place(body, settings_, clock::now(), true);
    if (auto* wrong = std::get_if<api_error>(&placed)) return refusal(400, wrong->code + " " + wrong->message);
    return reply(200, json::object{{"orderCode", std::get<std::string>(placed)}});
}

http::answer control_service::add_sites(const json::object& body)
{
    auto* count = body.if_contains("count");
    auto* code = body.if_contains("productCode");
    const auto* sold = find_product(code && code->is_string() ? std::string(code->as_string()) : "1-1-1-1-2");
    bool good = count && count->is_int64() && count->as_int64() > 0 && count->as_int64() <= 200'000 && sold;
    if (!good) return refusal(400, "count is 1 to 200000, productCode a product of the catalogue");
    auto codes = world_.add_sites(static_cast<std::size_t>(count->as_int64()), *sold);
    return reply(200, json::object{{"first", codes.first}, {"last", codes.second}});
}

http::answer control_service::end_order(const json::object& body)
{
    auto* code = body.if_contains("orderCode");
    auto* status = body.if_contains("status");
    bool good = code && status && code->is_string() && status->is_string() &&
                world_.end_order(std::string(code->as_string()), std::string(status->as_string()));
    return good ? reply(200, json::object{{"ended", *code}}) : refusal(404, "no such order");
}

http::answer control_service::ledger() const
{
    json::array out;
    for (const auto& o : world_.orders())
        out.push_back(json::object{{"orderCode", o.code},
                                   {"orderType", o.type},
                                   {"status", o.status},
                                   {"naturalKey", o.type == "1"   ? "start:" + o.line_id
                                                  : o.type == "2" ? "change:" + o.site_code
                                                                  : "cancel:" + o.site_code},
                                   {"customerSiteCode", o.site_code},
                                   {"foreign", o.foreign},
                                   {"placedAt", to_iso_tokyo(o.came)},
                                   {"body", o.body}});
    return reply(200, out);
}

http::answer control_service::counters_as_text() const
{
    http::answer out;
    out.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
    for (const auto& [operation, c] : counts_) out.body += operation + ": " + std::to_string(c.requests) + "\n";
    return out;
}

http::answer control_service::counters() const
{
    json::object out;
    for (const auto& [operation, c] : counts_) {
        json::object by_status;
        for (auto [status, n] : c.by_status) by_status[std::to_string(status)] = n;
        out[operation] = json::object{{"requests", c.requests}, {"peak_in_flight", c.peak}, {"by_status", by_status}};
    }
    return reply(200, out);
}

}
