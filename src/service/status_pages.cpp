#include "status_pages.hpp"
#include "orderd/core/money.hpp"
#include "orderd/core/text.hpp"
#include "orderd/service/estimate.hpp"
#include "orderd/store/approvals.hpp"

#include <chrono>
#include <filesystem>

namespace orderd::service {
namespace {

std::string batch_href(std::int64_t id) { return "/batches/" + std::to_string(id); }

std::string yen(long amount) { return "¥" + grouped(amount); }

/// A sum of prices, where all are known.
std::string all_of(const viewer& in, long amount, long unpriced)
{
    return unpriced ? std::string(in("不明", "not known")) : yen(amount);
}

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
             grouped(b.rows_duplicate), all_of(in, b.purchase_price, b.unpriced),
             all_of(in, b.monthly_price, b.unpriced)});
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
                        link("/order/" + std::to_string(c.example.value), c.example_key)});
    }
    return html_table({std::string(in("原因", "Cause")),
                       std::string(in("提供元のメッセージ", "In the provider's words")),
                       std::string(in("件数", "Orders")), std::string(in("例", "Example"))},
                      rows);
}

std::string decisions_of(store::session& s, const viewer& in, batch_id batch)
{
    std::string out;
    for (const auto& row : store::decisions(s, batch).rows) {
        // at, decision, decided_by, orders, first_year_price (empty: not known), why
        auto text = [&](std::size_t i) { return row[i].value_or(""); };
        auto word = text(1) == "approved" ? in("承認: ", "Approved: ") : in("却下: ", "Declined: ");
        out += "<div class=\"note\">" + std::string(word) + escaped(text(2)) + ", " + escaped(text(0)) + ", " +
               escaped(text(3)) + std::string(in("件、初年度 ", " orders, first year ")) +
               (row[4] ? yen(std::stol(text(4))) : std::string(in("不明", "not known"))) +
               (text(5).empty() ? "" : ", " + escaped(text(5))) + "</div>";
    }
    return out;
}

/// What waits for consent, with what it costs, and the buttons that give or refuse it.
std::string approval_form(store::session& s, const viewer& in, const store::batch_overview& b)
{
    if (!b.orders.contains(order_state::awaiting_approval)) return "";
    auto waits = store::awaiting_approval(s, b.name);
    if (!waits) return "";
    auto cost = std::string(in("初期 ", "once ")) + yen(waits->purchase_price) +
                std::string(in("、月額 ", ", a month ")) + yen(waits->monthly_price) +
                std::string(in("、初年度 ", ", first year ")) + yen(waits->first_year_price);
    auto out = "<div class=\"note\"><b>" + std::string(in("承認待ち", "Waits for approval")) +
               "</b>: " + grouped(waits->orders) + std::string(in("件、", " orders, ")) +
               with_unpriced(cost, waits->unpriced, in.japanese);
    if (!waits->brought_by.empty())
        out += "<br>" + std::string(in("依頼者: ", "Brought by: ")) + escaped(store::people(*waits));
    if (!waits->complete()) return out + "<br>" + escaped(store::why_incomplete(*waits, in.japanese)) + "</div>";
    out += "</div>";
    auto seen = "?orders=" + std::to_string(waits->orders) + "&first_year=" + std::to_string(waits->first_year_price) +
                "&shown=" + waits->fingerprint;
    auto href = batch_href(b.id.value);
    return out +
           button(in, href + "/approve" + seen, in("承認する", "Approve"),
                  in("この費用で発注しますか？", "Order at this cost?")) +
           button(in, href + "/decline" + seen, in("却下する", "Decline"),
                  in("すべて取り下げますか？", "Withdraw all of it?"));
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
    if (o.slowed_down())
        out += "<div class=\"note\">" +
               std::string(in("提供元の要求により送信を一時停止しています。再開まで ",
                              "The provider asked to slow down: sending is paused. Again in ")) +
               duration_words(o.paused_ms / 1000, in.japanese) + "</div>";
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
    for (const auto& i : o.instances) {
        for (const auto& t : i.troubles)
            fact(in("障害", "Trouble"), i.name + ": " + t.what + " " + t.state + ", " + t.since + ": " + t.why);
        fact(in("デーモン", "Daemon"),
             i.name + ", " + i.started_at +
                 (i.silent_ms > 10'000 ? " (silent " + duration_words(i.silent_ms / 1000) + ")" : ""));
    }
    return out + "</dl>";
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
    for (const auto& note : b.notes) out += "<div class=\"note\">" + escaped(note) + "</div>";
    out += "<dl><dt>" + std::string(in("受付", "Received")) + "</dt><dd>" + escaped(b.received_at) +
           (b.file_name.empty() ? "" : ", " + escaped(b.file_name)) + "</dd>";
    out += "<dt>" + std::string(in("行", "Rows")) + "</dt><dd>" + grouped(b.rows_taken) + " " +
           std::string(in("受付、", "taken, ")) + grouped(b.rows_rejected) + " " +
           std::string(in("入力エラー、", "rejected, ")) + grouped(b.rows_duplicate) + " " +
           std::string(in("重複", "had come before")) + "</dd>";
    out += "<dt>" + std::string(in("終了", "Ended")) + "</dt><dd>" + grouped(done) + " / " + grouped(taken) + "</dd>";
    out += "<dt>" + std::string(in("費用", "Cost")) + "</dt><dd>" +
           with_unpriced(std::string(in("初期 ", "once ")) + yen(b.purchase_price) +
                             std::string(in("、月額 ", ", a month ")) + yen(b.monthly_price),
                         b.unpriced, in.japanese) +
           "</dd></dl>";
    out += "<div class=\"tiles\">";
    for (auto [state, n] : b.orders)
        out += "<a class=\"tile\" href=\"/orders?state=" + std::string(name(state)) + "&amp;batch=" + url_part(b.name) +
               "\">" + state_word(in, state) + "<b>" + grouped(n) + "</b></a>";
    out += "</div>" + progress_chart(in, store::progress_of(s, b.id));
    out += decisions_of(s, in, b.id) + approval_form(s, in, b);
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
