#include "orderd/core/column.hpp"
#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"
#include "orderd/submission/resolution.hpp"
#include "resolve_page.hpp"
#include "status_pages.hpp"

#include <boost/json.hpp>
#include <utility>

namespace orderd::service {
namespace {

constexpr int orders_a_page = 100;

std::string orders_table(const viewer& in, const store::table& found)
{
    // id, request_key, batch, row, state, line_id, customer_site_code, order_code, attempts, error_code,
    // customer_site_name
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : found.rows) {
        auto text = [&](std::size_t i) { return row[i].value_or(""); };
        auto state = order_state_from(text(4));
        rows.push_back({link("/order/" + text(0), "#" + text(0)), link("/order/" + text(0), text(1)),
                        state ? state_word(in, *state) : escaped(text(4)), escaped(text(10)), escaped(text(5)),
                        escaped(text(6)), escaped(text(7)), escaped(text(9)), escaped(text(2)), escaped(text(3))});
    }
    return html_table({std::string(in("番号", "Number")), std::string(in("管理番号", "Key")),
                       std::string(in("状態", "State")), std::string(in("拠点名", "Site")),
                       std::string(in("回線ID", "Line")), std::string(in("保守番号", "Site code")),
                       std::string(in("オーダー番号", "Order code")), std::string(in("エラー", "Error")),
                       std::string(in("バッチ", "Batch")), "#" + std::string(in("行", "Row"))},
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
    // at, from_state, to_state, event, why, attempt, http_status, request_id, errors, raw, instance_id, operator,
    // evidence
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
        if (e[12])
            out += "<pre class=\"said\">" + escaped(submission::evidence_words(text(12), in.japanese)) + "</pre>";
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
                      std::string(in(ja, en)) + ": #" + std::to_string(order.id.value) + " " + order.request_key + "?");
    };
    action("hold", order_event::hold_asked, "保留する", "Hold");
    action("release", order_event::release_asked, "保留を解除", "Release");
    action("retry", order_event::retry_asked, "再送する", "Retry");
    action("withdraw", order_event::withdraw_asked, "取り下げる", "Withdraw");
    return out;
}

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

namespace {

/// For a word that fits more than one order: which of them is meant is the viewer's to say.
std::string several_orders_page(store::session& s, const viewer& in, const std::string& word,
                                const std::vector<store::found_order>& found)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : store::names_of_orders(s, found).rows) {
        // id, request_key, batch, state, customer_site_name
        auto text = [&](std::size_t i) { return row[i].value_or(""); };
        auto state = order_state_from(text(3));
        rows.push_back({link("/order/" + text(0), "#" + text(0)), escaped(text(1)), escaped(text(2)),
                        state ? state_word(in, *state) : escaped(text(3)), escaped(text(4))});
    }
    return document(in, word,
                    "<h1>" + escaped(word) + "</h1><p>" +
                        std::string(in("該当するオーダが複数あります。番号を選んでください。",
                                       "This may be several orders; choose one by its number.")) +
                        "</p>" +
                        html_table({std::string(in("番号", "Number")), std::string(in("管理番号", "Key")),
                                    std::string(in("バッチ", "Batch")), std::string(in("状態", "State")),
                                    std::string(in("拠点名", "Site"))},
                                   rows),
                    false);
}

}

std::optional<std::string> order_page(store::session& s, const page_request& r, const std::string& word)
{
    const auto& in = r.in;
    bool digits = !word.empty() && word.find_first_not_of("0123456789") == word.npos && word.front() != '0';
    auto found = store::find_orders(s, digits ? "#" + word : word);
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) return several_orders_page(s, in, word, found);
    const auto* order = &found.front();
    auto line = store::order_line(s, order->id);
    std::string out = "<h1>#" + std::to_string(order->id.value) + " " + escaped(order->request_key) + " " +
                      state_word(in, order->state) + "</h1><p>" + order_buttons(in, *order) + "</p>";
    out += resolve_section(s, r, *order);
    out += "<dl>";
    for (std::size_t i = 0; i < line.columns.size(); ++i)
        if (const auto& value = line.rows[0][i]; value && *value != "[]" && !value->empty())
            out += "<dt>" + escaped(column_word(in, line.columns[i])) + "</dt><dd>" +
                   escaped((line.columns[i] == "id" ? "#" : "") + shown_value(in, line.columns[i], *value)) + "</dd>";
    out += "</dl><h2>" + std::string(in("経過", "Story")) + "</h2>" + story(in, store::order_events(s, order->id));
    return document(in, order->request_key, out, true);
}

}
