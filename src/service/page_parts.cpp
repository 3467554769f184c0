#include "page_parts.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/service/estimate.hpp"

#include <algorithm>

namespace orderd::service {

std::string escaped(std::string_view text)
{
    std::string out;
    auto plain = shown_lines(text);
    out.reserve(plain.size());
    for (char c : plain) {
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

std::string url_part(std::string_view text)
{
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (unsigned char c : text) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '.' || c == '_' || c == '~';
        if (plain)
            out += static_cast<char>(c);
        else {
            out += '%';
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    return out;
}

std::string link(const std::string& href, std::string_view text)
{
    return "<a href=\"" + escaped(href) + "\">" + escaped(text) + "</a>";
}

std::string document(const viewer& in, std::string_view title, const std::string& main, bool refreshing)
{
    std::string out = "<!doctype html><html lang=\"";
    out += in("ja", "en");
    out += "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
           "initial-scale=1\"><title>";
    out += escaped(title);
    out += " · ipoe-orderd</title><link rel=\"stylesheet\" href=\"/status.css\"><link rel=\"icon\" href=\"data:,\">";
    if (refreshing) out += "<script src=\"/status.js\" defer></script>";
    out += "</head><body><header><a class=\"home\" href=\"/\">ipoe-orderd</a><nav>";
    out += link("/", in("概況", "Overview")) + link("/orders", in("オーダ", "Orders"));
    out += link("?lang=ja", "日本語") + link("?lang=en", "English");
    out += "</nav></header><main id=\"main\">" + main +
           "</main><footer>ipoe-orderd " ORDERD_VERSION "</footer></body></html>";
    return out;
}

std::string state_word(const viewer& in, order_state state)
{
    return "<span class=\"state " + std::string(name(state)) + "\">" +
           std::string(in(japanese_name(state), name(state))) + "</span>";
}

namespace {

long sum_of(const store::counts& by_state, std::initializer_list<order_state> states)
{
    long sum = 0;
    for (auto state : states)
        if (auto at = by_state.find(state); at != by_state.end()) sum += at->second;
    return sum;
}

/// The four things that can be said of an order from afar.
struct shares {
    long well, otherwise, in_progress, waiting;
    long all() const { return std::max(1L, well + otherwise + in_progress + waiting); }
};

shares shares_of(const store::counts& by_state)
{
    using enum order_state;
    return {sum_of(by_state, {completed}), sum_of(by_state, {failed, cancelled, partially_failed, refused, withdrawn}),
            sum_of(by_state, {accepted, submitting, in_doubt}),
            sum_of(by_state, {received, awaiting_approval, ready, held})};
}

constexpr std::string_view share_classes[] = {"well", "otherwise", "in-progress", "waiting"};

std::string_view share_name(const viewer& in, int n)
{
    switch (n) {
    case 0: return in("完了", "completed");
    case 1: return in("完了以外で終了", "ended otherwise");
    case 2: return in("進行中", "in progress");
    default: return in("待ち", "waiting");
    }
}

std::string tokyo_minute(std::int64_t at)
{
    auto text = to_iso_tokyo(utc_time(std::chrono::seconds(at))).substr(0, 16);
    text[10] = ' ';
    return text;
}

std::string number(double value)
{
    auto text = std::to_string(value);
    return text.substr(0, text.find('.') + 3);
}

}

std::string progress_bar_of(const viewer& in, const store::counts& by_state)
{
    auto s = shares_of(by_state);
    const long parts[] = {s.well, s.otherwise, s.in_progress, s.waiting};
    std::string title,
        out = "<svg class=\"bar\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" role=\"img\"><title>";
    for (int i = 0; i < 4; ++i)
        if (parts[i]) title += (title.empty() ? "" : ", ") + std::string(share_name(in, i)) + " " + grouped(parts[i]);
    out += escaped(title) + "</title>";
    double at = 0;
    for (int i = 0; i < 4; ++i) {
        auto width = 100.0 * static_cast<double>(parts[i]) / static_cast<double>(s.all());
        if (parts[i])
            out += "<rect class=\"" + std::string(share_classes[i]) + "\" x=\"" + number(at) + "\" y=\"0\" width=\"" +
                   number(width) + "\" height=\"6\"/>";
        at += width;
    }
    return out + "</svg>";
}

std::string html_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows)
{
    auto figure = [&](std::size_t i) { return i < head.size() && head[i].starts_with('#') ? " class=\"n\"" : ""; };
    std::string out = "<div class=\"wide\"><table><thead><tr>";
    for (std::size_t i = 0; i < head.size(); ++i)
        out += "<th scope=\"col\"" + std::string(figure(i)) + ">" + head[i].substr(head[i].starts_with('#') ? 1 : 0) +
               "</th>";
    out += "</tr></thead><tbody>";
    for (const auto& row : rows) {
        out += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i) out += "<td" + std::string(figure(i)) + ">" + row[i] + "</td>";
        out += "</tr>";
    }
    return out + "</tbody></table></div>";
}

std::string button(const viewer& in, const std::string& action, std::string_view text, std::string_view question)
{
    if (!in.may_decide) return "";
    return "<form method=\"post\" action=\"" + escaped(action) + "\" data-question=\"" + escaped(question) +
           "\"><button>" + escaped(text) + "</button></form>";
}

std::string progress_chart(const viewer& in, std::vector<store::progress_point> points)
{
    if (points.empty()) return "";
    points.insert(points.begin(), {points.front().at - 60, {}}); // nothing was there before
    points.push_back({points.back().at + 60, points.back().orders});
    constexpr double width = 720, height = 180;
    auto first = points.front().at, last = std::max(points.back().at, first + 1);
    long most = 1;
    for (const auto& p : points) most = std::max(most, shares_of(p.orders).all());
    auto x = [&](std::int64_t at) {
        return width * static_cast<double>(at - first) / static_cast<double>(last - first);
    };
    auto y = [&](long n) { return height - height * static_cast<double>(n) / static_cast<double>(most); };

    std::string out = "<figure><svg class=\"chart\" viewBox=\"0 0 720 180\" role=\"img\"><title>";
    auto end = shares_of(points.back().orders);
    const long parts[] = {end.well, end.otherwise, end.in_progress, end.waiting};
    std::string words;
    for (int i = 0; i < 4; ++i) words += (i ? ", " : "") + std::string(share_name(in, i)) + " " + grouped(parts[i]);
    out += escaped(words) + "</title>";
    // Stacked from below; each area is drawn from the bottom up to the top of its stack, the highest first. Steps,
    // since between two points nothing moved.
    for (int layer = 3; layer >= 0; --layer) {
        std::string path = "M0 180";
        double before = height;
        for (const auto& p : points) {
            auto s = shares_of(p.orders);
            const long all[] = {s.well, s.otherwise, s.in_progress, s.waiting};
            long sum = 0;
            for (int i = 0; i <= layer; ++i) sum += all[i];
            path += " L" + number(x(p.at)) + " " + number(before) + " L" + number(x(p.at)) + " " + number(y(sum));
            before = y(sum);
        }
        out += "<path class=\"" + std::string(share_classes[layer]) + "\" d=\"" + path + " L720 " + number(before) +
               " L720 180 Z\"/>";
    }
    out += "</svg><figcaption>";
    for (int i = 0; i < 4; ++i)
        out += "<span class=\"key " + std::string(share_classes[i]) + "\"></span>" + std::string(share_name(in, i)) +
               " " + grouped(parts[i]) + " ";
    out += " · " + tokyo_minute(first) + " – " + tokyo_minute(last);
    out += " (" + duration_words(static_cast<long>(last - first), in.japanese) + ")";
    return out + "</figcaption></figure>";
}

std::string throughput_chart(const viewer& in, const std::vector<store::throughput>& minutes, std::int64_t now)
{
    long most = 1;
    for (const auto& m : minutes) most = std::max(most, m.answered);
    std::string out = "<figure><svg class=\"chart small\" viewBox=\"0 0 720 60\" role=\"img\"><title>" +
                      std::string(in("1分あたりの回答数（直近60分）", "orders answered a minute, last hour")) +
                      "</title>";
    auto start = now / 60 * 60 - 59 * 60;
    for (const auto& m : minutes) {
        if (m.at < start || m.answered == 0) continue;
        auto tall = 60.0 * static_cast<double>(m.answered) / static_cast<double>(most);
        out += "<rect class=\"in-progress\" x=\"" + number(static_cast<double>((m.at - start) / 60 * 12)) + "\" y=\"" +
               number(60 - tall) + "\" width=\"10\" height=\"" + number(tall) + "\"/>";
    }
    return out + "</svg><figcaption>" +
           std::string(in("1分あたりの回答数、最大 ", "orders answered a minute, at most ")) +
           grouped(minutes.empty() ? 0 : most) + "</figcaption></figure>";
}

}
