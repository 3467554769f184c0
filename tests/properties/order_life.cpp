#include "orderd/submission/decide.hpp"
#include "orderd/submission/match.hpp"
#include "property.hpp"

// The whole life of one order against a provider that does anything within the bounds of the settle time: the state
// machine, the decision on every answer, and reconciliation.
namespace orderd::properties {
namespace {

using provider::failure;
using what = failure::what_happened;
using namespace std::chrono_literals;

const submission::decision_settings settings{30s, 5, {1s, 60s}, false};

struct life {
    episode& e;
    order_state state = order_state::received;
    int attempts = 0, doubts = 0, searches = 0;
    bool created = false;        // the truth: an order of this line lives at the provider, and is ours
    bool visible_at_once = true; // else only the second search shows it
    bool resent = false;

    void go(order_event event)
    {
        auto to = next(state, event);
        e.happens(e.tells() ? std::string(name(state)) + " --" + std::string(name(event)) + "--> " +
                                  (to ? std::string(name(*to)) : "refused")
                            : std::string());
        episode::require(to.has_value(), "a decision that the table does not know: " + std::string(name(event)) +
                                             " in " + std::string(name(state)));
        if (final(state))
            episode::require(event == order_event::retry_asked,
                             "a final state was left by " + std::string(name(event)));
        if (*to == order_state::in_doubt && state != order_state::in_doubt) ++doubts;
        state = *to;
        episode::require(attempts >= 0 && attempts <= settings.max_attempts,
                         std::to_string(attempts) + " attempts, " + std::to_string(settings.max_attempts) + " allowed");
        bool may_be_sent = state == order_state::ready || state == order_state::submitting;
        episode::require(!(may_be_sent && created && event != order_event::claimed),
                         "it may be sent again although the provider has it");
    }

    /// Sent: the provider does what it does, and we see what we see.
    void send()
    {
        episode::require(!created, "sent although the provider has it");
        const what kinds[] = {what::kept_back, what::not_sent,    what::unknown,      what::unusable,
                              what::refused,   what::not_found,   what::unauthorized, what::forbidden,
                              what::throttled, what::server_error};
        provider::result<order_code> seen = order_code{"P1"};
        if (e.chance(0.3))
            created = true;
        else {
            failure f;
            f.kind = kinds[e.below(10)];
            if (f.kind == what::refused && e.chance(0.3)) f.errors.push_back({"4000139", "", "", "", ""});
            if (e.chance(0.2)) f.retry_after = std::chrono::seconds(e.below(1000));
            bool may_have_worked = f.kind == what::unknown || f.kind == what::unusable || f.kind == what::server_error;
            if (may_have_worked) created = e.chance(0.5);
            visible_at_once = e.chance(0.5);
            seen = f;
        }
        auto d = submission::decide(seen, {attempts, doubts}, settings, e.uniform());
        episode::require(d.delay >= 0ms && d.delay <= 25h, "a delay out of all bounds");
        if (!seen) {
            const auto failed = seen.error();
            if (d.event == order_event::outcome_unknown)
                episode::require(d.delay >= settings.settle_time, "searched before the settle time is over");
            bool waits = d.event == order_event::outcome_unknown ||
                         (d.event == order_event::not_processed && failed.kind != what::kept_back);
            if (waits && failed.retry_after)
                episode::require(d.delay >= *failed.retry_after, "Retry-After was not waited for");
        }
        episode::require(!created || d.event == order_event::accepted_by_provider ||
                             d.event == order_event::outcome_unknown,
                         "an order that may exist is neither recorded nor in doubt");
        if (d.attempt_given_back) --attempts;
        searches = 0;
        go(d.event);
    }

    void search()
    {
        store::doubtful_order order;
        order.attempts = attempts;
        order.searches = searches;
        order.resent = resent;
        order.line_busy = e.chance(0.1);
        std::vector<order_code> found;
        if (created && (visible_at_once || searches > 0)) found.push_back({"P1"});
        if (e.chance(0.02)) found.push_back({"P2"}); // of somebody else, and just like ours
        bool too_short = e.chance(0.1);
        auto r = submission::reconcile(order, found, too_short, settings, e.uniform());
        episode::require(r.event != order_event::not_created || (found.empty() && searches > 0 && !too_short),
                         "given free without two searches, or against the proof that they do not suffice");
        episode::require(r.event != order_event::not_found_yet || r.delay >= settings.settle_time,
                         "the second search comes too soon");
        episode::require(found.size() < 2 || r.event == order_event::several_candidates, "a choice among several");
        searches = r.searches;
        if (r.event == order_event::not_created) resent = true;
        if (r.event == order_event::found_at_provider && r.code.text != "P1") created = false; // a stranger's, alone
        go(r.event);
    }

    void end_there()
    {
        const order_event ends[] = {order_event::provider_completed, order_event::provider_failed,
                                    order_event::provider_cancelled, order_event::provider_partially_failed};
        created = false;
        go(ends[e.below(4)]);
    }

    void step()
    {
        switch (state) {
        case order_state::received:
            go(e.chance(0.8)   ? order_event::judged_valid
               : e.chance(0.5) ? order_event::needs_approval
                               : order_event::judged_invalid);
            break;
        case order_state::awaiting_approval:
            go(e.chance(0.8) ? order_event::approved : order_event::withdraw_asked);
            break;
        case order_state::ready:
            if (e.chance(0.05)) return go(e.chance(0.5) ? order_event::hold_asked : order_event::withdraw_asked);
            if (attempts >= settings.max_attempts) attempts = settings.max_attempts - 1; // a person let it go
            ++attempts;
            go(order_event::claimed);
            break;
        case order_state::submitting:
            if (e.chance(0.1)) { // the daemon dies: before, while or after it sent
                if (!created) created = e.chance(0.5);
                visible_at_once = e.chance(0.5);
                searches = 0;
                return go(order_event::instance_lost);
            }
            send();
            break;
        case order_state::in_doubt: search(); break;
        case order_state::accepted: end_there(); break;
        case order_state::held:
            // A person looks at the provider first.
            if (created) return go(order_event::resolved_as_ours);
            attempts = 0;
            go(e.chance(0.4)   ? order_event::release_asked
               : e.chance(0.5) ? order_event::resolved_as_not_created
                               : order_event::withdraw_asked);
            break;
        default:
            if (state == order_state::refused || state == order_state::failed) {
                attempts = doubts = 0;
                resent = false;
                return go(order_event::retry_asked);
            }
            *this = life{e}; // the next row
            e.happens("");
        }
    }
    life& operator=(const life& o)
    {
        state = o.state;
        attempts = o.attempts, doubts = o.doubts, searches = o.searches;
        created = o.created, visible_at_once = o.visible_at_once, resent = o.resent;
        return *this;
    }
};

}

void an_order_lives(episode& e)
{
    life l{e};
    for (int i = 0; i < 300; ++i) l.step();
}

void candidates_are_ours(episode& e)
{
    store::doubtful_order order;
    order.type = static_cast<order_type>(1 + e.below(3));
    order.customer_site_name = e.chance(0.8) ? "site" : "";
    order.submitted_at = tokyo_time(*parse_yyyymmdd("20270101")) + std::chrono::minutes(e.below(3 * 24 * 60));
    for (int i = 0; i < 50; ++i) {
        provider::order_summary listed;
        listed.code = {e.chance(0.05) ? "" : "P" + std::to_string(e.below(5))};
        listed.order_type = e.chance(0.1) ? "" : std::to_string(1 + e.below(3));
        auto day = order.submitted_at + std::chrono::hours(24) * (e.below(5) - 2);
        listed.application_date = e.chance(0.1) ? "" : to_yyyymmdd(tokyo_day(day));
        listed.customer_site_name = e.chance(0.2) ? "other" : e.chance(0.1) ? "" : "site";
        std::set<order_code> owned;
        if (e.chance(0.3)) owned.insert({"P" + std::to_string(e.below(5))});
        e.happens(e.tells() ? listed.code.text + " " + listed.order_type + " " + listed.application_date
                            : std::string());
        bool is = submission::candidate(listed, order, owned);
        if (!is) continue;
        episode::require(!owned.contains(listed.code), "another order's code is a candidate");
        episode::require(!listed.code.text.empty(), "a candidate without a code");
        episode::require(listed.order_type.empty() || listed.order_type == std::to_string(static_cast<int>(order.type)),
                         "a candidate of another type");
        if (auto applied = parse_yyyymmdd(listed.application_date))
            episode::require(days_between(tokyo_day(order.submitted_at), *applied) >= -1,
                             "a candidate from long before");
    }
}

}
