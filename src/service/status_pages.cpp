#include "status_pages.hpp"
#include "orderd/core/column.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"
#include "orderd/service/estimate.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <utility>

namespace orderd::service {
namespace {

constexpr int orders_a_page = 100;

std::string value_of(const query_values& query, const std::string& name)
{
    auto at = query.find(name);
    return at == query.end() ? "" : at->second;
}

std::string batch_href(std::int64_t id) { return "/batches/" + std::to_string(id); }

std::string yen(long amount) { return "¥" + grouped(amount); }

std::string tile(const viewer& in, order_state state, long count)
{
    return "<a class=\"tile\" href=\"/orders?state=" + std::string(name(state)) + "\">" + state_word(in, state) +
           "<b>" + grouped(count) + "</b></a>";
}

std::string batches_table(const viewer& in, const std::vector<store::batch_overview>& batches)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& b : batches) {
        auto taken = store::all_orders(b.orders), done = store::ended(b.orders);
        rows.push_back(
            {link(batch_href(b.id.value), b.name) +
                 (b.paused ? " <span class=\"state held\">" + std::string(in("一時停止中", "paused")) + "</span>" : ""),
             escaped(b.received_at), progress_bar_of(in, b.orders), grouped(taken),
             std::to_string(taken ? done * 100 / taken : 100) + " %", grouped(b.rows_rejected),
             grouped(b.rows_duplicate), yen(b.purchase_price), yen(b.monthly_price)});
    }
    return html_table({std::string(in("バッチ", "Batch")), std::string(in("受付", "Received")),
                       std::string(in("進捗", "Progress")), "#" + std::string(in("オーダ", "Orders")),
                       "#" + std::string(in("終了", "Ended")), "#" + std::string(in("入力エラー", "Rejected")),
                       "#" + std::string(in("重複", "Duplicate")), "#" + std::string(in("初期費用", "Once")),
                       "#" + std::string(in("月額", "Monthly"))},
                      rows);
}

std::string causes_table(const viewer& in, const std::vector<store::cause>& causes, const std::string& batch)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& c : causes) {
        std::string states;
        for (auto [state, n] : c.orders) states += state_word(in, state) + " " + grouped(n) + " ";
        auto href = "/orders?error=" + url_part(c.code) + (batch.empty() ? "" : "&batch=" + url_part(batch));
        rows.push_back({c.code.empty() ? "–" : link(href, c.code), escaped(printable(c.message, 400)), states,
                        link("/order/" + url_part(c.example_key), c.example_key)});
    }
    return html_table({std::string(in("原因", "Cause")),
                       std::string(in("提供元のメッセージ", "In the provider's words")),
                       std::string(in("件数", "Orders")), std::string(in("例", "Example"))},
                      rows);
}

std::string alarms(const page_request& r, const store::overview& o)
{
    const auto& in = r.in;
    std::string out;
    if (o.circuit != "closed")
        out += "<div class=\"alarm\"><b>" +
               std::string(o.circuit == "open"
                               ? in("提供元が不調のため送信を止めています", "Sending is off: the provider is unwell")
                               : in("送信を止めています。対応が必要です", "Sending is off: a person is needed")) +
               "</b><br>" + escaped(printable(o.circuit_why, 400)) + "<br>" +
               std::string(in("次の確認まで ", "Next try in ")) +
               duration_words(o.circuit_probe_ms / 1000, in.japanese) + "</div>";
    if (!r.live.authenticated)
        out += "<div class=\"note\">" +
               std::string(in("アクセストークンがありません", "There is no access token at the moment")) + "</div>";
    if (o.restored)
        out += "<div class=\"note\">" +
               std::string(in("バックアップから復元されたため、送信前に提供元を検索しています",
                              "Restored from a backup: every order is searched for before it is sent")) +
               "</div>";
    auto doubt = o.orders.find(order_state::in_doubt);
    if (doubt != o.orders.end() && doubt->second)
        out += "<div class=\"note\">" + grouped(doubt->second) + " " +
               std::string(in("件を提供元に確認中（最長 ", "orders in doubt are being searched for (the oldest for ")) +
               duration_words(o.oldest_in_doubt_seconds, in.japanese) + std::string(in("）", ")")) + "</div>";
    return out;
}

std::string facts(const page_request& r, const store::overview& o)
{
    const auto& in = r.in;
    std::string out = "<dl>";
    auto fact = [&](std::string_view what, const std::string& text) {
        out += "<dt>" + std::string(what) + "</dt><dd>" + escaped(text) + "</dd>";
    };
    char pace[64];
    std::snprintf(pace, sizeof pace, "%.1f / min", o.accepted_per_minute);
    fact(in("回答（直近10分）", "Answered (last 10 min)"), pace);
    std::snprintf(pace, sizeof pace, "%.1f / min", o.ended_per_minute);
    fact(in("終了（直近10分）", "Ended (last 10 min)"), pace);
    if (auto left = estimate(o, r.requests_per_second, in.japanese)) fact(in("送信の残り", "To send"), *left);
    if (o.oldest_ready_seconds > 0)
        fact(in("最も古い送信待ち", "Oldest waiting"), duration_words(o.oldest_ready_seconds, in.japanese));
    fact(in("送信中", "On the wire"), std::to_string(r.live.in_flight) + " / " + std::to_string(r.live.places));
    if (r.live.sweep_age)
        fact(in("最後の状況確認", "Last sweep"),
             duration_words(r.live.sweep_age->count() / 1000, in.japanese) + std::string(in("前", " ago")));
    for (const auto& i : o.instances)
        fact(in("デーモン", "Daemon"),
             i.name + ", " + i.started_at +
                 (i.silent_ms > 10'000 ? " (silent " + duration_words(i.silent_ms / 1000) + ")" : ""));
    return out + "</dl>";
}

std::string orders_table(const viewer& in, const store::table& found)
{
    // id, request_key, batch, row, state, line_id, customer_site_code, order_code, attempts, error_code,
    // customer_site_name
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : found.rows) {
        auto text = [&](std::size_t i) { return row[i].value_or(""); };
        auto state = order_state_from(text(4));
        rows.push_back({link("/order/" + text(0), text(1)), state ? state_word(in, *state) : escaped(text(4)),
                        escaped(text(10)), escaped(text(5)), escaped(text(6)), escaped(text(7)), escaped(text(9)),
                        escaped(text(2)), escaped(text(3))});
    }
    return html_table({std::string(in("管理番号", "Key")), std::string(in("状態", "State")),
                       std::string(in("拠点名", "Site")), std::string(in("回線ID", "Line")),
                       std::string(in("保守番号", "Site code")), std::string(in("オーダー番号", "Order code")),
                       std::string(in("エラー", "Error")), std::string(in("バッチ", "Batch")),
                       "#" + std::string(in("行", "Row"))},
                      rows);
}

store::order_filter filter_from(const query_values& query)
{
    store::order_filter f;
    auto take = [&](const std::string& name, std::optional<std::string>& to) {
        if (auto value = value_of(query, name); !value.empty() && value.size() < 300 && valid_utf8(value)) to = value;
    };
    take("state", f.state);
    if (f.state && !order_state_from(*f.state)) f.state.reset();
    take("batch", f.batch);
    take("line", f.line_id);
    take("site", f.customer_site_code);
    take("error", f.error_code);
    take("text", f.text);
    if (auto before = value_of(query, "before");
        !before.empty() && before.size() < 18 && before.find_first_not_of("0123456789") == before.npos)
        f.before = std::stoll(before);
    f.limit = orders_a_page;
    return f;
}

std::string filter_form(const viewer& in, const query_values& query)
{
    std::string out =
        "<form class=\"filter\" method=\"get\" action=\"/orders\"><select name=\"state\"><option value=\"\">" +
        std::string(in("すべての状態", "any state")) + "</option>";
    for (int i = 0; i <= static_cast<int>(order_state::withdrawn); ++i) {
        auto state = static_cast<order_state>(i);
        out += "<option value=\"" + std::string(name(state)) + "\"" +
               (value_of(query, "state") == name(state) ? " selected" : "") + ">" +
               std::string(in(japanese_name(state), name(state))) + "</option>";
    }
    out += "</select>";
    for (auto [field, ja, en] :
         {std::tuple{"batch", "バッチ", "batch"}, std::tuple{"line", "回線ID", "line"},
          std::tuple{"site", "保守番号", "site code"}, std::tuple{"error", "エラーコード", "error code"},
          std::tuple{"text", "拠点名・案件名の一部", "part of a name"}})
        out += "<input name=\"" + std::string(field) + "\" placeholder=\"" + std::string(in(ja, en)) + "\" value=\"" +
               escaped(value_of(query, field)) + "\">";
    return out + "<button>" + std::string(in("検索", "Search")) + "</button></form>";
}

/// What the provider said, from the JSON of an event.
std::string said(const std::string& errors)
{
    boost::system::error_code broken;
    auto parsed = boost::json::parse(errors, broken);
    if (broken || !parsed.is_array()) return errors;
    std::string out;
    for (const auto& e : parsed.as_array()) {
        if (!e.is_object()) continue;
        std::string before;
        for (auto member : {"errorCode", "errorMessage", "developerMessage", "moreInfo"})
            if (const auto* v = e.as_object().if_contains(member);
                v && v->is_string() && !v->as_string().empty() &&
                std::exchange(before, std::string(v->as_string())) != v->as_string())
                out += (out.empty() || out.ends_with('\n') ? "" : " ") + std::string(v->as_string());
        out += "\n";
    }
    return out;
}

std::string story(const viewer& in, const store::table& events)
{
    // at, from_state, to_state, event, why, attempt, http_status, request_id, errors, raw, instance_id, operator
    std::string out = "<ol class=\"story\">";
    for (const auto& e : events.rows) {
        auto text = [&](std::size_t i) { return e[i].value_or(""); };
        auto to = order_state_from(text(2));
        out += "<li><time>" + escaped(text(0)) + "</time> " + (to ? state_word(in, *to) : escaped(text(2))) +
               " <span class=\"soft\">" + escaped(text(3));
        if (e[5]) out += " · " + std::string(in("送信 ", "attempt ")) + escaped(text(5));
        if (e[6]) out += " · HTTP " + escaped(text(6));
        if (e[7]) out += " · requestId " + escaped(text(7));
        if (e[11]) out += " · " + escaped(text(11));
        out += "</span>";
        if (e[4]) out += "<br>" + escaped(text(4));
        if (e[8]) out += "<br><span class=\"said\">" + escaped(said(text(8))) + "</span>";
        if (e[9]) out += "<br><span class=\"said\">" + escaped(printable(text(9), 1000)) + "</span>";
        out += "</li>";
    }
    return out + "</ol>";
}

/// What a column of an order is called in the viewer's language.
std::string column_word(const viewer& in, const std::string& column)
{
    static const std::map<std::string, std::string> japanese{{"id", "番号"},
                                                             {"batch", "バッチ"},
                                                             {"row", "行"},
                                                             {"state", "状態"},
                                                             {"natural_key", "照合キー"},
                                                             {"product_codes", "商品コード"},
                                                             {"order_code", "オーダー番号"},
                                                             {"provider_status", "提供元ステータス"},
                                                             {"error_code", "エラーコード"},
                                                             {"error_message", "エラー内容"},
                                                             {"attempts", "送信回数"},
                                                             {"application_date", "申込日"},
                                                             {"hope_to_start_at", "開通希望日"},
                                                             {"hope_to_end_at", "廃止希望日"},
                                                             {"global_ip", "グローバルIP"},
                                                             {"purchase_price", "初期費用（円）"},
                                                             {"monthly_price", "月額費用（円）"},
                                                             {"findings", "指摘"},
                                                             {"not_before", "送信可能日時"},
                                                             {"received_at", "受付日時"},
                                                             {"submitted_at", "送信日時"},
                                                             {"accepted_at", "提供元受付日時"},
                                                             {"finished_at", "終了日時"}};
    if (!in.japanese) return column;
    if (auto at = japanese.find(column); at != japanese.end()) return at->second;
    auto known = column_from_header(column);
    return known ? std::string(info(*known).japanese) : column;
}

std::string shown_value(const viewer& in, const std::string& column, const std::string& value)
{
    if (column.ends_with("_at") && value.size() > 19 && value[10] == ' ') return value.substr(0, 19);
    if (column == "not_before") return value.substr(0, 19);
    if (auto state = order_state_from(value); column == "state" && state)
        return std::string(in(japanese_name(*state), value));
    if (column == "order_type" && value.size() == 1 && value[0] >= '1' && value[0] <= '3') {
        auto type = static_cast<order_type>(value[0] - '0');
        return std::string(in(japanese_name(type), name(type)));
    }
    if (column != "findings") return printable(value, 2000);
    boost::system::error_code broken;
    auto parsed = boost::json::parse(value, broken);
    if (broken || !parsed.is_array()) return printable(value, 2000);
    std::string out;
    for (const auto& f : parsed.as_array())
        if (const auto* text =
                f.is_object() ? f.as_object().if_contains(in.japanese ? "message_ja" : "message_en") : nullptr;
            text && text->is_string())
            out += (out.empty() ? "" : " / ") + std::string(text->as_string());
    return printable(out, 2000);
}

std::string order_buttons(const viewer& in, const store::found_order& order)
{
    std::string out;
    auto action = [&](const char* verb, order_event event, std::string_view ja, std::string_view en) {
        bool doubtful = order.must_be_resolved || order.state == order_state::in_doubt;
        if (!next(order.state, event) || doubtful) return;
        out += button(in, "/order/" + std::to_string(order.id.value) + "/" + verb, in(ja, en),
                      std::string(in(ja, en)) + ": " + order.request_key + "?");
    };
    action("hold", order_event::hold_asked, "保留する", "Hold");
    action("release", order_event::release_asked, "保留を解除", "Release");
    action("retry", order_event::retry_asked, "再送する", "Retry");
    action("withdraw", order_event::withdraw_asked, "取り下げる", "Withdraw");
    return out;
}

}

std::string overview_page(store::session& s, const page_request& r)
{
    const auto& in = r.in;
    auto seen = store::read_overview(s);
    auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    std::string out =
        "<h1>" + std::string(in("概況", "Overview")) + "</h1>" + alarms(r, seen) + "<div class=\"tiles\">";
    for (auto [state, n] : seen.orders) out += tile(in, state, n);
    if (seen.orders.empty()) out += std::string(in("まだオーダはありません。", "No orders yet."));
    out += "</div>" + facts(r, seen) + throughput_chart(in, store::throughput_of(s, 60), now);
    store::batch_choice choice;
    choice.limit = 50;
    auto before = value_of(r.query, "before");
    if (!before.empty() && before.size() < 18 && before.find_first_not_of("0123456789") == before.npos)
        choice.before = std::stoll(before);
    auto batches = store::batch_overviews(s, choice);
    out += "<h2>" + std::string(in("バッチ", "Batches")) + "</h2>" + batches_table(in, batches);
    if (batches.size() == 50)
        out += "<p>" +
               link("/?before=" + std::to_string(batches.back().id.value), in("以前のバッチ", "Older batches")) +
               "</p>";
    if (auto causes = store::causes(s, std::nullopt, 15); !causes.empty())
        out += "<h2>" + std::string(in("エラーの原因", "What went wrong")) + "</h2>" + causes_table(in, causes, "");
    if (!r.latency.empty())
        out += "<h2>" + std::string(in("提供元API（このデーモン）", "The provider's API (this daemon)")) + "</h2>" +
               r.latency;
    return document(in, in("概況", "Overview"), out, true);
}

std::optional<std::string> batch_page(store::session& s, const page_request& r, std::int64_t id,
                                      const std::string& directory)
{
    const auto& in = r.in;
    store::batch_choice choice;
    choice.id = id;
    auto found = store::batch_overviews(s, choice);
    if (id <= 0 || found.empty()) return std::nullopt;
    const auto& b = found.front();
    auto taken = store::all_orders(b.orders), done = store::ended(b.orders);
    std::string out = "<h1>" + escaped(b.name) + "</h1>";
    if (b.paused)
        out += "<div class=\"note\">" + std::string(in("一時停止中: ", "Paused: ")) +
               escaped(b.paused_at + ", " + b.paused_by) + "</div>";
    out += "<dl><dt>" + std::string(in("受付", "Received")) + "</dt><dd>" + escaped(b.received_at) +
           (b.file_name.empty() ? "" : ", " + escaped(b.file_name)) + "</dd>";
    out += "<dt>" + std::string(in("行", "Rows")) + "</dt><dd>" + grouped(b.rows_taken) + " " +
           std::string(in("受付、", "taken, ")) + grouped(b.rows_rejected) + " " +
           std::string(in("入力エラー、", "rejected, ")) + grouped(b.rows_duplicate) + " " +
           std::string(in("重複", "had come before")) + "</dd>";
    out += "<dt>" + std::string(in("終了", "Ended")) + "</dt><dd>" + grouped(done) + " / " + grouped(taken) + "</dd>";
    out += "<dt>" + std::string(in("費用", "Cost")) + "</dt><dd>" + std::string(in("初期 ", "once ")) +
           yen(b.purchase_price) + std::string(in("、月額 ", ", a month ")) + yen(b.monthly_price) + "</dd></dl>";
    out += "<div class=\"tiles\">";
    for (auto [state, n] : b.orders)
        out += "<a class=\"tile\" href=\"/orders?state=" + std::string(name(state)) + "&amp;batch=" + url_part(b.name) +
               "\">" + state_word(in, state) + "<b>" + grouped(n) + "</b></a>";
    out += "</div>" + progress_chart(in, store::progress_of(s, b.id));
    if (b.paused)
        out += button(in, batch_href(id) + "/resume", in("再開する", "Resume"),
                      in("このバッチを再開しますか？", "Let this batch go on?"));
    else if (store::open_orders(b.orders) > 0)
        out += button(in, batch_href(id) + "/pause", in("一時停止する", "Pause"),
                      in("このバッチを一時停止しますか？", "Pause this batch?"));
    if (!directory.empty() && b.directory == directory) {
        out += "<p>" + link(batch_href(id) + "/result", b.name + ".result.csv") + " · " +
               link(batch_href(id) + "/summary", b.name + ".summary.txt");
        if (b.rows_rejected > 0)
            out += " · <span class=\"soft\">" + escaped(b.name) + ".rejected.csv " +
                   std::string(in("はアクセスキーを含むため results/ から取得してください",
                                  "holds access keys: take it from results/")) +
                   "</span>";
        out += "</p>";
    }
    if (auto causes = store::causes(s, b.id, 50); !causes.empty())
        out += "<h2>" + std::string(in("エラーの原因", "What went wrong")) + "</h2>" + causes_table(in, causes, b.name);
    if (b.rows_rejected > 0) {
        std::vector<std::vector<std::string>> rows;
        for (const auto& rule : store::rejections_by_rule(s, b.id))
            rows.push_back(
                {escaped(rule.rule), escaped(in.japanese ? rule.message_ja : rule.message_en), grouped(rule.rows)});
        out += "<h2>" + std::string(in("入力エラー", "Rejected rows")) + "</h2>" +
               html_table({std::string(in("規則", "Rule")), std::string(in("例", "For example")),
                           "#" + std::string(in("行数", "Rows"))},
                          rows);
    }
    return document(in, b.name, out, true);
}

std::string orders_page(store::session& s, const page_request& r)
{
    const auto& in = r.in;
    auto filter = filter_from(r.query);
    auto found = store::order_list(s, filter);
    std::string out =
        "<h1>" + std::string(in("オーダ", "Orders")) + "</h1>" + filter_form(in, r.query) + orders_table(in, found);
    if (found.rows.empty())
        out += "<p>" + std::string(in("該当するオーダはありません。", "No order matches.")) + "</p>";
    if (static_cast<int>(found.rows.size()) == orders_a_page) {
        std::string href = "/orders?before=" + found.rows.back()[0].value_or("0");
        for (auto name : {"state", "batch", "line", "site", "error", "text"})
            if (auto value = value_of(r.query, name); !value.empty())
                href += "&" + std::string(name) + "=" + url_part(value);
        out += "<p>" + link(href, in("次の100件", "The next 100")) + "</p>";
    }
    return document(in, in("オーダ", "Orders"), out, false);
}

std::optional<std::string> order_page(store::session& s, const page_request& r, const std::string& word)
{
    const auto& in = r.in;
    auto order = store::find_order(s, word);
    if (!order) return std::nullopt;
    auto line = store::order_line(s, order->id);
    std::string out = "<h1>" + escaped(order->request_key) + " " + state_word(in, order->state) + "</h1><p>" +
                      order_buttons(in, *order) + "</p>";
    if (order->must_be_resolved)
        out += "<div class=\"note\">" +
               std::string(in("提供元に存在する可能性があります。ipoe-orderd orders resolve で判断してください。",
                              "It may exist at the provider; decide with `ipoe-orderd orders resolve`.")) +
               "</div>";
    out += "<dl>";
    for (std::size_t i = 0; i < line.columns.size(); ++i)
        if (const auto& value = line.rows[0][i]; value && *value != "[]" && !value->empty())
            out += "<dt>" + escaped(column_word(in, line.columns[i])) + "</dt><dd>" +
                   escaped(shown_value(in, line.columns[i], *value)) + "</dd>";
    out += "</dl><h2>" + std::string(in("経過", "Story")) + "</h2>" + story(in, store::order_events(s, order->id));
    return document(in, order->request_key, out, true);
}

std::optional<std::string> answer_file_of(store::session& s, std::int64_t id, const std::string& what,
                                          const std::string& directory)
{
    store::batch_choice choice;
    choice.id = id;
    auto found = store::batch_overviews(s, choice);
    if (id <= 0 || found.empty() || directory.empty() || found.front().directory != directory) return std::nullopt;
    const auto& name = found.front().name;
    if (name.find('/') != name.npos || name.find('\0') != name.npos) return std::nullopt;
    auto path =
        std::filesystem::path(directory) / "results" / (name + (what == "result" ? ".result.csv" : ".summary.txt"));
    return path.string();
}

}
