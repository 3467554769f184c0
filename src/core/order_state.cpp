#include "orderd/core/order_state.hpp"

#include <array>

namespace orderd {
namespace {

using s = order_state;
using e = order_event;

constexpr transition table[] = {
    // from                 event                          to
    {s::received, e::judged_valid, s::ready},
    {s::received, e::needs_approval, s::awaiting_approval},
    {s::received, e::judged_invalid, s::rejected},
    {s::received, e::withdraw_asked, s::withdrawn},
    {s::awaiting_approval, e::approved, s::ready},
    {s::awaiting_approval, e::withdraw_asked, s::withdrawn},
    {s::ready, e::claimed, s::submitting},
    {s::ready, e::hold_asked, s::held},
    {s::ready, e::withdraw_asked, s::withdrawn},
    {s::ready, e::batch_paused, s::held},
    {s::ready, e::database_restored, s::in_doubt},
    {s::ready, e::outcome_missing, s::in_doubt},
    {s::submitting, e::accepted_by_provider, s::accepted},
    {s::submitting, e::refused_by_provider, s::refused},
    {s::submitting, e::not_processed, s::ready},
    {s::submitting, e::outcome_unknown, s::in_doubt},
    {s::submitting, e::instance_lost, s::in_doubt},
    {s::submitting, e::retry_after_search, s::in_doubt},
    {s::submitting, e::attempts_used_up, s::held},
    {s::in_doubt, e::found_at_provider, s::accepted},
    {s::in_doubt, e::not_found_yet, s::in_doubt},
    {s::in_doubt, e::search_inconclusive, s::in_doubt},
    {s::in_doubt, e::not_created, s::ready},
    {s::in_doubt, e::perhaps_at_provider, s::held},
    {s::in_doubt, e::search_given_up, s::held},
    {s::in_doubt, e::control_impossible, s::held},
    {s::in_doubt, e::line_taken, s::held},
    {s::in_doubt, e::several_candidates, s::held},
    {s::in_doubt, e::late_creation_possible, s::held},
    {s::in_doubt, e::attempts_used_up, s::held},
    {s::in_doubt, e::resolved_as_ours, s::accepted},
    {s::in_doubt, e::resolved_as_not_created, s::ready},
    {s::in_doubt, e::withdraw_asked, s::withdrawn},
    {s::accepted, e::provider_completed, s::completed},
    {s::accepted, e::provider_failed, s::failed},
    {s::accepted, e::provider_cancelled, s::cancelled},
    {s::accepted, e::provider_partially_failed, s::partially_failed},
    {s::accepted, e::resolved_as_not_ours, s::in_doubt},
    {s::accepted, e::code_is_anothers, s::in_doubt},
    {s::accepted, e::code_never_known, s::in_doubt},
    {s::accepted, e::resolved_as_ours, s::accepted},
    {s::accepted, e::search_asked, s::in_doubt},
    {s::accepted, e::following_failed, s::accepted},
    {s::accepted, e::following_resumed, s::accepted},
    {s::refused, e::retry_asked, s::ready},
    {s::refused, e::retry_after_search, s::in_doubt},
    {s::refused, e::resolved_as_ours, s::accepted},
    {s::refused, e::search_asked, s::in_doubt},
    {s::failed, e::retry_asked, s::ready},
    {s::failed, e::retry_after_search, s::in_doubt},
    {s::held, e::release_asked, s::ready},
    {s::held, e::withdraw_asked, s::withdrawn},
    {s::held, e::resolved_as_ours, s::accepted},
    {s::held, e::resolved_as_not_created, s::ready},
    {s::held, e::batch_resumed, s::ready},
    {s::held, e::database_restored, s::in_doubt},
    {s::held, e::search_asked, s::in_doubt},
};

struct state_name {
    std::string_view name, japanese;
};
constexpr std::array<state_name, 14> state_names{{
    {"received", "受付"},
    {"rejected", "入力エラー"},
    {"awaiting_approval", "承認待ち"},
    {"ready", "送信待ち"},
    {"submitting", "送信中"},
    {"in_doubt", "確認中"},
    {"accepted", "進行中"},
    {"completed", "完了"},
    {"failed", "エラー"},
    {"cancelled", "キャンセル済"},
    {"partially_failed", "一部エラー"},
    {"refused", "受付拒否"},
    {"held", "保留"},
    {"withdrawn", "取下げ"},
}};

constexpr std::string_view event_names[] = {"judged_valid",
                                            "judged_invalid",
                                            "needs_approval",
                                            "approved",
                                            "claimed",
                                            "accepted_by_provider",
                                            "refused_by_provider",
                                            "not_processed",
                                            "outcome_unknown",
                                            "instance_lost",
                                            "found_at_provider",
                                            "not_found_yet",
                                            "search_inconclusive",
                                            "not_created",
                                            "perhaps_at_provider",
                                            "search_given_up",
                                            "control_impossible",
                                            "line_taken",
                                            "several_candidates",
                                            "late_creation_possible",
                                            "attempts_used_up",
                                            "provider_completed",
                                            "provider_failed",
                                            "provider_cancelled",
                                            "provider_partially_failed",
                                            "hold_asked",
                                            "release_asked",
                                            "retry_asked",
                                            "withdraw_asked",
                                            "resolved_as_ours",
                                            "resolved_as_not_created",
                                            "batch_paused",
                                            "batch_resumed",
                                            "database_restored",
                                            "search_asked",
                                            "retry_after_search",
                                            "resolved_as_not_ours",
                                            "code_is_anothers",
                                            "following_failed",
                                            "following_resumed",
                                            "code_never_known",
                                            "outcome_missing"};

}

std::string_view name(order_state state) { return state_names[static_cast<std::size_t>(state)].name; }
std::string_view japanese_name(order_state state) { return state_names[static_cast<std::size_t>(state)].japanese; }
std::string_view name(order_event event) { return event_names[static_cast<std::size_t>(event)]; }

std::optional<order_state> order_state_from(std::string_view text)
{
    for (std::size_t i = 0; i < state_names.size(); ++i)
        if (state_names[i].name == text) return static_cast<order_state>(i);
    return std::nullopt;
}

bool final(order_state state)
{
    switch (state) {
    case s::rejected:
    case s::completed:
    case s::failed:
    case s::cancelled:
    case s::partially_failed:
    case s::refused:
    case s::withdrawn: return true;
    default: return false;
    }
}

bool may_exist_at_provider(order_event holding)
{
    switch (holding) {
    case e::perhaps_at_provider:
    case e::search_given_up:
    case e::control_impossible:
    case e::line_taken:
    case e::several_candidates:
    case e::late_creation_possible: return true;
    default: return false;
    }
}

std::span<const transition> transitions() { return table; }

std::optional<order_state> next(order_state from, order_event event)
{
    for (const auto& line : table)
        if (line.from == from && line.event == event) return line.to;
    return std::nullopt;
}

}
