#include "orderd/submission/decide.hpp"
#include "orderd/submission/reconcile.hpp"
#include "property.hpp"

// The whole life of one order against a provider that does anything within the bounds of the settle time: the state
// machine, the decision on every answer, and reconciliation.
namespace orderd::properties {
namespace {

using provider::failure;
using what = failure::what_happened;
using namespace std::chrono_literals;

const submission::decision_settings settings{30s, 5, {1s, 60s}, false, 3600s, false};

struct life {
    episode& e;
    order_state state = order_state::received;
    int attempts = 0, doubts = 0, searches = 0;
    bool created = false;        // the truth: an order of this line lives at the provider, and is ours
    bool visible_at_once = true; // else only the second search shows it
    bool resent = false, line_busy = false;
    int uncontrolled = 0;
    std::optional<std::chrono::milliseconds> inconclusive_for{};

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
        searches = uncontrolled = 0;
        inconclusive_for.reset();
        bool busy = !seen && !seen.error().errors.empty() && seen.error().errors.front().code == "4000139";
        if (d.event == order_event::outcome_unknown && busy) line_busy = true;
        episode::require(!busy || doubts == 0 || seen.error().kind != what::refused ||
                             d.event == order_event::outcome_unknown,
                         "a line that is busy after a doubt was taken for a refusal");
        go(d.event);
    }

    /// An element of the list, as the evidence on it came out.
    static submission::judged_element judged(const std::string& code, submission::verdict is)
    {
        submission::judged_element out;
        out.code = {code};
        out.is = is;
        return out;
    }

    void search()
    {
        using submission::control;
        using submission::verdict;
        store::doubtful_order order;
        order.attempts = attempts;
        order.searches = searches;
        order.uncontrolled_searches = uncontrolled;
        order.resent = resent;
        order.line_busy = line_busy;
        order.settle_time = std::chrono::seconds(e.below(90));
        order.inconclusive_for = inconclusive_for;
        submission::search_evidence found;
        bool shows_it = created && (visible_at_once || searches + uncontrolled > 0);
        if (shows_it) found.elements.push_back(judged("P1", e.chance(0.9) ? verdict::ours : verdict::perhaps));
        if (e.chance(0.05)) found.elements.push_back(judged("P2", static_cast<verdict>(e.below(4))));
        // Whatever cannot be read may be ours; a search that cannot be believed shows nothing.
        if (e.chance(0.05)) found.unusable = "no list";
        if (e.chance(0.05)) found.without_key.push_back("no code");
        found.positive.is = e.chance(0.8) ? control::answer::good : static_cast<control::answer>(e.below(4));
        if (found.positive.is == control::answer::bad && e.chance(0.5)) found.elements.clear();
        if (e.chance(0.1)) { // "none" was told by an error
            found.none_told_as = "4000137";
            found.negative.is = static_cast<control::answer>(e.below(3));
        }
        bool too_short = e.chance(0.1);
        auto r = submission::reconcile(order, found, too_short, settings, e.uniform());

        auto count = [&](verdict v) {
            return std::count_if(found.elements.begin(), found.elements.end(),
                                 [v](const auto& x) { return x.is == v; });
        };
        bool only_others = count(verdict::another) == static_cast<long>(found.elements.size());
        bool usable = found.unusable.empty() && found.without_key.empty() && count(verdict::unreadable) == 0;
        bool vouched = found.positive.is == control::answer::good &&
                       (found.none_told_as.empty() || found.negative.is == control::answer::good);
        episode::require(r.event != order_event::not_created ||
                             (only_others && usable && vouched && searches > 0 && !too_short && !line_busy),
                         "given free without proof that it is not there");
        episode::require(r.event != order_event::attempts_used_up || (only_others && usable && vouched && searches > 0),
                         "not created, without proof");
        episode::require(r.event != order_event::found_at_provider ||
                             (count(verdict::ours) == 1 && count(verdict::perhaps) == 0 && usable),
                         "adopted although something else may be it");
        episode::require(r.event != order_event::not_found_yet ||
                             r.delay >= std::max(settings.settle_time, order.settle_time),
                         "the second search comes too soon");
        episode::require(r.event != order_event::search_inconclusive || r.searches == searches,
                         "a search without an answer counts");
        bool held = next(order_state::in_doubt, r.event) == order_state::held;
        episode::require(!held || r.event == order_event::attempts_used_up ||
                             (may_exist_at_provider(r.event) && !r.english.empty() && !r.japanese.empty()),
                         "held without a word to a person");
        searches = r.searches;
        uncontrolled = r.uncontrolled_searches;
        if (r.event == order_event::search_inconclusive)
            inconclusive_for = inconclusive_for.value_or(0ms) + std::chrono::minutes(1 + e.below(20));
        else
            inconclusive_for.reset();
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
                searches = uncontrolled = 0;
                inconclusive_for.reset();
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
            line_busy = false;
            go(e.chance(0.4)   ? order_event::release_asked
               : e.chance(0.5) ? order_event::resolved_as_not_created
                               : order_event::withdraw_asked);
            break;
        default:
            if (state == order_state::refused || state == order_state::failed) {
                attempts = doubts = 0;
                resent = line_busy = false;
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
        created = o.created, visible_at_once = o.visible_at_once, resent = o.resent, line_busy = o.line_busy;
        uncontrolled = o.uncontrolled, inconclusive_for = o.inconclusive_for;
        return *this;
    }
};

}

void an_order_lives(episode& e)
{
    life l{e};
    for (int i = 0; i < 300; ++i) l.step();
}

void what_is_ours_agrees(episode& e)
{
    store::doubtful_order order;
    order.type = static_cast<order_type>(1 + e.below(3));
    if (order.type == order_type::start) {
        start_order s;
        s.line_id = "CAF1234567890";
        s.customer_site_name = e.chance(0.8) ? "東京拠点" : "";
        s.product_codes = {"1-1-1-1-2"};
        order.request = s;
    } else if (order.type == order_type::change)
        order.request = change_order{"A1", "int-1", {{e.chance(0.5) ? 1 : 3, "0-1-1-3-1"}}};
    else
        order.request = cancel_order{"A1", "int-1", "20270331", false};
    order.submitted_at = tokyo_time(*parse_yyyymmdd("20270101")) + std::chrono::minutes(e.below(3 * 24 * 60));
    auto any = [&](std::initializer_list<const char*> of) {
        return std::string(*(of.begin() + e.below(static_cast<int>(of.size()))));
    };
    for (int i = 0; i < 50; ++i) {
        submission::element one;
        auto fill = [&](provider::order_summary& s) {
            s.code = {"P1"};
            s.order_type = any({"", "1", "2", "3", "9", "新規"});
            s.status = any({"", "1", "1", "1", "2", "3", "4", "5", "受付"});
            s.change_type = any({"", "1", "3"});
            s.customer_site_code = any({"", "int-1", "INT_1", "int-2"});
            s.customer_site_name = any({"", "東京拠点", "東京拠", "大阪拠点"});
            s.application_date = to_yyyymmdd(tokyo_day(order.submitted_at + std::chrono::hours(24) * (e.below(5) - 2)));
        };
        fill(one.listed);
        if (e.chance(0.8)) {
            one.detail.emplace();
            fill(*one.detail);
            one.detail->line_id = any({"", "CAF1234567890", "CAF1234567891"});
            if (e.chance(0.7))
                one.detail->contracts.push_back({any({"1-1-1-1-2", "0-1-1-3-1"}), "", "", "", "", any({"", "1", "3"})});
        } else
            one.detail_missing = e.chance(0.5);
        one.owned = e.chance(0.1);
        one.seen_before = e.chance(0.1);
        e.happens(e.tells() ? one.listed.order_type + " " + one.listed.status + " " + one.listed.customer_site_name
                            : std::string());
        auto judged = submission::judge(one, order);
        if (one.owned || one.seen_before)
            episode::require(judged.is == submission::verdict::another, "another order's code may be ours");
        if (judged.is != submission::verdict::ours) continue;
        auto type = std::to_string(static_cast<int>(order.type));
        auto told_only = [](const std::string& a, const std::string& b, const std::string& wanted) {
            return (a.empty() || a == wanted) && (b.empty() || b == wanted) && !(a.empty() && b.empty());
        };
        episode::require(one.detail.has_value(), "ours without a look at its detail");
        episode::require(told_only(one.listed.order_type, one.detail->order_type, type), "ours, and of another type");
        episode::require(told_only(one.listed.status, one.detail->status, "1"), "ours, and not in progress");
        for (const auto& m : judged.members)
            episode::require(m.agrees, "ours, and " + std::string(m.member) + " differs");
        if (order.type == order_type::change)
            episode::require(!one.detail->contracts.empty(), "a change that is ours without products");
    }
}

}
