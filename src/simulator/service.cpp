#include "control.hpp"
#include "foreign.hpp"
#include "orderd/simulator/simulator.hpp"
#include "query.hpp"
#include "render.hpp"
#include "spoil.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url.hpp>
#include <charconv>

namespace orderd::simulator {
namespace {

namespace asio = boost::asio;
using http::answer;

constexpr std::string_view token_path = "/oauth/v1/accesstokens";
constexpr std::string_view base_path = "/infoIpoE/v2";

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
        if (!parsed) co_return errors_.gateway(400, "the request line is not a URL");
        boost::urls::url_view target = *parsed;
        auto operation = operation_of(r.method, target.encoded_path());
        auto& count = counts_[operation];
        ++count.requests;
        count.peak = std::max(count.peak, ++count.in_flight);
        answer out;
        try {
            out = co_await serve_with_faults(operation, target, r);
        } catch (const std::exception& e) {
            out = errors_.provider(500, {"5000101", std::string("システムエラー発生。") + e.what()});
        }
        --count.in_flight;
        out.informational = settings_.informational;
        ++count.by_status[out.how == http::ending::normal ? out.status : 0];
        co_return out;
    }

    asio::awaitable<answer> serve_with_faults(const std::string& operation, boost::urls::url_view target,
                                              const http::request& r)
    {
        auto& random = world_.random();
        co_await pause(std::uniform_int_distribution<int>(settings_.latency_min_ms, settings_.latency_max_ms)(random));
        auto struck = strike(settings_.faults, operation, random);
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
        if (struck->answer == "wrong_code") co_return with_code_before(perform(operation, target, r));
        if (struck->answer == "unknown_code") co_return with_unknown_code(perform(operation, target, r));
        if (struck->answer == "repeated") { // by a gateway, which tells the second answer
            perform(operation, target, r);
            co_return perform(operation, target, r);
        }
        answer done;
        if (struck->after) done = perform(operation, target, r);
        co_return spoil(*struck, std::move(done), r, errors_);
    }

    /// An answer as this provider writes.
    answer tell(int status, const json::value& body) const
    {
        return json_answer(status, written_text(body, settings_.hand));
    }

    answer perform(const std::string& operation, boost::urls::url_view target, const http::request& r)
    {
        auto now = clock::now();
        world_.advance(settings_, now);
        if (operation == "POST /accesstokens") return issue_token(r, now);
        if (operation == "unknown") return errors_.gateway(404, "指定したURIにリソースが存在しません。");
        if (!token_good(std::string(http::find_header(r.fields, "Authorization")), now))
            return errors_.gateway(401, "{ \"ErrorCode\" : \"invalid_token\", \"Error\" : \"Access Token expired\" }");
        if (operation == "POST /orders") return post_order(r, now);
        if (r.method != "GET") return errors_.gateway(405, "Method Not Allowed");

        parameters query;
        for (auto p : target.params()) query[p.key] = p.value;
        if (auto wrong = check_parameters(query)) return errors_.provider(400, *wrong);
        std::string last;
        for (auto segment : target.segments()) last = segment;
        if (operation == "GET /orders/{orderCode}") return get_order(last);
        if (operation == "GET /customerSites/{customerSiteCode}") return get_site(last);
        if (operation == "GET /orders") return list_orders(query, now);
        if (operation == "GET /customerSites")
            return tell_list(settings_.sites_answer, "customerSite", list(world_.sites(), query, [&](const site& s) {
                                 return render_site_summary(s, settings_);
                             }));
        std::vector<sold_product> sold;
        for (const auto& p : sold_products())
            if (!settings_.not_sold.contains(p.code)) sold.push_back(p);
        return tell_list(settings_.products_answer, "customerProduct", list(sold, query, [&](const sold_product& p) {
                             return render_product(p, settings_, "A10000105");
                         }));
    }

    answer tell_list(const std::string& form, std::string_view member, json::array elements) const
    {
        if (form != "list") return tell(200, unusable_list(form, member));
        return tell(200, json::object{{member, std::move(elements)}});
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
            if ((settings_.hand.filters_ignored || passes(o, query)) && number++ >= wanted.first)
                out.push_back(render_order_summary(o, settings_));
        }
        if (out.empty() && settings_.hand.none_as != "list")
            return errors_.provider(settings_.hand.none_as == "404" ? 404 : 400,
                                    {"4000137", "指定された条件に該当する情報が存在しません。"});
        return tell(200, written_list(std::move(out), settings_.hand));
    }

    answer get_order(const std::string& code)
    {
        if (!std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isalnum(c); }))
            return errors_.provider(400, {"4000110", "オーダー番号は半角英数で入力してください。"});
        if (const auto* o = world_.order(code))
            return tell(200, render_order_detail(*o, world_.find_site(o->site_code), settings_));
        return errors_.provider(400, {"4000137", "指定されたオーダー番号に該当する情報が存在しません。"});
    }

    answer get_site(const std::string& code)
    {
        if (const auto* s = world_.find_site(code)) return tell(200, render_site_detail(*s, settings_));
        return errors_.provider(400, {"4000137", "指定された保守番号に該当する情報が存在しません。"});
    }

    answer post_order(const http::request& r, clock::time_point now)
    {
        boost::system::error_code bad;
        auto body = json::parse(r.body, bad);
        if (bad) return errors_.provider(400, {"4000101", "リクエストの形式が正しくありません。"});
        if (r.body.find("[500]") != r.body.npos)
            return errors_.provider(500, {"5000102", "システムエラー発生。NTTPCへお問い合わせしてください。"});
        if (r.body.find("[304]") != r.body.npos) return not_modified();
        if (r.body.find("[403]") != r.body.npos) return errors_.gateway(403, "Forbidden");
        if (r.body.find("[401]") != r.body.npos) return errors_.gateway(401, "Unauthorized");
        if (r.body.find("[429]") != r.body.npos) return limited({});
        if (auto at = r.body.find("[429 "); at != r.body.npos) return limited(std::string_view(r.body).substr(at + 5));
        auto placed = place_in_company(world_, body, settings_, now);
        if (auto* wrong = std::get_if<api_error>(&placed)) return errors_.provider(400, *wrong);
        return reply(201, json::object{{"orderCode", std::get<std::string>(placed)}});
    }

    /// "[429 30]" asks to wait for 30 s; "[429]" does not say how long.
    answer limited(std::string_view name)
    {
        auto out = errors_.fault(429, "policies.ratelimit.SpikeArrestViolation", "Spike arrest violation");
        int seconds = 0;
        std::from_chars(name.data(), name.data() + name.size(), seconds);
        if (seconds > 0) out.fields.emplace_back("Retry-After", std::to_string(seconds));
        return out;
    }

    /// The answer to a POST /orders names the order that was created before; the first one has none before it.
    answer with_code_before(answer created)
    {
        if (created.status != 201) return created;
        boost::system::error_code other;
        auto body = json::parse(created.body, other);
        auto* told = other ? nullptr : body.as_object().if_contains("orderCode");
        if (!told) return created;
        const std::string code(told->as_string());
        const auto& all = world_.orders();
        auto at = std::find_if(all.begin(), all.end(), [&](const auto& o) { return code == o.code; });
        if (at == all.begin() || at == all.end()) return created;
        return reply(201, json::object{{"orderCode", std::prev(at)->code}});
    }

    /// The answer to a created order with a code that no order has.
    answer with_unknown_code(answer created)
    {
        if (created.status != 201) return created;
        return reply(201, json::object{{"orderCode", "X" + std::to_string(world_.orders().size())}});
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
            return errors_.gateway(401, "{ \"ErrorCode\" : \"invalid_client\", \"Error\" : \"ClientId is Invalid\" }",
                                   "Authentication failed. Please check your clientId and clientSecret.");
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

    asio::awaitable<answer> serve_control(http::request r) { co_return control_service_.serve(r); }

    asio::any_io_executor executor_;
    settings settings_;
    world world_;
    std::map<std::string, counted> counts_;
    std::unordered_map<std::string, clock::time_point> tokens_;
    error_answers errors_;
    control_service control_service_{settings_, world_, counts_};
    std::unique_ptr<http::server> api_, control_;
};

}

std::unique_ptr<simulator> start(asio::any_io_executor on, options o)
{
    return std::make_unique<provider_service>(on, o);
}

}
