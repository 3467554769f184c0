#include "resolve_page.hpp"
#include "orderd/service/estimate.hpp"
#include "orderd/service/person_moves.hpp"
#include "orderd/store/orders.hpp"
#include "orderd/submission/resolution.hpp"

namespace orderd::service {
namespace {

struct decision_kind {
    std::string_view as;
    order_event event;
    std::string_view japanese, english;
};
constexpr decision_kind kinds[] = {
    {"ours", order_event::resolved_as_ours, "提供元のこのオーダである", "It is this order there"},
    {"not_created", order_event::resolved_as_not_created, "提供元に存在しない（再送する）",
     "Not created: send it again"},
    {"give_up", order_event::withdraw_asked, "取り下げる", "Give it up"},
    {"search_again", order_event::search_asked, "もう一度検索する", "Search again now"},
    {"not_ours", order_event::resolved_as_not_ours, "このオーダではなかった（検索し直す）",
     "It is another order after all: search again"},
};

const decision_kind* kind_of(const std::string& as)
{
    for (const auto& k : kinds)
        if (k.as == as) return &k;
    return nullptr;
}

/// Whether it may exist at the provider, so that a person decides.
bool doubtful(const store::found_order& order)
{
    return order.must_be_resolved || order.may_be_elsewhere || order.state == order_state::in_doubt;
}

/// What a decision may name: a candidate, or what was taken before.
bool may_name(const decision_kind& kind, const order_code& code, const submission::shown_evidence& shown)
{
    return kind.as == "ours" ? shown.candidate_of(code) != nullptr : code.text.empty();
}

submission::shown_evidence seen(store::session& s, const store::found_order& order,
                                const std::optional<store::kept_evidence>& kept)
{
    auto wanted = store::order_to_search(s, order.id);
    auto out = submission::shown(kept ? kept->json : std::string(), wanted && wanted->line_busy);
    out.told_by_provider = order.state == order_state::accepted && !order.taken_by_person;
    // The settle time of the claim is known; who resolves on the page has no other.
    return wanted ? submission::with_facts(out, *wanted, wanted->settle_time) : out;
}

std::string action_of(const store::found_order& order, std::string_view as, const std::string& code,
                      const std::optional<store::kept_evidence>& kept, bool sure)
{
    return "/order/" + std::to_string(order.id.value) + "/resolve?as=" + std::string(as) +
           (code.empty() ? "" : "&code=" + url_part(code)) + "&evidence=" + std::to_string(kept ? kept->event : 0) +
           (sure ? "&sure=1" : "");
}

/// Why a decision goes against what was found, and a second button.
std::string confirmation(const page_request& r, const store::found_order& order,
                         const std::optional<store::kept_evidence>& kept, const submission::shown_evidence& shown)
{
    const auto& in = r.in;
    const auto* kind = kind_of(value_of(r.query, "confirm"));
    if (!kind) return "";
    auto code = value_of(r.query, "code");
    if (!may_name(*kind, {code}, shown) || !service::why_not(order, kind->event, true).empty()) return "";
    auto against = submission::objection_to(kind->event, {code.empty() ? order.order_code : code}, shown);
    if (against.none()) return "";
    auto words = std::string(in(kind->japanese, kind->english)) + (code.empty() ? "" : " (" + code + ")");
    return "<div class=\"alarm\"><p>" + escaped(in(against.japanese, against.english)) + "</p><p>" +
           escaped(std::string(in("それでも実行しますか：", "Do it all the same: ")) + words) + "</p>" +
           button(in, action_of(order, kind->as, code, kept, true), in("確認のうえ実行する", "I am sure"),
                  words + "?") +
           "</div>";
}

}

std::string resolve_section(store::session& s, const page_request& r, const store::found_order& order)
{
    const auto& in = r.in;
    if (!doubtful(order) && !order.taken_by_person) return "";
    auto kept = store::last_evidence(s, order.id);
    auto shown = seen(s, order, kept);
    std::string out;
    if (doubtful(order)) {
        out += "<div class=\"note\"><p>" +
               std::string(in("提供元に存在する可能性があります。内容を確認して、次のいずれかを選んでください。",
                              "It may exist at the provider. Look at what was found, and decide.")) +
               "</p>";
        if (kept)
            out += "<p class=\"soft\">" + std::string(in("最後の検索：", "The last search: ")) + escaped(kept->at) +
                   std::string(in("（", " (")) + duration_words(kept->seconds_ago, in.japanese) +
                   std::string(in("前）", " ago)")) + "</p><pre>" +
                   escaped(submission::evidence_words(kept->json, in.japanese)) + "</pre>";
        else
            out += "<p>" + std::string(in("まだ検索していません。", "It has not been searched for yet.")) + "</p>";
        out += "</div>";
    }
    out += confirmation(r, order, kept, shown) + "<p>";
    for (const auto& kind : kinds) {
        if (!why_not(order, kind.event, true).empty()) continue;
        auto label = std::string(in(kind.japanese, kind.english));
        if (kind.as == "ours")
            for (const auto& there : shown.candidates)
                out += button(in, action_of(order, kind.as, there.code.text, kept, false),
                              label + " " + there.code.text, label + " " + there.code.text + "?");
        else
            out += button(in, action_of(order, kind.as, {}, kept, false), label, label + "?");
    }
    return out + "</p>";
}

decision_outcome resolve_on_page(store::session& s, const store::found_order& order, const query_values& query,
                                 const std::string& operator_name)
{
    const auto* kind = kind_of(value_of(query, "as"));
    auto code = value_of(query, "code");
    if (!kind || (kind->as == "ours") == code.empty()) return {"there is no such decision; use the page's buttons", ""};
    if (!doubtful(order) && !order.taken_by_person)
        return {"order #" + std::to_string(order.id.value) + " is " + std::string(name(order.state)) +
                    "; only orders in doubt, or held after it, are resolved",
                ""};
    if (auto no = why_not(order, kind->event, true); !no.empty()) return {no, ""};
    auto kept = store::last_evidence(s, order.id);
    if (value_of(query, "evidence") != std::to_string(kept ? kept->event : 0))
        return {"the provider has been searched again since this page was shown; look at it again", ""};
    auto shown = seen(s, order, kept);
    if (!may_name(*kind, {code}, shown))
        return {"the search that was shown has no order of this code that may be this one; search again, or use the "
                "page's buttons",
                ""};
    order_code named{kind->as == "not_ours" ? order.order_code : code};
    auto against = submission::objection_to(kind->event, named, shown);
    if (!against.none() && value_of(query, "sure") != "1")
        return {"", "/order/" + std::to_string(order.id.value) + "?confirm=" + std::string(kind->as) +
                        (code.empty() ? "" : "&code=" + url_part(code))};
    decision_of_person by{operator_name, submission::decision_words("on the status page", named, against, ""), true,
                          kept && kind->event != order_event::search_asked ? kept->json : std::string()};
    auto outcome = move_order(s, order, kind->event, by, code);
    store::wake_submission(s);
    return {outcome.moved ? "" : outcome.words, ""};
}

}
