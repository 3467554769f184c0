#include "operations.hpp"
#include "orderd/store/inspect.hpp"

namespace orderd::service {
namespace {

using http::answer;

answer plain(int status, std::string text, std::string type = "text/plain; charset=utf-8")
{
    answer a;
    a.status = status;
    a.fields = {{"Content-Type", std::move(type)},
                {"Cache-Control", "no-store"},
                {"X-Content-Type-Options", "nosniff"},
                {"X-Frame-Options", "DENY"},
                {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"},
                {"Referrer-Policy", "no-referrer"}};
    a.body = std::move(text);
    return a;
}

std::string escaped(std::string_view text)
{
    std::string out;
    for (char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

/// What the page and the gauges are made of, read in one go.
struct snapshot {
    std::vector<store::state_count> states;
    store::table batches;
    long oldest_ready = 0;
};

snapshot read(store::session& s)
{
    return {store::count_states(s, std::nullopt), store::batch_list(s, std::nullopt, 50),
            store::oldest_ready_seconds(s)};
}

std::string page(const snapshot& seen)
{
    std::string out =
        "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\"><title>ipoe-orderd</title><style>"
        "body{font:15px system-ui,sans-serif;margin:2em;color:#222}table{border-collapse:collapse;margin:1em 0}"
        "th,td{padding:.35em .8em;border-bottom:1px solid #ddd;text-align:left}td.n{text-align:right}</style>"
        "<h1>ipoe-orderd</h1><h2>オーダ / Orders</h2><table><tr><th>状態 / state<th>件数 / orders</tr>";
    for (const auto& s : seen.states)
        out += "<tr><td>" + std::string(japanese_name(s.state)) + " / " + std::string(name(s.state)) + "<td class=n>" +
               std::to_string(s.count) + "</tr>";
    out += "</table><h2>バッチ / Batches</h2><table><tr>";
    for (const auto& column : seen.batches.columns) out += "<th>" + escaped(column);
    out += "</tr>";
    for (const auto& row : seen.batches.rows) {
        out += "<tr>";
        for (const auto& cell : row) out += "<td>" + escaped(cell.value_or(""));
        out += "</tr>";
    }
    return out + "</table></html>";
}

http::asio::awaitable<answer> serve_one(http::request r, store::database& db, prometheus_metrics& m,
                                        std::function<live_figures()> figures)
{
    auto path = r.target.substr(0, r.target.find('?'));
    if (r.method != "GET" && r.method != "HEAD") co_return plain(405, "only GET\n");
    if (path == "/healthz") co_return plain(200, "alive\n");
    if (path != "/readyz" && path != "/metrics" && path != "/")
        co_return plain(404, "there are /, /healthz, /readyz and /metrics\n");

    auto live = figures();
    std::optional<snapshot> seen;
    try {
        seen = co_await db.run([](store::session& s) { return read(s); });
    } catch (const std::exception&) {
    }
    if (path == "/readyz") {
        std::string text = std::string("database ") + (seen ? "ok" : "away") + "\ntoken " +
                           (live.authenticated ? "ok" : "missing") + "\n";
        co_return plain(seen && live.authenticated ? 200 : 503, text);
    }
    if (path == "/")
        co_return seen ? plain(200, page(*seen), "text/html; charset=utf-8") : plain(503, "the database is away\n");
    m.set("orderd_in_flight_requests", live.in_flight);
    m.set("orderd_circuit_open", live.circuit_open);
    m.set("orderd_authenticated", live.authenticated);
    if (seen) {
        std::map<std::string, long> by_state;
        for (auto state = 0; state <= static_cast<int>(order_state::withdrawn); ++state)
            by_state[std::string(name(static_cast<order_state>(state)))] = 0;
        for (const auto& s : seen->states) by_state[std::string(name(s.state))] = s.count;
        m.set_orders(by_state);
        m.set("orderd_oldest_ready_seconds", static_cast<double>(seen->oldest_ready));
    }
    co_return plain(200, m.text(), "text/plain; version=0.0.4; charset=utf-8");
}

}

std::unique_ptr<http::server> serve_operations(http::asio::any_io_executor on, const std::string& listen,
                                               store::database& db, prometheus_metrics& m,
                                               std::function<live_figures()> figures)
{
    http::server_options options;
    options.listen = listen;
    options.body_limit = 1 << 16;
    return http::serve(on, options,
                       [&db, &m, figures](http::request r) { return serve_one(std::move(r), db, m, figures); });
}

}
