#include "orderd/submission/choices.hpp"
#include "orderd/submission/words.hpp"

namespace orderd::submission {
namespace {

struct kind {
    order_event event;
    std::string_view option, english, japanese;
};
constexpr kind take{order_event::resolved_as_ours, "--order-code", "it is this order at the provider; it is followed",
                    "提供元のこのオーダである。以後その進捗を追います"};
constexpr kind others[] = {
    {order_event::resolved_as_not_created, "--not-created", "the provider does not have it; it is sent again",
     "提供元に存在しない。再送します"},
    {order_event::withdraw_asked, "--give-up",
     "it is neither sent nor followed here; what may exist at the provider is not cancelled and may be charged",
     "取り下げる。こちらでは追跡しません。提供元のオーダは取り消されず、課金されることがあります"},
    {order_event::resolved_as_not_ours, "--not-ours", "its order code is another order's",
     "このオーダー番号は別のオーダのものである"},
    {order_event::search_asked, "--search-again", "the provider is searched again by the daemon",
     "提供元をもう一度検索します"},
};

choice choice_of(order_id id, const kind& k, const candidate* there, const shown_evidence& seen)
{
    auto code = there ? there->code : order_code{};
    auto about = k.event == order_event::resolved_as_not_ours ? seen.followed_by : code;
    auto against = objection_to(k.event, about, seen);
    choice out;
    out.arguments = "'#" + std::to_string(id.value) + "' " + std::string(k.option) + (there ? " " + code.text : "") +
                    (against.none() ? "" : " --sure");
    out.english = k.english;
    out.japanese = k.japanese;
    if (there) {
        auto facts = [&](bool japanese) {
            return facts_words(there->application_date, there->customer_site_name, there->status, japanese);
        };
        if (auto words = facts(false); !words.empty()) out.english += " (" + words + ")";
        if (auto words = facts(true); !words.empty()) out.japanese += "（" + words + "）";
    }
    if (there && there->hidden) {
        out.english += "; the search for this order does not show it: it is among those in progress, or an earlier "
                       "search showed it";
        out.japanese += "。このオーダの検索には表れず、進行中の一覧または以前の検索にあったものです";
    }
    if (!against.none()) {
        out.english += "; but " + against.english;
        out.japanese += "。ただし、" + against.japanese;
    }
    if (!out.japanese.ends_with("。")) out.japanese += "。";
    return out;
}

}

std::vector<choice> choices(order_id id, const shown_evidence& seen, order_state state)
{
    std::vector<choice> out;
    for (const auto& c : seen.candidates) out.push_back(choice_of(id, take, &c, seen));
    for (const auto& c : seen.unread) out.push_back(choice_of(id, take, &c, seen));
    for (const auto& k : others)
        if (next(state, k.event)) out.push_back(choice_of(id, k, nullptr, seen));
    return out;
}

}
