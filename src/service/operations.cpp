#include "operations.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/sites.hpp"
#include "page_decisions.hpp"
#include "status_pages.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sstream>

namespace orderd::service {
namespace {

using http::answer;
using std::chrono::steady_clock;

answer make_answer(int status, std::string body, std::string type)
{
    answer a;
    a.status = status;
    a.fields = {
        {"Content-Type", std::move(type)},
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action "
         "'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "same-origin"}};
    a.body = std::move(body);
    return a;
}

answer plain(int status, std::string text) { return make_answer(status, std::move(text), "text/plain; charset=utf-8"); }
answer html(std::string text, int status = 200)
{
    return make_answer(status, std::move(text), "text/html; charset=utf-8");
}

/// The path in parts and the query's values, decoded; nothing when the target is not well made.
struct target_parts {
    std::vector<std::string> path;
    query_values query;
};
std::optional<target_parts> parts_of(const std::string& target)
{
    auto parsed = boost::urls::parse_origin_form(target);
    if (!parsed) return std::nullopt;
    target_parts out;
    for (auto segment : parsed->segments())
        if (std::string text = segment; !text.empty()) out.path.push_back(std::move(text));
    for (auto value : parsed->params()) out.query[value.key] = value.value;
    return out;
}

bool wants_japanese(const http::request& r, const query_values& query)
{
    if (auto at = query.find("lang"); at != query.end()) return at->second == "ja";
    auto cookie = http::find_header(r.fields, "Cookie");
    if (cookie.find("lang=ja") != cookie.npos) return true;
    if (cookie.find("lang=en") != cookie.npos) return false;
    auto accepted = http::find_header(r.fields, "Accept-Language");
    auto ja = accepted.find("ja"), en = accepted.find("en");
    return ja != accepted.npos && (en == accepted.npos || ja < en);
}

/// The name and password of HTTP's basic authentication.
std::optional<std::pair<std::string, std::string>> basic_credentials(const http::request& r)
{
    auto field = http::find_header(r.fields, "Authorization");
    if (!field.starts_with("Basic ") || field.size() > 2'000) return std::nullopt;
    field.remove_prefix(6);
    std::string decoded(field.size(), '\0');
    auto length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                  reinterpret_cast<const unsigned char*>(field.data()), static_cast<int>(field.size()));
    if (length < 0) return std::nullopt;
    auto padding = static_cast<std::size_t>(
        std::count(field.end() - std::min<std::ptrdiff_t>(2, std::ssize(field)), field.end(), '='));
    decoded.resize(static_cast<std::size_t>(length) - std::min<std::size_t>(padding, static_cast<std::size_t>(length)));
    auto colon = decoded.find(':');
    if (colon == decoded.npos || !valid_utf8(decoded)) return std::nullopt;
    return std::pair(decoded.substr(0, colon), decoded.substr(colon + 1));
}

bool same(const std::string& a, const std::string& b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Whether a browser sent this from a page of ours: others may not make somebody's browser decide.
bool from_our_page(const http::request& r)
{
    auto site = http::find_header(r.fields, "Sec-Fetch-Site");
    if (!site.empty()) return site == "same-origin";
    auto origin = http::find_header(r.fields, "Origin");
    if (origin.empty()) return true; // not a browser
    auto host = http::find_header(r.fields, "Host");
    return origin.size() > host.size() && origin.ends_with(host) && origin[origin.size() - host.size() - 1] == '/';
}

class operations {
public:
    operations(operations_options o, store::database& db, prometheus_metrics& m, std::function<live_figures()> live)
        : options_(std::move(o)), database_(db), metrics_(m), live_(std::move(live))
    {
    }

    http::asio::awaitable<answer> serve(http::request r)
    {
        auto at = parts_of(r.target);
        if (!at) co_return plain(400, "this is not a path\n");
        if (r.method == "POST" && at->path.size() == 3) co_return co_await take_decision(std::move(r), *at);
        if (r.method != "GET" && r.method != "HEAD") co_return plain(405, "only GET, and POST of decisions\n");
        const std::string first = at->path.empty() ? "" : at->path[0];
        if (first == "healthz") co_return plain(200, "alive\n");
        if (first == "status.css") co_return make_answer(200, std::string(page_style), "text/css; charset=utf-8");
        if (first == "status.js")
            co_return make_answer(200, std::string(page_script), "text/javascript; charset=utf-8");
        if (first == "readyz") co_return co_await readiness();
        if (first == "metrics") co_return co_await metrics();
        co_return co_await page(std::move(r), *at);
    }

private:
    http::asio::awaitable<answer> readiness()
    {
        bool reached = true;
        try {
            co_await database_.run([](store::session& s) { return store::reachable(s); });
        } catch (const std::exception&) {
            reached = false;
        }
        auto live = live_();
        std::string text = std::string("database ") + (reached ? "ok" : "away") + "\ntoken " +
                           (live.authenticated ? "ok" : "missing") + "\n";
        co_return plain(reached && live.authenticated ? 200 : 503, text);
    }

    http::asio::awaitable<answer> metrics()
    {
        auto live = live_();
        auto began = steady_clock::now();
        struct seen_now {
            store::overview all;
            std::vector<store::batch_overview> open;
            std::vector<std::pair<std::string, long>> differences;
        };
        std::optional<seen_now> seen;
        try {
            seen = co_await database_.run([](store::session& s) {
                store::batch_choice open;
                open.open = true;
                return std::optional(
                    seen_now{store::read_overview(s), store::batch_overviews(s, open), store::counted_differences(s)});
            });
        } catch (const std::exception&) { // the figures of the database are left as they were
        }
        auto took = std::chrono::duration<double>(steady_clock::now() - began).count();
        metrics_.set("orderd_database_up", seen.has_value());
        metrics_.set("orderd_in_flight_requests", live.in_flight);
        metrics_.set("orderd_in_flight_places", live.places);
        metrics_.set("orderd_circuit_open", live.circuit_open);
        metrics_.set("orderd_authenticated", live.authenticated);
        metrics_.set("orderd_requests_per_second_limit", live.requests_per_second);
        auto seconds = [](std::optional<std::chrono::milliseconds> t) {
            return t ? static_cast<double>(t->count()) / 1000 : -1;
        };
        metrics_.set("orderd_token_age_seconds", seconds(live.token_age));
        metrics_.set("orderd_sweep_age_seconds", seconds(live.sweep_age));
        if (seen) {
            std::map<std::string, long> by_state;
            for (auto state = 0; state <= static_cast<int>(order_state::withdrawn); ++state)
                by_state[std::string(name(static_cast<order_state>(state)))] = 0;
            for (auto [state, n] : seen->all.orders) by_state[std::string(name(state))] = n;
            metrics_.set_orders(by_state);
            metrics_.set_batches(seen->open);
            metrics_.set_differences(seen->differences);
            metrics_.set("orderd_oldest_ready_seconds", static_cast<double>(seen->all.oldest_ready_seconds));
            metrics_.set("orderd_oldest_in_doubt_seconds", static_cast<double>(seen->all.oldest_in_doubt_seconds));
            metrics_.set("orderd_instances", static_cast<double>(seen->all.instances.size()));
            metrics_.set("orderd_database_latency_seconds", took);
        }
        auto a = plain(200, metrics_.text());
        a.fields[0].second = "text/plain; version=0.0.4; charset=utf-8";
        co_return a;
    }

    page_request request_of(const http::request& r, const target_parts& at)
    {
        page_request p;
        p.in.japanese = wants_japanese(r, at.query);
        p.in.may_decide = !options_.operator_password.empty();
        p.query = at.query;
        p.live = live_();
        p.latency = latency_table(p.in);
        p.requests_per_second = p.live.requests_per_second;
        return p;
    }

    std::string latency_table(const viewer& in) const
    {
        std::vector<std::vector<std::string>> rows;
        for (const auto& o : metrics_.operations()) {
            char mean[32], high[32];
            std::snprintf(mean, sizeof mean, "%.0f ms", o.mean_seconds * 1000);
            std::snprintf(high, sizeof high, "≤ %.0f ms", o.p95_seconds * 1000);
            rows.push_back({escaped(o.operation), std::to_string(o.requests), std::to_string(o.failed), mean, high});
        }
        if (rows.empty()) return "";
        return html_table({std::string(in("操作", "Operation")), "#" + std::string(in("回数", "Requests")),
                           "#" + std::string(in("失敗", "Failed")), "#" + std::string(in("平均", "Mean")), "#95 %"},
                          rows);
    }

    http::asio::awaitable<answer> page(http::request r, target_parts at)
    {
        auto p = request_of(r, at);
        auto directory = options_.drop_directory;
        const std::string first = at.path.empty() ? "" : at.path[0];
        bool file = first == "batches" && at.path.size() == 3 && (at.path[2] == "result" || at.path[2] == "summary");
        auto make = [p, at, first, directory, file](store::session& s) -> std::optional<std::string> {
            if (first.empty()) return overview_page(s, p);
            if (file) return answer_file_of(s, number_in(at.path[1]), at.path[2], directory);
            if (first == "orders" && at.path.size() == 1) return orders_page(s, p);
            if (first == "batches" && at.path.size() == 2) return batch_page(s, p, number_in(at.path[1]), directory);
            if (first == "order" && at.path.size() == 2) return order_page(s, p, at.path[1]);
            return std::nullopt;
        };
        std::optional<std::string> made;
        bool reached = true;
        try {
            made = co_await database_.run(make);
        } catch (const std::exception&) {
            reached = false;
        }
        if (!reached)
            co_return html(document(p.in, "503",
                                    "<div class=\"alarm\">" +
                                        std::string(p.in(
                                            "データベースに接続できません。処理は保留され、失われるものはありません。",
                                            "The database is away. Everything is kept.")) +
                                        "</div>",
                                    true),
                           503);
        if (!made)
            co_return html(document(p.in, "404",
                                    "<p>" + std::string(p.in("見つかりません。", "There is nothing here.")) + "</p>",
                                    false),
                           404);
        if (file) co_return file_answer(*made);
        auto a = html(std::move(*made));
        if (auto lang = at.query.find("lang"); lang != at.query.end() && (lang->second == "ja" || lang->second == "en"))
            a.fields.emplace_back("Set-Cookie",
                                  "lang=" + lang->second + "; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly");
        co_return a;
    }

    static answer file_answer(const std::string& path)
    {
        constexpr std::uintmax_t largest = 64u << 20;
        std::error_code error;
        auto size = std::filesystem::file_size(path, error);
        if (error) return plain(404, "the file is not there (any more)\n");
        if (size > largest) return plain(413, "the file is too large for this page; it lies at " + path + "\n");
        std::ifstream in(path, std::ios::binary);
        std::stringstream text;
        text << in.rdbuf();
        auto name = std::filesystem::path(path).filename().string();
        auto a = make_answer(200, text.str(), path.ends_with(".csv") ? "text/csv" : "text/plain");
        a.fields.emplace_back("Content-Disposition", "attachment; filename*=UTF-8''" + url_part(name));
        return a;
    }

    http::asio::awaitable<answer> take_decision(http::request r, target_parts at)
    {
        if (options_.operator_password.empty())
            co_return plain(
                403, "this page is read only; set operations.operator_password_file to decide about orders here\n");
        if (!from_our_page(r)) co_return plain(403, "this was not sent from the status page\n");
        auto given = basic_credentials(r);
        if (!given || !same(given->second, options_.operator_password)) {
            if (given) { // nobody tries a thousand passwords a second
                http::asio::steady_timer pause(co_await http::asio::this_coro::executor, std::chrono::seconds(1));
                co_await pause.async_wait(http::asio::use_awaitable);
            }
            auto a = plain(401, "the operator password is needed\n");
            a.fields.emplace_back("WWW-Authenticate", "Basic realm=\"ipoe-orderd\", charset=\"UTF-8\"");
            co_return a;
        }
        auto who = printable(given->first.empty() ? "somebody" : given->first, 60);
        auto question = [at, who](store::session& s) {
            return decide(s, {at.path[0], at.path[1], at.path[2]}, at.query, who);
        };
        decision_outcome outcome;
        try {
            outcome = co_await database_.run(question);
        } catch (const std::exception&) {
            outcome.refused = "the database is away; try again";
        }
        if (!outcome.refused.empty()) co_return plain(409, outcome.refused + "\n");
        auto back = plain(303, "done\n");
        back.fields.emplace_back("Location", outcome.confirm_at.empty() ? "/" + at.path[0] + "/" + url_part(at.path[1])
                                                                        : outcome.confirm_at);
        co_return back;
    }

    operations_options options_;
    store::database& database_;
    prometheus_metrics& metrics_;
    std::function<live_figures()> live_;
};

}

std::unique_ptr<http::server> serve_operations(http::asio::any_io_executor on, operations_options o,
                                               store::database& db, prometheus_metrics& m,
                                               std::function<live_figures()> live)
{
    http::server_options options;
    options.listen = o.listen;
    options.body_limit = 1 << 16;
    auto all = std::make_shared<operations>(std::move(o), db, m, std::move(live));
    return http::serve(on, options, [all](http::request r) { return all->serve(std::move(r)); });
}

}
