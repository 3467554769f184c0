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

store::order_move move_of(const store::tracked_order& order, const provider::order_detail& detail, order_event event)
{
    store::order_move move;
    move.id = order.id;
    move.revision = order.revision;
    move.from = order_state::accepted;
    move.event = event;
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

}
