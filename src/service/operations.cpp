#include "operations.hpp"
#include "answer_file.hpp"
#include "host_names.hpp"
#include "lock_watch.hpp"
#include "operator_login.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/sites.hpp"
#include "page_answers.hpp"
#include "page_decisions.hpp"
#include "request_errors.hpp"
#include "status_pages.hpp"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url.hpp>
#include <cstdio>
#include <filesystem>

namespace orderd::service {
namespace {

using http::answer;
using std::chrono::steady_clock;

/// As many requests are answered from the database at once; others come again. Nobody who asks for pages all the time
/// takes the database's connections from what else needs them.
constexpr std::size_t most_at_once = 32;

/// How long whoever asks waits for the database.
constexpr std::chrono::seconds patience_of_probes(5), patience_of_readers(10), patience_of_deciders(120);

/// Text that PostgreSQL and a page can hold.
bool readable(const std::string& text) { return valid_utf8(text) && text.find('\0') == text.npos; }

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
    for (auto segment : parsed->segments()) {
        std::string text = segment;
        if (!readable(text)) return std::nullopt;
        if (!text.empty()) out.path.push_back(std::move(text));
    }
    for (auto value : parsed->params()) {
        if (!readable(value.key) || !readable(value.value)) return std::nullopt;
        out.query[value.key] = value.value;
    }
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
    operations(http::asio::any_io_executor on, operations_options o, operations_parts parts)
        : options_(std::move(o)),
          parts_(std::move(parts)),
          names_(options_.host_names, options_.machine),
          errors_(parts_.log),
          login_(std::move(on), options_.operator_password, parts_.log, parts_.metrics)
    {
    }

    http::asio::awaitable<answer> serve(http::request r)
    {
        auto to = addressee_of(r);
        if (!to) co_return plain(400, "one Host is needed, a name or an address\n");
        if (!names_.answers(*to)) co_return misdirected(to->host);
        r.target = to->target;
        auto at = parts_of(r.target);
        if (!at) co_return plain(400, "this is not a path and query in UTF-8\n");
        bool decision = r.method == "POST" && at->path.size() == 3;
        if (!decision && r.method != "GET" && r.method != "HEAD")
            co_return plain(405, "only GET, and POST of decisions\n");
        const auto asked = asked_for(r);
        const std::string first = at->path.empty() ? "" : at->path[0];
        if (first == "healthz") co_return plain(200, "alive\n");
        if (first == "status.css") co_return make_answer(200, std::string(page_style), "text/css; charset=utf-8");
        if (first == "status.js")
            co_return make_answer(200, std::string(page_script), "text/javascript; charset=utf-8");
        if (busy(first == "readyz")) co_return later(503, "too many requests at once; come again in a moment\n", 1);
        counted here(at_once_);
        if (first == "readyz") co_return co_await readiness(asked);
        if (decision) co_return co_await take_decision(std::move(r), *at);
        if (first == "metrics") co_return co_await metrics(asked);
        co_return co_await page(std::move(r), *at);
    }

private:
    struct counted {
        std::size_t& count;
        explicit counted(std::size_t& c) : count(++c) {}
        ~counted() { --count; }
    };

    /// Half of the connections may wait for the database, and a quarter more with probes: others still get in.
    bool busy(bool probe) const
    {
        auto most = std::min(most_at_once, options_.connections / 2);
        return at_once_ >= most + (probe ? options_.connections / 4 : 0);
    }

    answer misdirected(const std::string& host)
    {
        if (auto times = strangers_.happened())
            parts_.log.warning("the status page was asked for by a name that is not its own; if it is, add it to "
                               "operations.host_names",
                               {{"host", host}, {"times", times}});
        return plain(421, "this server does not answer to the name " + shown(host, 253) +
                              "; if that is its name, add it to operations.host_names\n");
    }

    /// What was asked for, as the log may tell it: no query, which may hold what people search for.
    static std::string asked_for(const http::request& r)
    {
        return r.method + " " + r.target.substr(0, r.target.find('?'));
    }

    /// What the database says to `question`, which outlives this. An error is told with what was asked.
    template <class F>
    http::asio::awaitable<told<std::invoke_result_t<F&, store::session&>>>
    ask(store::database& of, std::chrono::seconds patience, std::string asked, F& question)
    {
        told<std::invoke_result_t<F&, store::session&>> out;
        try {
            out.value = co_await of.run_within(patience, question);
        } catch (const store::unavailable&) { // whoever needs the database says that it is
            out.error =
                parts_.log.troubles().has(lock_trouble) ? trouble::database_locked : trouble::database_unavailable;
        } catch (const store::statement_failed& e) {
            if (!e.locked()) errors_.note(asked, e.what());
            out.error = e.locked() ? trouble::database_locked : trouble::internal;
        } catch (const std::exception& e) {
            errors_.note(asked, e.what());
            out.error = trouble::internal;
        }
        co_return out;
    }

    http::asio::awaitable<answer> readiness(std::string asked)
    {
        auto reachable = [](store::session& s) { return store::reachable(s); };
        auto seen = co_await ask(parts_.probes, patience_of_probes, asked, reachable);
        auto live = parts_.live();
        bool usable = seen.value && live.leased; // it may answer, and take nothing
        const char* database = usable ? "ok" : seen.value || seen.error == trouble::internal ? "error" : "away";
        auto text = std::string("database ") + database + "\ntoken " + (live.authenticated ? "ok" : "missing") + "\n";
        constexpr std::chrono::seconds for_a_while(15);
        auto refused = parts_.log.troubles().lasting(store::refused_by_the_database, for_a_while, steady_clock::now());
        for (const auto& duty : refused) text += duty.name.what + " " + duty.name.state + ": " + duty.why + "\n";
        co_return plain(usable && live.authenticated && refused.empty() ? 200 : 503, text);
    }

    http::asio::awaitable<answer> metrics(std::string asked)
    {
        auto live = parts_.live();
        auto began = steady_clock::now();
        struct seen_now {
            store::overview all;
            std::vector<store::batch_overview> open;
            std::vector<std::pair<std::string, long>> differences;
        };
        auto look = [](store::session& s) {
            store::batch_choice open;
            open.open = true;
            return std::optional(
                seen_now{store::read_overview(s), store::batch_overviews(s, open), store::counted_differences(s)});
        };
        auto looked = co_await ask(parts_.probes, patience_of_probes, asked, look);
        auto seen = looked.value.value_or(std::nullopt); // nothing: the figures are left as they were
        auto took = std::chrono::duration<double>(steady_clock::now() - began).count();
        parts_.metrics.set("orderd_database_up", seen.has_value());
        parts_.metrics.set("orderd_waits_for_lock", parts_.log.troubles().has(lock_trouble));
        parts_.metrics.set("orderd_in_flight_requests", live.in_flight);
        parts_.metrics.set("orderd_in_flight_places", live.places);
        parts_.metrics.set("orderd_circuit_open", live.circuit_open);
        parts_.metrics.set("orderd_authenticated", live.authenticated);
        parts_.metrics.set("orderd_requests_per_second_limit", live.requests_per_second);
        auto seconds = [](std::optional<std::chrono::milliseconds> t) {
            return t ? static_cast<double>(t->count()) / 1000 : -1;
        };
        parts_.metrics.set("orderd_token_age_seconds", seconds(live.token_age));
        parts_.metrics.set("orderd_sweep_age_seconds", seconds(live.sweep_age));
        if (seen) {
            std::map<std::string, long> by_state;
            for (auto state = 0; state <= static_cast<int>(order_state::withdrawn); ++state)
                by_state[std::string(name(static_cast<order_state>(state)))] = 0;
            for (auto [state, n] : seen->all.orders) by_state[std::string(name(state))] = n;
            parts_.metrics.set_orders(by_state);
            parts_.metrics.set_batches(seen->open);
            parts_.metrics.set_differences(seen->differences);
            parts_.metrics.set("orderd_paused_seconds", static_cast<double>(seen->all.paused_ms) / 1000);
            parts_.metrics.set("orderd_oldest_ready_seconds", static_cast<double>(seen->all.oldest_ready_seconds));
            parts_.metrics.set("orderd_oldest_in_doubt_seconds",
                               static_cast<double>(seen->all.oldest_in_doubt_seconds));
            parts_.metrics.set("orderd_instances", static_cast<double>(seen->all.instances.size()));
            parts_.metrics.set("orderd_database_latency_seconds", took);
        }
        auto a = plain(200, parts_.metrics.text());
        a.fields[0].second = "text/plain; version=0.0.4; charset=utf-8";
        co_return a;
    }

    page_request request_of(const http::request& r, const target_parts& at)
    {
        page_request p;
        p.in.japanese = wants_japanese(r, at.query);
        p.in.may_decide = !options_.operator_password.empty();
        p.query = at.query;
        p.live = parts_.live();
        p.latency = latency_table(p.in);
        p.requests_per_second = p.live.requests_per_second;
        return p;
    }

    std::string latency_table(const viewer& in) const
    {
        std::vector<std::vector<std::string>> rows;
        for (const auto& o : parts_.metrics.operations()) {
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
        const auto asked = asked_for(r);
        auto answered = co_await ask(parts_.database, patience_of_readers, asked, make);
        if (!answered.value) co_return apology(p.in, answered.error);
        auto made = std::move(*answered.value);
        if (!made)
            co_return html(document(p.in, "404",
                                    "<p>" + std::string(p.in("見つかりません。", "There is nothing here.")) + "</p>",
                                    false),
                           404);
        if (file) co_return co_await file_answer(*made, asked);
        auto a = html(std::move(*made));
        if (auto lang = at.query.find("lang"); lang != at.query.end() && (lang->second == "ja" || lang->second == "en"))
            a.fields.emplace_back("Set-Cookie",
                                  "lang=" + lang->second + "; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly");
        co_return a;
    }

    answer apology(const viewer& in, trouble what)
    {
        auto [status, text] = words_of(what, in);
        std::string body = "<div class=\"alarm\">" + std::string(text) + "</div>";
        if (what == trouble::database_locked)
            for (const auto& t : parts_.log.troubles().all())
                if (t.name == lock_trouble) body += "<p>" + escaped(t.why) + "</p>";
        return html(document(in, std::to_string(status), body, status == 503), status);
    }
    static std::pair<int, std::string_view> words_of(trouble what, const viewer& in)
    {
        switch (what) {
        case trouble::database_unavailable:
            return {503, in("データベースに接続できません。処理は保留され、失われるものはありません。",
                            "The database is unavailable. Nothing is lost.")};
        case trouble::database_locked:
            return {503, in("データベースのロックを他のセッションが保持しているため、表示できません。失われるものはあり"
                            "ません。",
                            "Another session holds a lock in the database, so this cannot be shown. Nothing is lost.")};
        default:
            return {500, in("内部エラーが発生しました。詳細はデーモンのログにあります。",
                            "Internal error. The daemon's log tells more.")};
        }
    }

    http::asio::awaitable<answer> file_answer(std::string path, std::string asked)
    {
        auto opened = co_await open_download(parts_.files, path);
        if (auto* none = std::get_if<no_file>(&opened)) {
            if (none->trouble == file_trouble::absent) co_return plain(404, "the file is not there (any more)\n");
            if (none->trouble == file_trouble::too_large)
                co_return plain(413, "the file is too large for this page; it lies at " + path + "\n");
            errors_.note(asked, path + ": " + none->why);
            co_return plain(500, "the file cannot be read; the daemon's log tells more\n");
        }
        auto name = std::filesystem::path(path).filename().string();
        auto a = make_answer(200, "", path.ends_with(".csv") ? "text/csv" : "text/plain");
        a.pieces = std::get<std::shared_ptr<http::body_source>>(std::move(opened));
        a.fields.emplace_back("Content-Disposition", "attachment; filename*=UTF-8''" + url_part(name));
        co_return a;
    }

    http::asio::awaitable<answer> take_decision(http::request r, target_parts at)
    {
        if (options_.operator_password.empty())
            co_return plain(
                403, "this page is read only; set operations.operator_password_file to decide about orders here\n");
        if (!from_our_page(r)) co_return plain(403, "this was not sent from the status page\n");
        auto given = basic_credentials(r);
        if (!given) co_return password_needed();
        auto verdict = co_await login_.compare(r.client, given->password);
        if (verdict.is == operator_login::verdict::come_again)
            co_return later(429, "too many wrong passwords; come again later\n", verdict.seconds);
        if (verdict.is == operator_login::verdict::wrong) co_return password_needed();
        auto who = printable(trimmed(given->name), 60);
        if (who.empty()) co_return password_needed(); // a decision has a name
        auto question = [at, who](store::session& s) {
            return decide(s, {at.path[0], at.path[1], at.path[2]}, at.query, who);
        };
        const auto asked = asked_for(r);
        auto decided = co_await ask(parts_.database, patience_of_deciders, asked, question);
        if (!decided.value && decided.error == trouble::database_locked)
            co_return plain(503, "another session holds a lock in the database; nothing was done, try again\n");
        if (!decided.value && decided.error == trouble::database_unavailable)
            co_return plain(503, "the database is unavailable; look whether it was done before trying again\n");
        if (!decided.value) co_return plain(500, "internal error; the daemon's log tells more\n");
        const auto& outcome = *decided.value;
        if (!outcome.refused.empty()) co_return plain(409, outcome.refused + "\n");
        auto back = plain(303, "done\n");
        back.fields.emplace_back("Location", outcome.confirm_at.empty() ? "/" + at.path[0] + "/" + url_part(at.path[1])
                                                                        : outcome.confirm_at);
        co_return back;
    }

    static answer password_needed()
    {
        auto a = plain(401, "a name and the operator password are needed\n");
        a.fields.emplace_back("WWW-Authenticate", "Basic realm=\"ipoe-orderd\", charset=\"UTF-8\"");
        return a;
    }

    operations_options options_;
    operations_parts parts_;
    host_names names_;
    repeated_notice strangers_{std::chrono::minutes(10)};
    request_errors errors_;
    operator_login login_;
    std::size_t at_once_ = 0;
};

/// A person's browser and a probe need a fraction of each.
http::server_limits page_limits(std::size_t connections)
{
    using namespace std::chrono_literals;
    http::server_limits l;
    l.handshake = l.head = 10s;
    l.body = l.taking = 30s;
    l.idle = 60s;
    l.head_size = l.body_size = 16u << 10;
    l.connections = connections;
    l.from_one_address = 32;
    return l;
}

}

std::unique_ptr<http::server> serve_operations(http::asio::any_io_executor on, operations_options o,
                                               operations_parts parts)
{
    http::server_options options;
    options.listen = o.listen;
    options.limits = page_limits(o.connections);
    options.log = &parts.log;
    options.name = "the status page";
    auto all = std::make_shared<operations>(on, std::move(o), std::move(parts));
    return http::serve(on, options, [all](http::request r) { return all->serve(std::move(r)); });
}

}
