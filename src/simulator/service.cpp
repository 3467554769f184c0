#include "orderd/simulator/simulator.hpp"
#include "query.hpp"
#include "render.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url.hpp>

namespace orderd::simulator {
namespace {

namespace asio = boost::asio;
using http::answer;

constexpr std::string_view token_path = "/oauth/v1/accesstokens";
constexpr std::string_view base_path = "/infoIpoE/v2";

struct counted {
    long requests = 0, in_flight = 0, peak = 0;
    std::map<int, long> by_status;
};

class provider_service final : public simulator {
public:
    provider_service(asio::any_io_executor on, const options& o) : executor_(on), world_(std::random_device{}())
    {
        apply(settings_, o.settings);
        http::server_options api{o.listen, o.certificate_file, o.private_key_file};
        http::server_options control{o.control, "", ""};
        api_ = http::serve(on, api, [this](http::request r) { return serve_api(std::move(r)); });
        control_ = http::serve(on, control, [this](http::request r) { return serve_control(std::move(r)); });
    }
    unsigned short port() const override { return api_->port(); }
    unsigned short control_port() const override { return control_->port(); }
    void stop() override
    {
        api_->stop();
        control_->stop();
    }

private:
    static answer reply(int status, const json::value& body)
    {
        answer a;
        a.status = status;
        a.fields = {{"Content-Type", "application/json"}};
        a.body = json::serialize(body);
        return a;
    }
    std::string request_id() { return "apigwnode01-52047-" + std::to_string(8823559 + ++request_number_) + "-84"; }
    answer error(int status, const api_error& e)
    {
        return reply(status, json::object{{"errors", json::array{json::object{{"errorCode", e.code},
                                                                              {"errorMessage", e.message},
                                                                              {"developerMessage", e.message},
                                                                              {"moreInfo", nullptr},
                                                                              {"requestId", request_id()}}}}});
    }
    /// The gateway's shape: one flat object.
    answer gateway_error(int status, const std::string& message)
    {
        return reply(status, json::object{{"errorCode", std::to_string(status)},
                                          {"errorMessage", message},
                                          {"developerMessage", message},
                                          {"moreInfo", nullptr},
                                          {"requestId", request_id()}});
    }

    static std::string operation_of(const std::string& method, std::string_view path)
    {
        if (path == token_path) return method + " /accesstokens";
        if (!path.starts_with(base_path)) return "unknown";
        path.remove_prefix(base_path.size());
        for (std::string_view list : {"/customerProducts", "/customerSites", "/orders"})
            if (path == list) return method + " " + std::string(list);
        if (path.starts_with("/customerSites/")) return method + " /customerSites/{customerSiteCode}";
        if (path.starts_with("/orders/")) return method + " /orders/{orderCode}";
        return "unknown";
    }

    asio::awaitable<void> pause(int ms)
    {
        if (ms <= 0) co_return;
        asio::steady_timer timer(executor_, std::chrono::milliseconds(ms));
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }

    asio::awaitable<answer> serve_api(http::request r)
    {
        auto parsed = boost::urls::parse_origin_form(r.target);
        if (!parsed) co_return gateway_error(400, "the request line is not a URL");
        boost::urls::url_view target = *parsed;
        auto operation = operation_of(r.method, target.encoded_path());
        auto& count = counts_[operation];
        ++count.requests;
        count.peak = std::max(count.peak, ++count.in_flight);
        answer out;
        try {
            out = co_await serve_with_faults(operation, target, r);
        } catch (const std::exception& e) {
            out = error(500, {"5000101", std::string("システムエラー発生。") + e.what()});
        }
        --count.in_flight;
        ++count.by_status[out.how == http::ending::normal ? out.status : 0];
        co_return out;
    }

    asio::awaitable<answer> serve_with_faults(const std::string& operation, boost::urls::url_view target,
                                              const http::request& r)
    {
        auto& random = world_.random();
        co_await pause(std::uniform_int_distribution<int>(settings_.latency_min_ms, settings_.latency_max_ms)(random));
        auto struck = strike(settings_, operation, random);
        if (settings_.outage) {
            answer out;
            out.how = http::ending::reset;
            co_return out;
        }
        if (!struck) co_return perform(operation, target, r);
        if (struck->answer == "late") {
            if (!struck->after) co_await pause(struck->delay_ms);
            auto out = perform(operation, target, r);
            if (struck->after) co_await pause(struck->delay_ms);
            co_return out;
        }
        answer done;
        if (struck->after) done = perform(operation, target, r);
        co_return spoil(*struck, std::move(done));
    }

    answer spoil(const fault& f, answer done)
    {
        if (f.answer == "reset") {
            done.how = http::ending::reset;
            return done;
        }
        if (f.answer == "cut_short") {
            if (done.body.empty())
                done = error(500, {"5000102", "システムエラー発生。NTTPCへお問い合わせしてください。"});
            done.how = http::ending::cut_short;
            return done;
        }
        answer out;
        if (f.answer == "html") {
            out.status = f.after ? done.status : 502;
            out.fields = {{"Content-Type", "text/html"}};
            out.body = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>";
            return out;
        }
        if (f.answer == "broken_json") {
            out.status = f.after ? done.status : 500;
            out.fields = {{"Content-Type", "application/json"}};
            out.body = "{\"errors\": [ {\"errorCode\": \"50001";
            return out;
        }
        int status = std::stoi(f.answer);
        out = status == 500 ? error(500, {"5000102", "システムエラー発生。NTTPCへお問い合わせしてください。"})
                            : gateway_error(status, "the gateway answers " + f.answer);
        if (f.retry_after > 0) out.fields.emplace_back("Retry-After", std::to_string(f.retry_after));
        return out;
    }

    answer perform(const std::string& operation, boost::urls::url_view target, const http::request& r)
    {
        auto now = clock::now();
        world_.advance(settings_, now);
        if (operation == "POST /accesstokens") return issue_token(r, now);
        if (operation == "unknown") return gateway_error(404, "指定したURIにリソースが存在しません。");
        if (!token_good(std::string(http::find_header(r.fields, "Authorization")), now))
            return gateway_error(401, "{ \"ErrorCode\" : \"invalid_token\", \"Error\" : \"Access Token expired\" }");
        if (operation == "POST /orders") return post_order(r, now);
        if (r.method != "GET") return gateway_error(405, "Method Not Allowed");

        parameters query;
        for (auto p : target.params()) query[p.key] = p.value;
        if (auto wrong = check_parameters(query)) return error(400, *wrong);
        std::string last;
        for (auto segment : target.segments()) last = segment;
        if (operation == "GET /orders/{orderCode}") return get_order(last);
        if (operation == "GET /customerSites/{customerSiteCode}") return get_site(last);
        if (operation == "GET /orders") return list_orders(query, now);
        if (operation == "GET /customerSites")
            return reply(200, json::object{{"customerSite", list(world_.sites(), query, [&](const site& s) {
                                                return render_site_summary(s, settings_);
                                            })}});
        std::vector<sold_product> sold;
        for (const auto& p : sold_products())
            if (!settings_.not_sold.contains(p.code)) sold.push_back(p);
        return reply(200, json::object{{"customerProduct", list(sold, query, [&](const sold_product& p) {
                                            return render_product(p, settings_, "A10000105");
                                        })}});
    }

    template <class Items, class F>
    json::array list(const Items& items, const parameters& query, F render)
    {
        auto wanted = page_of(query, settings_);
        json::array out;
        std::size_t number = 0;
        for (const auto& item : items) {
            if (out.size() >= wanted.count) break;
            if (!passes(item, query)) continue;
            if (number++ >= wanted.first) out.push_back(render(item));
        }
        return out;
    }

    answer list_orders(const parameters& query, clock::time_point now)
    {
        // A replica that lags shows nothing younger than its lag.
        auto newest = now - std::chrono::milliseconds(settings_.search_stale_ms);
        const auto& all = world_.orders();
        std::vector<std::reference_wrapper<const placed_order>> visible;
        for (const auto& o : all)
            if (settings_.search_stale_ms == 0 || o.placed_at <= newest) visible.emplace_back(o);
        auto wanted = page_of(query, settings_);
        json::array out;
        std::size_t number = 0;
        for (const placed_order& o : visible) {
            if (out.size() >= wanted.count) break;
            if (passes(o, query) && number++ >= wanted.first) out.push_back(render_order_summary(o, settings_));
        }
        return reply(200, out);
    }

    answer get_order(const std::string& code)
    {
        if (!std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isalnum(c); }))
            return error(400, {"4000110", "オーダー番号は半角英数で入力してください。"});
        if (const auto* o = world_.order(code)) return reply(200, render_order_detail(*o, settings_));
        return error(400, {"4000137", "指定されたオーダー番号に該当する情報が存在しません。"});
    }

    answer get_site(const std::string& code)
    {
        if (const auto* s = world_.find_site(code)) return reply(200, render_site_detail(*s, settings_));
        return error(400, {"4000137", "指定された保守番号に該当する情報が存在しません。"});
    }

    answer post_order(const http::request& r, clock::time_point now)
    {
        boost::system::error_code bad;
        auto body = json::parse(r.body, bad);
        if (bad) return error(400, {"4000101", "リクエストの形式が正しくありません。"});
        auto placed = world_.place(body, settings_, now);
        if (auto* wrong = std::get_if<api_error>(&placed)) return error(400, *wrong);
        return reply(201, json::object{{"orderCode", std::get<std::string>(placed)}});
    }

    answer issue_token(const http::request& r, clock::time_point now)
    {
        boost::system::error_code bad;
        auto body = json::parse(r.body, bad);
        auto* o = bad ? nullptr : body.if_object();
        auto text = [&](std::string_view name) {
            auto* v = o ? o->if_contains(name) : nullptr;
            return v && v->is_string() ? std::string(v->as_string()) : std::string();
        };
        bool known = text("grantType") == "client_credentials" && !text("clientId").empty() &&
                     !text("clientSecret").empty() &&
                     (settings_.client_id.empty() || settings_.client_id == text("clientId")) &&
                     (settings_.client_secret.empty() || settings_.client_secret == text("clientSecret"));
        if (!known)
            return reply(
                401,
                json::object{
                    {"errorCode", "401"},
                    {"errorMessage", "{ \"ErrorCode\" : \"invalid_client\", \"Error\" : \"ClientId is Invalid\" }"},
                    {"developerMessage", "Authentication failed. Please check your clientId and clientSecret."},
                    {"moreInfo", nullptr},
                    {"requestId", request_id()}});
        auto token = world_.random_text(28);
        std::erase_if(tokens_, [&](const auto& t) { return t.second < now; });
        tokens_[token] = now + std::chrono::seconds(settings_.token_lifetime_seconds);
        auto issued =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
        return reply(201, json::object{{"accessToken", token},
                                       {"tokenType", "BearerToken"},
                                       {"expiresIn", std::to_string(settings_.token_lifetime_seconds)},
                                       {"scope", ""},
                                       {"issuedAt", std::to_string(issued.count())}});
    }

    bool token_good(const std::string& header, clock::time_point now) const
    {
        constexpr std::string_view scheme = "Bearer ";
        if (!header.starts_with(scheme)) return false;
        auto at = tokens_.find(header.substr(scheme.size()));
        return at != tokens_.end() && now < at->second;
    }

    // The control port.
    asio::awaitable<answer> serve_control(http::request r)
    {
        world_.advance(settings_, clock::now());
        auto path = r.target.substr(0, r.target.find('?'));
        if (path == "/ledger") co_return ledger();
        if (path == "/counts") co_return counters();
        if (path == "/counts.txt") co_return counters_as_text();
        if (path == "/settings" && r.method == "GET") co_return reply(200, to_json(settings_));
        if (path == "/settings" || path == "/end" || path == "/sites") {
            boost::system::error_code bad;
            auto body = json::parse(r.body, bad);
            if (bad || !body.is_object())
                co_return reply(400, json::object{{"error", "the body must be a JSON object"}});
            if (path == "/end") co_return end_order(body.as_object());
            if (path == "/sites") co_return add_sites(body.as_object());
            try {
                apply(settings_, body.as_object());
            } catch (const std::invalid_argument& e) {
                co_return reply(400, json::object{{"error", e.what()}});
            }
            co_return reply(200, to_json(settings_));
        }
        co_return reply(
            404, json::object{{"error",
                               "there are GET /ledger, GET /counts, GET /counts.txt, GET and PUT /settings, POST /end "
                               "{\"orderCode\": …, \"status\": …}, POST /sites {\"count\": …, \"productCode\": …}"}});
    }

    answer add_sites(const json::object& body)
    {
        auto* count = body.if_contains("count");
        auto* code = body.if_contains("productCode");
        const auto* sold = find_product(code && code->is_string() ? std::string(code->as_string()) : "1-1-1-1-2");
        bool good = count && count->is_int64() && count->as_int64() > 0 && count->as_int64() <= 200'000 && sold;
        if (!good)
            return reply(400, json::object{{"error", "count is 1 to 200000, productCode a product of the catalogue"}});
        auto codes = world_.add_sites(static_cast<std::size_t>(count->as_int64()), *sold);
        return reply(200, json::object{{"first", codes.first}, {"last", codes.second}});
    }

    answer end_order(const json::object& body)
    {
        auto* code = body.if_contains("orderCode");
        auto* status = body.if_contains("status");
        bool good = code && status && code->is_string() && status->is_string() &&
                    world_.end_order(std::string(code->as_string()), std::string(status->as_string()));
        return good ? reply(200, json::object{{"ended", *code}}) : reply(404, json::object{{"error", "no such order"}});
    }

    answer ledger()
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
                                       {"body", o.body}});
        return reply(200, out);
    }

    answer counters_as_text()
    {
        answer a;
        a.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
        for (const auto& [operation, c] : counts_) a.body += operation + ": " + std::to_string(c.requests) + "\n";
        return a;
    }

    answer counters()
    {
        json::object out;
        for (const auto& [operation, c] : counts_) {
            json::object by_status;
            for (auto [status, n] : c.by_status) by_status[std::to_string(status)] = n;
            out[operation] =
                json::object{{"requests", c.requests}, {"peak_in_flight", c.peak}, {"by_status", by_status}};
        }
        return reply(200, out);
    }

    asio::any_io_executor executor_;
    settings settings_;
    world world_;
    std::map<std::string, counted> counts_;
    std::unordered_map<std::string, clock::time_point> tokens_;
    long request_number_ = 0;
    std::unique_ptr<http::server> api_, control_;
};

}

std::unique_ptr<simulator> start(asio::any_io_executor on, options o)
{
    return std::make_unique<provider_service>(on, o);
}

}
