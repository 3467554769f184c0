#include "resolve_page.hpp"
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
};

const decision_kind* kind_of(const std::string& as)
{
    for (const auto& k : kinds)
        if (k.as == as) return &k;
    return nullptr;
}

submission::shown_evidence seen(store::session& s, const store::found_order& order,
                                const std::optional<store::kept_evidence>& kept)
{
    auto wanted = store::order_to_search(s, order.id);
    auto out = submission::shown(kept ? kept->json : std::string(), wanted && wanted->line_busy);
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
    auto against = submission::objection_to(kind->event, {code}, shown);
    if (against.english.empty()) return "";
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
    if (!(order.must_be_resolved || order.state == order_state::in_doubt)) return "";
    auto kept = store::last_evidence(s, order.id);
    auto shown = seen(s, order, kept);
    std::string out = "<div class=\"note\"><p>" +
                      std::string(in("提供元に存在する可能性があります。内容を確認して、次のいずれかを選んでください。",
                                     "It may exist at the provider. Look at what was found, and decide.")) +
                      "</p>";
    if (kept)
        out += "<p class=\"soft\">" + std::string(in("最後の検索：", "The last search: ")) + escaped(kept->at) +
               "</p><pre>" + escaped(submission::evidence_words(kept->json, in.japanese)) + "</pre>";
    else
        out += "<p>" + std::string(in("まだ検索していません。", "It has not been searched for yet.")) + "</p>";
    out += "</div>" + confirmation(r, order, kept, shown) + "<p>";
    for (const auto& kind : kinds) {
        auto label = std::string(in(kind.japanese, kind.english));
        if (kind.as == "ours")
            for (const auto& code : shown.may_be_ours)
                out += button(in, action_of(order, kind.as, code.text, kept, false), label + " " + code.text,
                              label + " " + code.text + "?");
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
    if (!(order.must_be_resolved || order.state == order_state::in_doubt))
        return {"order #" + std::to_string(order.id.value) + " is " + std::string(name(order.state)) +
                    "; only orders in doubt, or held after it, are resolved",
                ""};
    auto kept = store::last_evidence(s, order.id);
    if (value_of(query, "evidence") != std::to_string(kept ? kept->event : 0))
        return {"the provider has been searched again since this page was shown; look at it again", ""};
    auto against = submission::objection_to(kind->event, {code}, seen(s, order, kept));
    if (!against.english.empty() && value_of(query, "sure") != "1")
        return {"", "/order/" + std::to_string(order.id.value) + "?confirm=" + std::string(kind->as) +
                        (code.empty() ? "" : "&code=" + url_part(code))};
    decision_of_person by{operator_name,
                          "on the status page" +
                              std::string(against.english.empty() ? "" : ", although " + against.english),
                          true, kept ? kept->json : std::string()};
    auto outcome = move_order(s, order, kind->event, by, code);
    store::wake_submission(s);
    return {outcome.moved ? "" : outcome.words, ""};
}

}
