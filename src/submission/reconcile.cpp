#include "orderd/submission/reconcile.hpp"
#include "orderd/core/text.hpp"
#include "orderd/submission/words.hpp"

#include <algorithm>

namespace orderd::submission {
namespace {

reconciliation held(order_event event, const char* error_code, std::string english, std::string japanese)
{
    reconciliation r;
    r.event = event;
    r.error_code = error_code;
    r.english = std::move(english);
    r.japanese = std::move(japanese);
    r.why = r.english;
    return r;
}

reconciliation wait(order_event event, std::chrono::milliseconds delay, std::string why)
{
    reconciliation r;
    r.event = event;
    r.delay = delay;
    r.why = std::move(why);
    return r;
}

std::string codes_of(const search_evidence& found, verdict v)
{
    std::vector<std::string> codes;
    for (const auto& e : found.elements)
        if (e.is == v) codes.push_back(e.code.text);
    return join(codes, ", ");
}

/// "customerSiteName (sent A, told B), products".
std::string listed(const std::vector<compared_member>& members, bool agreeing, bool japanese)
{
    std::string out;
    for (const auto& m : members) {
        if (differs(m) == agreeing) continue;
        out += (out.empty() ? "" : japanese ? "、" : ", ") + member_words(m.member, japanese);
        if (agreeing || m.told.empty()) continue;
        auto value = [&](const std::string& text) {
            return m.member == "products" ? products_words(text, japanese) : text;
        };
        out += japanese ? "（送信「" + value(m.sent) + "」、提供元「" + value(m.told) + "」）"
                        : " (sent \"" + value(m.sent) + "\", told \"" + value(m.told) + "\")";
    }
    return out;
}

std::string in_english(const judged_element& e)
{
    auto facts = facts_words(e.application_date, e.customer_site_name, e.status, false);
    auto out = "order " + e.code.text + (facts.empty() ? "" : " (" + facts + ")") + " " + e.english;
    if (auto differing = listed(e.members, false, false); !differing.empty()) out += "; differs: " + differing;
    if (auto agreeing = listed(e.members, true, false); !agreeing.empty()) out += "; agrees: " + agreeing;
    return out;
}
std::string in_japanese(const judged_element& e)
{
    auto facts = facts_words(e.application_date, e.customer_site_name, e.status, true);
    auto out = "オーダー番号 " + e.code.text + (facts.empty() ? "" : "（" + facts + "）") + "：" + e.japanese;
    if (auto differing = listed(e.members, false, true); !differing.empty()) out += "。不一致：" + differing;
    if (auto agreeing = listed(e.members, true, true); !agreeing.empty()) out += "。一致：" + agreeing;
    return out;
}

/// What may be the order, at most three of it, and in one clause each: the evidence tells more.
void tell_candidates(const search_evidence& found, std::string& english, std::string& japanese)
{
    int told = 0;
    for (const auto& e : found.elements) {
        if ((e.is != verdict::perhaps && e.is != verdict::ours) || ++told > 3) continue;
        english += (told > 1 ? "; " : "") + ("order " + e.code.text + " " + e.english);
        japanese += (told > 1 ? "、" : "") + ("オーダー番号 " + e.code.text + "（" + e.japanese + "）");
    }
    if (told > 3) {
        english += "; and " + std::to_string(told - 3) + " more";
        japanese += "、ほか" + std::to_string(told - 3) + "件";
    }
}

/// Why no answer can be drawn from a search.
std::pair<std::string, std::string> inconclusive_words(const search_evidence& found)
{
    if (!found.unusable.empty()) return {found.unusable, "提供元の応答を利用できません：" + found.unusable};
    if (!found.without_key.empty())
        return {"the list has an element that cannot be used: " + found.without_key.front(),
                "一覧に判読できない要素があります：" + found.without_key.front()};
    for (const auto& e : found.elements)
        if (e.is == verdict::unreadable)
            return {"order " + e.code.text + " " + e.english + " (type \"" + e.order_type + "\", status \"" + e.status +
                        "\")",
                    "オーダー番号 " + e.code.text + "：" + e.japanese + "（種別「" + e.order_type + "」、ステータス「" +
                        e.status + "」）"};
    if (found.negative.is == control::answer::bad)
        return {"\"none\" was told by an error (" + found.none_told_as + "), but " + found.negative.english,
                "「該当なし」がエラー（" + found.none_told_as + "）で示されましたが、" + found.negative.japanese};
    if (!found.not_heeded.empty())
        return {"the search also shows order " + found.not_heeded +
                    ", which is for another line or site, or is followed for another order here: it is not heeded, and "
                    "may leave this order out",
                "検索条件に合わないオーダー番号 " + found.not_heeded + " が含まれており、検索条件が効いていません"};
    if (found.elsewhere_unread)
        return {"the detail of order " + found.elsewhere +
                    ", which is in progress and which the search does not show, could not be read: it may be this one",
                "検索に表れない進行中のオーダー番号 " + found.elsewhere +
                    " の詳細を取得できません。このオーダの可能性があります"};
    if (!found.elsewhere.empty())
        return {"order " + found.elsewhere + ", which is in progress, may be this one, and the search does not show it",
                "進行中のオーダー番号 " + found.elsewhere + " はこのオーダの可能性がありますが、検索に表れません"};
    return {found.positive.english, found.positive.japanese};
}

reconciliation inconclusive(const store::doubtful_order& order, const search_evidence& found,
                            const decision_settings& settings, double uniform01)
{
    auto [english, japanese] = inconclusive_words(found);
    if (order.inconclusive_for && *order.inconclusive_for >= settings.search_limit)
        return held(order_event::search_given_up, "search_unusable",
                    "the provider has told nothing usable about this order for too long: " + english,
                    "提供元から判断できる応答が得られない状態が続いています：" + japanese + "。");
    auto pause = settings.backoff.base + backoff(8, settings.backoff, uniform01);
    auto r = wait(order_event::search_inconclusive, pause, "asking again, for this is no answer: " + english);
    r.searches = order.searches;
    r.uncontrolled_searches = order.uncontrolled_searches;
    return r;
}

reconciliation several(const store::doubtful_order& order, const search_evidence& found)
{
    auto codes = codes_of(found, verdict::ours);
    auto r = held(order_event::several_candidates, "several_at_provider",
                  "several orders at the provider agree with this one: " + codes,
                  "提供元の複数のオーダがこのオーダと一致しています：" + codes + "。");
    r.created_late = order.resent && !order.told_created;
    return r;
}

reconciliation perhaps(const search_evidence& found)
{
    std::string english = "the provider has something that may be this order: ";
    std::string japanese = "提供元に、このオーダの可能性があるものがあります：";
    tell_candidates(found, english, japanese);
    return held(order_event::perhaps_at_provider, "perhaps_at_provider", english, japanese);
}

/// The provider said that it made the order, under a code that is not its own: to send it again would make a second
/// one. It is looked for some times more, for the code may be somebody's who gives it up, or known late.
reconciliation told_created_and_not_found(const store::doubtful_order& order, bool counts,
                                          std::chrono::milliseconds settle)
{
    constexpr int searches = 4;
    if (order.searches + order.uncontrolled_searches + 1 < searches) {
        auto r = wait(order_event::not_found_yet, settle,
                      "not found, but the provider said that it created it; looking once more");
        r.searches = order.searches + counts;
        r.uncontrolled_searches = order.uncontrolled_searches + !counts;
        return r;
    }
    if (!order.told_late.text.empty())
        return held(order_event::line_taken, "late_order_code",
                    "the provider answered late that it created this order as " + order.told_late.text +
                        ", and searches do not find it; ask the provider what became of it",
                    "提供元は遅れてこのオーダをオーダー番号 " + order.told_late.text +
                        " で受け付けたと回答しましたが、検索では見つかりません。提供元に確認してください。");
    return held(
        order_event::line_taken, "wrong_order_code",
        "the provider said that it created this order, but told an order code that is not its own, and searches do "
        "not find it; ask the provider for its code",
        "提供元はこのオーダを受け付けたと回答しましたが、このオーダのものではない番号を返し、検索でも見つかりませ"
        "ん。提供元に正しいオーダー番号を確認してください。");
}

/// Not found: sent again only after two searches that count, and when nothing speaks against it.
reconciliation not_found(const store::doubtful_order& order, const search_evidence& found, bool vouched,
                         bool settle_time_too_short, const decision_settings& settings, double uniform01)
{
    auto settle = std::max(order.settle_time, settings.settle_time);
    bool counts = vouched || settings.resend_without_control;
    if (counts ? order.searches == 0 : order.uncontrolled_searches == 0) {
        // The second search is a settle time after the first: a request that was still running then has ended.
        auto r = wait(order_event::not_found_yet, settle, "not at the provider; looking once more");
        r.searches = order.searches + counts;
        r.uncontrolled_searches = order.uncontrolled_searches + !counts;
        if (!counts) r.why += " (" + found.positive.english + ")";
        return r;
    }
    if (order.told_created || !order.told_late.text.empty()) return told_created_and_not_found(order, counts, settle);
    if (!counts)
        return held(order_event::control_impossible, "control_impossible",
                    "two searches did not find it, but " + found.positive.english + ", so that is no proof",
                    "2回の検索で見つかりませんでしたが、" + found.positive.japanese +
                        "ので、存在しない証明になりません。");
    if (order.line_busy)
        return held(
            order_event::line_taken, "line_taken",
            "the provider refuses a second order for this line or site (4000139), and its searches do not show the "
            "first one, which may be this order",
            "提供元は回線使用中（4000139）として受付を拒否していますが、検索では見つかりません。このオーダ自身の可能性"
            "があります。");
    if (settle_time_too_short)
        return held(
            order_event::late_creation_possible, "settle_time_too_short",
            "two searches did not find it, but the provider has created orders later than that; raise "
            "submission.settle_time",
            "2回の検索で見つかりませんでしたが、提供元はそれより後にオーダを作成したことがあります。submission.settle_"
            "timeを延ばしてください。");
    if (order.attempts >= settings.max_attempts)
        return wait(order_event::attempts_used_up, {},
                    "not created at the provider, after " + std::to_string(order.attempts) + " attempts");
    return wait(order_event::not_created, backoff(std::max(1, order.attempts), settings.backoff, uniform01),
                "not at the provider in two searches: it was not created and may be sent again");
}

}

std::vector<const judged_element*> worth_telling(const search_evidence& found, std::size_t most)
{
    std::vector<const judged_element*> out;
    for (const auto& e : found.elements) out.push_back(&e);
    auto rank = [](const judged_element* e) { return e->is == verdict::ours ? 0 : e->is == verdict::another ? 2 : 1; };
    std::stable_sort(out.begin(), out.end(), [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    if (out.size() > most) out.resize(most);
    return out;
}

reconciliation reconcile(const store::doubtful_order& order, const search_evidence& found, bool settle_time_too_short,
                         const decision_settings& settings, double uniform01, std::span<const finding_rule> rules)
{
    switch (read(found, rules)) {
    case finding::inconclusive: return inconclusive(order, found, settings, uniform01);
    case finding::several_ours: return several(order, found);
    case finding::perhaps_ours: return perhaps(found);
    case finding::one_ours: {
        auto ours = std::find_if(found.elements.begin(), found.elements.end(),
                                 [](const auto& e) { return e.is == verdict::ours; });
        const auto& given_back = order.given_back;
        if (std::find(given_back.begin(), given_back.end(), ours->code) != given_back.end())
            return held(order_event::perhaps_at_provider, "perhaps_at_provider",
                        "order " + ours->code.text + " " + ours->english + ", but a person said that it is another",
                        "オーダー番号 " + ours->code.text +
                            " は一致していますが、別のオーダであると判断されています。");
        auto r = wait(order_event::found_at_provider, {}, "found at the provider: it " + ours->english);
        r.code = ours->code;
        // Sent again because it was not there, and the answer was that its line has a live order: it came late.
        r.created_late = order.resent && order.line_busy && !order.told_created;
        return r;
    }
    case finding::not_there: return not_found(order, found, true, settle_time_too_short, settings, uniform01);
    case finding::not_there_unvouched:
        return not_found(order, found, false, settle_time_too_short, settings, uniform01);
    }
    return inconclusive(order, found, settings, uniform01);
}

told_evidence tell(const search_evidence& found)
{
    told_evidence out;
    out.english = "searched by " + found.asked + "\n";
    out.japanese = found.asked + " で検索しました。\n";
    constexpr std::size_t most = 20;
    auto elements = worth_telling(found, most);
    for (const auto* e : elements) {
        out.english += "  [" + std::string(name(e->is)) + "] " + in_english(*e) + "\n";
        out.japanese += "  【" + std::string(japanese_name(e->is)) + "】" + in_japanese(*e) + "\n";
    }
    if (found.elements.size() > elements.size()) {
        auto more = std::to_string(found.elements.size() - elements.size());
        out.english += "  and " + more + " more\n";
        out.japanese += "  ほか" + more + "件\n";
    }
    auto what = read(found);
    if (what == finding::inconclusive) {
        auto [english, japanese] = inconclusive_words(found);
        out.english += "  no answer can be drawn from it: " + english + "\n";
        out.japanese += "  この検索からは判断できません：" + japanese + "\n";
    } else if (what == finding::not_there || what == finding::not_there_unvouched) {
        out.english += "  nothing that may be this order; " + found.positive.english + "\n";
        out.japanese += "  このオーダの可能性があるものはありません。" + found.positive.japanese + "\n";
    }
    return out;
}

}
