#include "orderd/submission/resolution.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace orderd::submission {
namespace {

namespace json = boost::json;

constexpr finding all_findings[] = {finding::inconclusive, finding::one_ours,  finding::perhaps_ours,
                                    finding::several_ours, finding::not_there, finding::not_there_unvouched};

std::string listed(const std::vector<order_code>& codes)
{
    std::vector<std::string> texts;
    for (const auto& code : codes) texts.push_back(code.text);
    return join(texts, ", ");
}

/// A search as the story keeps it; nothing when it is none.
std::optional<json::object> object_in(std::string_view evidence_json)
{
    boost::system::error_code broken;
    auto parsed = json::parse(evidence_json, broken);
    if (broken || !parsed.is_object()) return std::nullopt;
    return std::move(parsed.as_object());
}

std::string member(const json::object& o, std::string_view name)
{
    auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string(v->as_string()) : std::string();
}

}

shown_evidence shown(const search_evidence& found, bool line_busy)
{
    shown_evidence out;
    out.searched = true;
    out.found = read(found);
    out.line_busy = line_busy;
    for (const auto& e : found.elements)
        if (e.is == verdict::ours || e.is == verdict::perhaps) {
            out.may_be_ours.push_back(e.code);
            if (std::any_of(e.members.begin(), e.members.end(), [](const auto& m) { return !m.agrees; }))
                out.differing.push_back(e.code);
        }
    return out;
}

shown_evidence shown(std::string_view evidence_json, bool line_busy)
{
    shown_evidence out;
    out.line_busy = line_busy;
    auto o = object_in(evidence_json);
    if (!o) return out;
    auto what = member(*o, "finding");
    for (auto f : all_findings)
        if (name(f) == what) {
            out.searched = true;
            out.found = f;
        }
    auto* elements = o->if_contains("elements");
    if (!elements || !elements->is_array()) return out;
    for (const auto& e : elements->as_array()) {
        if (!e.is_object()) continue;
        auto is = member(e.as_object(), "verdict");
        if (is == name(verdict::ours) || is == name(verdict::perhaps)) {
            out.may_be_ours.push_back({member(e.as_object(), "orderCode")});
            auto* differs = e.as_object().if_contains("differs");
            if (differs && differs->is_array() && !differs->as_array().empty())
                out.differing.push_back(out.may_be_ours.back());
        }
    }
    return out;
}

std::string evidence_words(const std::string& evidence_json, bool japanese)
{
    auto o = object_in(evidence_json);
    auto words = o ? member(*o, japanese ? "ja" : "en") : std::string();
    return words.empty() ? evidence_json : words;
}

shown_evidence with_facts(shown_evidence seen, const store::doubtful_order& order,
                          std::chrono::milliseconds settle_time)
{
    seen.line_busy = order.line_busy;
    auto settle = std::max(settle_time, order.settle_time);
    seen.too_early = order.sent_ago.count() >= 0 && order.sent_ago < 2 * settle;
    return seen;
}

objection objection_to(order_event decision, const order_code& code, const shown_evidence& seen)
{
    if (!seen.searched)
        return {"the provider was not searched, so nothing is known of what it has",
                "提供元を検索できていないため、提供元の状況が確認できていません。"};
    auto codes = listed(seen.may_be_ours);
    if (decision == order_event::resolved_as_ours) {
        bool shown_there = std::find(seen.may_be_ours.begin(), seen.may_be_ours.end(), code) != seen.may_be_ours.end();
        bool differs = std::find(seen.differing.begin(), seen.differing.end(), code) != seen.differing.end();
        if (shown_there && differs)
            return {"order " + code.text + " differs from what was sent; it may be somebody else's",
                    "オーダー番号 " + code.text + " は送信した内容と異なります。別のオーダの可能性があります。"};
        if (shown_there) return {};
        return {"the provider shows no order " + code.text + " that may be this one" +
                    (codes.empty() ? "" : "; it shows " + codes),
                "提供元の検索では、オーダー番号 " + code.text + " はこのオーダの候補ではありません。" +
                    (codes.empty() ? "" : "候補：" + codes + "。")};
    }
    bool again = decision == order_event::resolved_as_not_created;
    auto consequence = again ? std::string("; sent again, it may be there twice")
                             : std::string("; given up here, nobody follows it, and it is charged");
    auto consequence_ja = std::string(again ? "再送すると二重になるおそれがあります。"
                                            : "取り下げると、提供元に残ったまま課金されるおそれがあります。");
    if (!seen.may_be_ours.empty())
        return {"the provider has " + codes + ", which may be this order" + consequence,
                "提供元に、このオーダの可能性があるもの（" + codes + "）があります。" + consequence_ja};
    if (seen.line_busy)
        return {"the provider refused a second order for this line or site (4000139): something lives there that its "
                "search does not show" +
                    consequence,
                "提供元は回線使用中（4000139）として受付を拒否しました。検索に表れないオーダが存在します。" +
                    consequence_ja};
    if (seen.too_early)
        return {"it was sent so short a time ago that it may still be created (two settle times)" + consequence,
                "送信から間もないため、これから作成される可能性があります。" + consequence_ja};
    if (seen.found != finding::not_there)
        return {"the search does not prove that it is not there" + consequence,
                "検索結果は、提供元に存在しないことの証明になりません。" + consequence_ja};
    return {};
}

}
