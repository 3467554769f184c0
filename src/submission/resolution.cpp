#include "orderd/submission/resolution.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/submission/alike.hpp"
#include "orderd/submission/words.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace orderd::submission {
namespace {

namespace json = boost::json;

constexpr finding all_findings[] = {finding::inconclusive, finding::one_ours,  finding::perhaps_ours,
                                    finding::several_ours, finding::not_there, finding::not_there_unvouched};

std::string codes_of(const std::vector<candidate>& candidates)
{
    std::vector<std::string> texts;
    for (const auto& c : candidates) texts.push_back(c.code.text);
    return join(texts, ", ");
}

/// One that the search for the order does not show.
candidate hidden(const std::string& code)
{
    candidate c;
    c.code = {code};
    c.hidden = true;
    return c;
}

/// Whether an element is judged without its detail, because the provider did not tell that.
bool not_told(std::string_view rule) { return rule == "detail_not_answered"; }

const candidate* one_of(const std::vector<candidate>& all, const order_code& code)
{
    auto at = std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.code == code; });
    return at == all.end() ? nullptr : &*at;
}

void best_first(std::vector<candidate>& candidates)
{
    auto rank = [](const candidate& c) { return c.ours ? 0 : c.differs ? 2 : 1; };
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
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

const candidate* shown_evidence::candidate_of(const order_code& code) const { return one_of(candidates, code); }
const candidate* shown_evidence::unread_of(const order_code& code) const { return one_of(unread, code); }

shown_evidence shown(const search_evidence& found, bool line_busy)
{
    shown_evidence out;
    out.searched = true;
    out.found = read(found);
    out.line_busy = line_busy;
    for (const auto& e : found.elements) {
        bool differing = std::any_of(e.members.begin(), e.members.end(), differs);
        candidate there{e.code,    e.is == verdict::ours, false,
                        differing, e.application_date,    e.customer_site_name,
                        e.status,  e.order_type,          e.customer_site_code};
        there.detail_unknown = not_told(e.rule);
        bool may_be = e.is == verdict::ours || e.is == verdict::perhaps;
        if (!may_be) out.others.push_back(e.code);
        if (may_be) out.candidates.push_back(there);
        if (e.is == verdict::unreadable) out.unread.push_back(there);
    }
    if (!found.elsewhere.empty()) out.candidates.push_back(hidden(found.elsewhere));
    best_first(out.candidates);
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
    if (auto elsewhere = member(*o, "inProgressElsewhere"); !elsewhere.empty())
        out.candidates.push_back(hidden(elsewhere));
    auto* elements = o->if_contains("elements");
    if (!elements || !elements->is_array()) return out;
    for (const auto& element : elements->as_array()) {
        if (!element.is_object()) continue;
        const auto& e = element.as_object();
        auto is = member(e, "verdict");
        auto* differs = e.if_contains("differs");
        bool differing = differs && differs->is_array() && !differs->as_array().empty();
        candidate there{{member(e, "orderCode")},
                        is == name(verdict::ours),
                        false,
                        differing,
                        member(e, "applicationDate"),
                        member(e, "customerSiteName"),
                        member(e, "status"),
                        member(e, "orderType"),
                        member(e, "customerSiteCode")};
        there.detail_unknown = not_told(member(e, "rule"));
        bool may_be = is == name(verdict::ours) || is == name(verdict::perhaps);
        if (!may_be) out.others.push_back(there.code);
        if (may_be) out.candidates.push_back(there);
        if (is == name(verdict::unreadable)) out.unread.push_back(there);
    }
    best_first(out.candidates);
    return out;
}

std::string evidence_words(const std::string& evidence_json, bool japanese)
{
    auto o = object_in(evidence_json);
    auto words = o ? member(*o, japanese ? "ja" : "en") : std::string();
    return words.empty() ? evidence_json : words;
}

shown_evidence with_earlier(shown_evidence seen, const shown_evidence& earlier, const store::doubtful_order& order)
{
    auto among = [](const std::vector<order_code>& codes, const order_code& code) {
        return std::find(codes.begin(), codes.end(), code) != codes.end();
    };
    for (auto c : earlier.candidates) {
        bool told = seen.candidate_of(c.code) || among(seen.others, c.code);
        if (told || among(order.given_back, c.code) || among(order.ruled_out, c.code)) continue;
        c.hidden = true;
        seen.candidates.push_back(std::move(c));
    }
    best_first(seen.candidates);
    return seen;
}

shown_evidence with_facts(shown_evidence seen, const store::doubtful_order& order,
                          std::chrono::milliseconds settle_time)
{
    seen.line_busy = order.line_busy;
    seen.told_created = order.told_created;
    seen.told_late = order.told_late;
    auto settle = std::max(settle_time, order.settle_time);
    seen.too_early = order.sent_ago.count() >= 0 && order.sent_ago < 2 * settle;
    return seen;
}

namespace {

objection objection_to_taking(const order_code& code, const shown_evidence& seen)
{
    auto codes = codes_of(seen.candidates);
    const auto* there = seen.candidate_of(code);
    if (there && there->differs)
        return {"order " + code.text + " differs from what was sent; it may be somebody else's",
                "オーダー番号 " + code.text + " は送信した内容と異なります。別のオーダの可能性があります。"};
    if ((there && there->detail_unknown) || seen.unread_of(code))
        return {"the provider lists order " + code.text + " and does not tell what it is; it may be somebody else's",
                "オーダー番号 " + code.text +
                    " は提供元の一覧にありますが、内容を確認できません。別のオーダの可能性があります。"};
    if (there) return {};
    return {"the provider shows no order " + code.text + " that may be this one" +
                (codes.empty() ? "" : "; it shows " + codes),
            "提供元の検索では、オーダー番号 " + code.text + " はこのオーダの候補ではありません。" +
                (codes.empty() ? "" : "候補：" + codes + "。")};
}

}

objection objection_to(order_event decision, const order_code& code, const shown_evidence& seen)
{
    if (decision == order_event::search_asked) return {};
    if (decision == order_event::resolved_as_not_ours && seen.told_by_provider)
        return {
            "the provider told order code " + code.text +
                " for this one; given back, it is searched for, and held where it is not found",
            "オーダー番号 " + code.text +
                " は提供元がこのオーダに返した番号です。取り消すと、提供元を検索し、見つからなければ保留にします。"};
    if (decision == order_event::resolved_as_not_ours)
        return {"a person took order " + code.text +
                    " for this one; given back, it is searched for anew, and sent again where it is proven absent",
                "オーダー番号 " + code.text +
                    " をこのオーダとした判断を取り消します。あらためて提供元を検索し、存在しないと確認できれば再送し"
                    "ます。"};
    if (!seen.searched)
        return {"the provider was not searched, so nothing is known of what it has",
                "提供元を検索できていないため、提供元の状況が確認できていません。"};
    if (decision == order_event::resolved_as_ours) return objection_to_taking(code, seen);
    bool again = decision == order_event::resolved_as_not_created;
    auto consequence = again ? std::string("; sent again, it may be there twice")
                             : std::string("; given up here, it is followed by nobody and may be charged");
    auto consequence_ja = std::string(again ? "再送すると二重になるおそれがあります。"
                                            : "取り下げると、提供元に残ったまま課金されるおそれがあります。");
    if (auto codes = codes_of(seen.candidates); !codes.empty())
        return {"the provider has " + codes + ", which may be this order" + consequence,
                "提供元に、このオーダの可能性があるもの（" + codes + "）があります。" + consequence_ja};
    if (!seen.told_late.text.empty())
        return {"the provider said that it created this order, as " + seen.told_late.text + consequence,
                "提供元はこのオーダをオーダー番号 " + seen.told_late.text + " で受け付けたと回答しています。" +
                    consequence_ja};
    if (seen.told_created)
        return {"the provider said that it created this order, and told an order code that is not its own" +
                    consequence,
                "提供元はこのオーダを受け付けたと回答し、このオーダのものではない番号を返しました。" + consequence_ja};
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

std::optional<order_code> typed_order_code(std::string_view word)
{
    if (!valid_utf8(word)) return std::nullopt;
    auto text = trimmed(half_width(word));
    if (!provider::can_be_order_code(text)) return std::nullopt;
    return order_code{std::move(text)};
}

bool same_but_for_case(const order_code& a, const order_code& b)
{
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.text.begin(), a.text.end(), b.text.begin(), b.text.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

order_code as_the_provider_writes(const order_code& typed, const shown_evidence& seen)
{
    std::vector<order_code> all;
    for (const auto& c : seen.candidates) all.push_back(c.code);
    all.insert(all.end(), seen.others.begin(), seen.others.end());
    if (std::find(all.begin(), all.end(), typed) != all.end()) return typed;
    auto at = std::find_if(all.begin(), all.end(), [&](const auto& code) { return same_but_for_case(code, typed); });
    return at == all.end() ? typed : *at;
}

objection impossible_as(const provider::order_detail& there, const store::doubtful_order& order,
                        const std::string& whose)
{
    auto number = "#" + std::to_string(order.id.value);
    auto type = order_type_from(there.order_type);
    if (type && *type != order.type)
        return {"order " + there.code.text + " at the provider is of type " + std::string(name(*type)) + "; " + number +
                    " is of type " + std::string(name(order.type)),
                "提供元のオーダー番号 " + there.code.text + " のオーダ種別は" + std::string(japanese_name(*type)) +
                    "です。" + number + " は" + std::string(japanese_name(order.type)) + "です。"};
    bool by_line = order.type == order_type::start;
    const auto& ours = line_or_site(order.request);
    const auto& theirs = by_line ? there.line_id : there.customer_site_code;
    if (theirs.empty() || !surely_other_key(ours, theirs)) return {};
    return {"order " + there.code.text + " at the provider is for " + (by_line ? "line " : "site ") + theirs +
                (whose.empty() ? "" : ", order " + whose + "'s") + "; " + number + " is for " + ours,
            "提供元のオーダー番号 " + there.code.text + " は" + (by_line ? "回線ID " : "保守番号 ") + theirs +
                (whose.empty() ? "" : "（オーダ " + whose + "）") + " のものです。" + number + " は " + ours +
                " のオーダです。"};
}

std::string decision_words(std::string_view where, const order_code& code, const objection& against,
                           const std::string& why)
{
    std::vector<std::string> parts;
    if (!where.empty()) parts.emplace_back(where);
    if (!code.text.empty()) parts.push_back("order code " + code.text);
    if (!against.none()) parts.push_back("although " + against.english);
    auto out = join(parts, ", ");
    if (!why.empty()) out += (out.empty() ? "" : ": ") + why;
    return out;
}

}
