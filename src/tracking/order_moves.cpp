#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/tracking/tracker.hpp"

namespace orderd::tracking {

std::optional<order_event> event_of_status(std::string_view status)
{
    if (status == "2") return order_event::provider_completed;
    if (status == "3") return order_event::provider_failed;
    if (status == "4") return order_event::provider_cancelled;
    if (status == "5") return order_event::provider_partially_failed;
    return std::nullopt;
}

namespace {

store::order_move move_by(order_event event, const store::tracked_order& order)
{
    store::order_move move;
    move.id = order.id;
    move.revision = order.revision;
    move.from = order_state::accepted;
    move.event = event;
    return move;
}

}

store::order_move move_of(const store::tracked_order& order, const provider::order_detail& detail, order_event event)
{
    auto move = move_by(event, order);
    move.provider_status = detail.status;
    move.customer_site_code = detail.customer_site_code;
    move.application_date = provider::plain_day(detail.application_date);
    move.hope_to_start_at = provider::plain_day(detail.hope_to_start_at);
    move.hope_to_end_at = provider::plain_day(detail.hope_to_end_at);
    move.global_ip = detail.global_ip;
    if (event == order_event::provider_completed) return move;
    std::string words;
    for (const auto& contract : detail.contracts)
        if (!contract.error_message.empty())
            words += (words.empty() ? "" : " / ") + contract.product_code + ": " + contract.error_message;
    move.why = words;
    move.error_code = "status_" + detail.status;
    move.error_message = !words.empty() ? words
                         : event == order_event::provider_cancelled
                             ? "提供元でキャンセルされました。 / cancelled at the provider"
                         : event == order_event::provider_partially_failed
                             ? "提供元で一部エラーになりました。 / failed in part at the provider"
                             : "提供元でエラーになりました。 / failed at the provider";
    return move;
}

store::order_move move_of_failure(const store::tracked_order& order, const provider::failure& failed)
{
    auto move = move_by(order_event::following_failed, order);
    bool unknown = failed.kind == provider::failure::what_happened::not_found;
    move.why = printable(provider::summary(failed), 300);
    move.error_code = unknown ? "unknown_at_provider" : "detail_unreadable";
    move.error_message =
        unknown
            ? "提供元はこのオーダー番号を知らないと回答しています。提供元に確認してください。照会は自動で続けます。 / "
              "the provider accepted this order and does not know it any more; ask the provider what became of it. "
              "It is asked for again by itself"
            : "提供元からこのオーダの状況を読み取れません（" + move.why +
                  "）。続く場合は提供元に確認してください。照会は自動で続けます。 / the provider does not tell what "
                  "became of this order (" +
                  move.why + "); ask the provider if that goes on. It is asked for again by itself";
    return move;
}

store::order_move move_of_code_never_known(const store::tracked_order& order)
{
    auto move = move_by(order_event::code_never_known, order);
    move.code = order.code;
    move.delay = store::milliseconds(0);
    move.why =
        "the provider answered with the order code " + printable(order.code.text, 64) + " and never knew it since";
    move.error_code = "wrong_order_code";
    move.error_message = "提供元が返したオーダー番号 " + printable(order.code.text, 64) +
                         " を提供元は一度も認識していません。このオーダを提供元で検索します。 / " + move.why +
                         "; this order is searched for";
    return move;
}

store::order_move move_of_wrong_code(const store::tracked_order& order, const store::contradiction& with)
{
    auto move = move_by(order_event::code_is_anothers, order);
    move.code = order.code;
    move.delay = store::milliseconds(0);
    move.why = "the order code " + printable(order.code.text, 64) + " is another order's: " + with.english;
    move.error_code = "wrong_order_code";
    move.error_message = "提供元が返したオーダー番号 " + printable(order.code.text, 64) + " は別のオーダのものです（" +
                         with.japanese + "）。このオーダを提供元で検索します。 / " + move.why +
                         "; this order is searched for";
    return move;
}

}
