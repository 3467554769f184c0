#include "named_code.hpp"
#include "ask_provider.hpp"
#include "orderd/core/shown.hpp"

namespace orderd::cli {
namespace {

using detail_told = provider::result<provider::order_detail>;

detail_told ask_for(const surroundings& s, const order_code& code)
{
    std::function<boost::asio::awaitable<detail_told>(asked)> question = [code](asked of) {
        return of.api.get_order(code);
    };
    return ask<detail_told>(s, question);
}

/// The live order here, other than `order`, for the line or site of an order at the provider: "'#8'"; "" when it is not
/// one.
std::string owner_of(store::session& session, const provider::order_detail& there, const store::doubtful_order& order)
{
    store::order_filter same;
    if (order.type == order_type::start)
        same.line_id = there.line_id;
    else
        same.customer_site_code = there.customer_site_code;
    std::string found;
    for (const auto& other : store::orders_matching(session, same, order_id{0}, 100)) {
        if (other.id == order.id || final(other.state)) continue;
        if (!found.empty()) return {};
        found = "'#" + std::to_string(other.id.value) + "'";
    }
    return found;
}

submission::objection failed_words(const order_code& code, const provider::failure& f)
{
    auto said = provider::summary(f);
    if (f.kind == provider::failure::what_happened::not_found)
        return {"the provider does not know an order " + code.text,
                "提供元にオーダー番号 " + code.text + " のオーダはありません。"};
    if (provider::cannot_be_asked(f))
        return {"the provider cannot be asked for order " + code.text + " now, so nothing was decided: " + said +
                    "; try again later",
                "提供元にオーダー番号 " + code.text + " を照会できないため、何も変更していません：" + said +
                    "。後でもう一度実行してください。"};
    return {"the provider does not tell order " + code.text + ": " + said,
            "提供元からオーダー番号 " + code.text + " の情報を取得できません：" + said};
}

named_code refused(submission::objection why, int exit = some_failed) { return {{}, std::move(why), exit}; }

submission::objection listed_words(const order_code& code, const provider::failure& f)
{
    auto said = provider::summary(f);
    return {"the provider lists order " + code.text + ", and asked for its detail it says: " + said +
                "; so it cannot be compared. Where it is surely this order, say --sure",
            "オーダー番号 " + code.text + " は提供元の一覧にありますが、詳細の照会には次の応答がありました：" + said +
                "。内容を比較できません。確かにこのオーダである場合は --sure を付けてください。"};
}

/// What can be said of a code whose detail the provider does not tell.
named_code without_detail(const order_code& code, const provider::failure& f, const store::doubtful_order& order,
                          const submission::shown_evidence& seen, bool sure)
{
    const auto* listed = seen.candidate_of(code) ? seen.candidate_of(code) : seen.unread_of(code);
    if (!listed) return refused(failed_words(code, f), provider::cannot_be_asked(f) ? unreachable : some_failed);
    provider::order_detail told;
    told.code = code;
    told.order_type = listed->order_type;
    told.customer_site_code = listed->customer_site_code;
    if (auto why = submission::impossible_as(told, order, ""); !why.none()) return refused(std::move(why));
    if (!sure) return refused(listed_words(code, f));
    return {code, {}, all_well};
}

}

named_code look_up_code(const surroundings& s, store::session& session, const std::string& typed,
                        const store::doubtful_order& order, const submission::shown_evidence& seen, bool sure)
{
    auto word = submission::typed_order_code(typed);
    if (!word) {
        auto word_typed = shown(typed, 60);
        return refused(
            {"\"" + word_typed + "\" is no order code; it has letters and digits only, at most 256",
             "「" + word_typed + "」はオーダー番号ではありません。半角英数字256文字以内で指定してください。"},
            usage);
    }
    auto code = submission::as_the_provider_writes(*word, seen);
    auto there = ask_for(s, code);
    if (!there) return without_detail(code, there.error(), order, seen, sure);
    if (there->code.text.empty()) there->code = code;
    if (!submission::same_but_for_case(there->code, code))
        return refused(
            {"asked for order " + code.text + ", the provider tells order " + there->code.text,
             "オーダー番号 " + code.text + " の照会に対し、提供元は " + there->code.text + " を返しました。"});
    if (auto why = submission::impossible_as(*there, order, owner_of(session, *there, order)); !why.none())
        return refused(std::move(why));
    return {there->code, {}, all_well};
}

}
