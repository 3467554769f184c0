#include "orderd/submission/decide.hpp"

#include <algorithm>

namespace orderd::submission {
namespace {

using provider::failure;
using what = failure::what_happened;

/// What follows from each kind of failure.
struct line {
    what kind;
    order_event event;
    bool attempt_given_back;
    submission::effect on_sending;
};
constexpr line outcomes[] = {
    // kind              event                              given back  on sending
    {what::kept_back, order_event::not_processed, true, effect::none},
    {what::not_sent, order_event::not_processed, true, effect::unhealthy},
    {what::unknown, order_event::outcome_unknown, false, effect::unhealthy},
    {what::unusable, order_event::outcome_unknown, false, effect::unhealthy},
    {what::server_error, order_event::outcome_unknown, false, effect::unhealthy},
    {what::refused, order_event::refused_by_provider, false, effect::healthy},
    {what::not_found, order_event::refused_by_provider, false, effect::healthy},
    {what::unauthorized, order_event::not_processed, true, effect::halt},
    {what::forbidden, order_event::not_processed, true, effect::halt},
    {what::throttled, order_event::not_processed, true, effect::slow_down},
    {what::redirected, order_event::outcome_unknown, false, effect::halt},
};

bool line_state_error(const failure& f)
{
    return std::any_of(f.errors.begin(), f.errors.end(), [](const auto& e) { return e.code == "4000139"; });
}

}

decision decide(const provider::result<order_code>& seen, const attempt_history& before,
                const decision_settings& settings, double uniform01)
{
    if (seen) return {order_event::accepted_by_provider, {}, false, {}, effect::healthy, {}};
    const auto& failed = seen.error();
    const auto* row =
        std::find_if(std::begin(outcomes), std::end(outcomes), [&](const line& l) { return l.kind == failed.kind; });
    decision d{row->event, {}, row->attempt_given_back, {}, row->on_sending, provider::summary(failed)};
    if (row->on_sending == effect::slow_down) d.pause_asked_for = failed.retry_after;
    if (failed.no_descriptors) d.on_sending = effect::wait_here;

    if (d.event == order_event::refused_by_provider && line_state_error(failed)) {
        if (before.doubts > 0) {
            // The line has a live order, and it may be ours from an attempt that was in doubt.
            d.event = order_event::outcome_unknown;
            d.why += " (an earlier attempt was in doubt: looking for its order)";
        } else if (settings.retry_line_state) {
            // It may be this very order, where a gateway repeated the request.
            d.event = order_event::retry_after_search;
            d.delay = std::chrono::hours(24);
            d.why += " (sent again tomorrow, when it is not found at the provider)";
            return d;
        }
    }
    if (d.event == order_event::refused_by_provider && failed.errors.empty() && before.doubts > 0) {
        // A refusal that does not say why may be that one, too.
        d.event = order_event::outcome_unknown;
        d.why += " (an earlier attempt was in doubt, and the refusal does not say why: looking for its order)";
    }
    if (failed.kind == what::kept_back) return d; // at once, by whoever may
    if (d.event == order_event::outcome_unknown) {
        d.delay = settings.settle_time;
        if (failed.retry_after) d.delay = std::max<std::chrono::milliseconds>(d.delay, *failed.retry_after);
    }
    if (d.event == order_event::not_processed) {
        if (!d.attempt_given_back && before.attempts >= settings.max_attempts) {
            d.event = order_event::attempts_used_up;
            return d;
        }
        // An attempt that the limit kept back does not count, but the pauses grow all the same, by chance never to less
        // than half.
        auto share = before.limited > 0 ? 0.5 + uniform01 / 2 : uniform01;
        d.delay = backoff(std::max(1, before.attempts + before.limited), settings.backoff, share);
        if (failed.retry_after) d.delay = std::max<std::chrono::milliseconds>(d.delay, *failed.retry_after);
    }
    return d;
}

}
