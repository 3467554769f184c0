#include "memory_store.hpp"
#include "orderd/core/share.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <iterator>
#include <stdexcept>

namespace orderd::simulation {

using namespace orderd::store;

namespace {

milliseconds left(time_point until, time_point now)
{
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(until - now));
}

/// Ready or doubtful orders that are due, the one due longest first.
std::vector<order_row*> due(
    std::map<std::int64_t, order_row>& orders, order_state state, time_point now, int limit,
    const std::function<bool(const order_row&)>& may = [](const order_row&) { return true; })
{
    std::vector<order_row*> found;
    for (auto& [id, o] : orders)
        if (o.state == state && o.not_before <= now && may(o)) found.push_back(&o);
    std::stable_sort(found.begin(), found.end(), [](auto* a, auto* b) { return a->not_before < b->not_before; });
    if (static_cast<int>(found.size()) > limit) found.resize(static_cast<std::size_t>(std::max(0, limit)));
    return found;
}

}

bool order_row::must_be_resolved() const
{
    if (state != order_state::held) return false;
    if (error_code == "order_code_conflict" || error_code == "database_restored") return true;
    auto all = transitions();
    return std::any_of(all.begin(), all.end(),
                       [this](const auto& t) { return may_exist_at_provider(t.event) && name(t.event) == held_by; });
}

std::string order_row::told_late() const
{
    auto open = [this](const auto& late) { return !codes_in_story.contains(late); };
    auto at = std::find_if(late_codes.rbegin(), late_codes.rend(), open);
    return at == late_codes.rend() ? std::string() : *at;
}

namespace {

constexpr std::string_view tell_nothing[] = {"judged_valid", "judged_invalid", "needs_approval",   "approved",
                                             "hold_asked",   "release_asked",  "retry_asked",      "withdraw_asked",
                                             "batch_paused", "batch_resumed",  "following_failed", "following_resumed"};
constexpr std::string_view close_story[] = {
    "not_processed",   "attempts_used_up",  "not_created", "resolved_as_not_created",
    "provider_failed", "provider_cancelled"}; // no refusal of this world is about the request alone

template <std::size_t N>
bool among(const std::string_view (&names)[N], std::string_view name)
{
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}
bool open_after(std::string_view event) { return !event.empty() && !among(close_story, event); }

}

void order_row::note_shown(bool not_created)
{
    boost::system::error_code none;
    auto found = boost::json::parse(evidence.empty() ? "{}" : evidence, none);
    if (not_created || none || !found.is_object()) {
        if (not_created) shown_before.clear();
        if (not_created) shown_unnamed = 0;
        return;
    }
    const auto& o = found.as_object();
    std::size_t elements = 0;
    if (const auto* all = o.if_contains("elements"))
        for (const auto& e : all->as_array()) {
            ++elements;
            std::string told(e.at("orderCode").as_string());
            // Whose a code is here may change: the other may have been told a wrong one.
            const auto& rule = e.at("rule").as_string();
            bool of_now = rule == "belongs_to_another_order" || rule == "agrees_with_another_in_doubt";
            if (e.at("verdict").as_string() == "another_order" && !of_now)
                shown_before.erase(told);
            else
                shown_before.insert(told);
        }
    if (const auto* elsewhere = o.if_contains("inProgressElsewhere"))
        shown_before.insert(std::string(elsewhere->as_string()));
    if (const auto* unnamed = o.if_contains("withoutKey"))
        shown_unnamed = std::max(shown_unnamed, static_cast<int>(elements + unnamed->as_array().size()));
}

bool order_row::left_open() const { return !told_late().empty() || unfinished || open_after(last_told); }

void memory_tables::tell(order_row& o, std::string_view event)
{
    bool sent_before = !o.last_told.empty();
    if (!among(tell_nothing, event) && (sent_before || event == "claimed")) {
        o.unfinished |= event == "claimed" && open_after(o.last_told);
        if (event == "not_created" || event == "resolved_as_not_created") o.unfinished = false;
        o.last_told = event;
    }
    moved(o, event);
}

bool memory_tables::searched_since_restore(const order_row& o) const
{
    if (!restored_at || forget_restore) return true;
    if (o.proven_absent && *o.proven_absent >= *restored_at) return true;
    return !restoring && o.id.value > restored_through;
}

time_point memory_tables::searchable(const order_row& o) const
{
    auto settle = forget_settle_time ? milliseconds(0) : o.settle_time;
    time_point at{};
    if (o.submitted) at = *o.submitted + settle;
    if (restored_at) at = std::max(at, *restored_at + std::max(settle, restored_settle));
    return at;
}

void memory_tables::restored(time_point backup, milliseconds settle, time_point now)
{
    restored_settle = settle;
    restored_from = std::min(restored_from.value_or(backup), backup);
    restored_at = now;
    restoring = true;
    doubt_restored(now);
    for (auto& [id, o] : orders)
        if (o.state == order_state::in_doubt) {
            o.searches = o.uncontrolled_searches = 0;
            o.inconclusive_since.reset();
            o.not_before = std::max(o.not_before, now + std::max(o.settle_time, restored_settle));
            ++o.revision;
            o.first_submitted = std::min(o.first_submitted.value_or(backup), backup);
        } else if (o.state == order_state::held || o.state == order_state::awaiting_approval) {
            o.error_code = "database_restored";
            ++o.revision;
            o.first_submitted = std::min(o.first_submitted.value_or(backup), backup);
        }
}

void memory_tables::doubt_restored(time_point now)
{
    if (!restored_from) return;
    for (auto& [id, o] : orders) {
        if (o.state != order_state::ready || searched_since_restore(o) || !(o.not_before <= now || o.attempts > 0))
            continue;
        o.state = *next(o.state, order_event::database_restored);
        ++o.revision;
        ++o.doubts;
        o.searches = o.uncontrolled_searches = 0;
        o.inconclusive_since.reset();
        o.not_before = std::max(now, *restored_at + std::max(o.settle_time, restored_settle));
        o.first_submitted = std::min(o.first_submitted.value_or(*restored_from), *restored_from);
        tell(o, "database_restored");
    }
}

std::vector<claimed_order> memory_tables::claim(instance_id owner, int limit, bool probe, milliseconds settle,
                                                time_point now, std::optional<order_id> chosen)
{
    bool allowed = (circuit == circuit_state::closed || (prober == owner && probe)) && paused_until <= now;
    auto at = instances.find(owner.value);
    if (!allowed || at == instances.end() || at->second.lost || at->second.stopped) return {};
    std::vector<claimed_order> out;
    for (auto* o : due(orders, order_state::ready, now, limit, [&](const order_row& row) {
             return searched_since_restore(row) && (!chosen || row.id == *chosen);
         })) {
        if (o->submitted && o->left_open()) {
            o->state = *next(o->state, order_event::outcome_missing);
            o->not_before = now + std::max(o->settle_time, settle);
            o->line_busy |= !o->code.empty();
            o->codes_ever.erase(std::exchange(o->code, {}));
            o->searches = o->uncontrolled_searches = 0;
            o->inconclusive_since.reset();
            ++o->revision;
            ++o->doubts;
            tell(*o, "outcome_missing");
            continue;
        }
        o->settle_time = settle;
        o->state = *next(o->state, order_event::claimed);
        o->owner = owner;
        ++o->attempts;
        ++o->revision;
        o->submitted = now;
        if (!o->first_submitted) o->first_submitted = now;
        o->codes_of_earlier_attempts = o->codes_accepted;
        tell(*o, "claimed");
        out.push_back({o->id, o->revision, o->attempts, o->doubts, o->request});
    }
    return out;
}

std::optional<milliseconds> memory_tables::next_due(time_point now) const
{
    std::optional<milliseconds> soonest;
    for (const auto& [id, o] : orders)
        if (o.state == order_state::ready && searched_since_restore(o))
            soonest = std::min(soonest.value_or(milliseconds::max()), left(o.not_before, now));
    return soonest;
}

moved_orders memory_tables::move(const std::vector<order_move>& moves, instance_id by, time_point now)
{
    // One order code, one order: the whole statement fails, and moves nothing.
    for (const auto& m : moves)
        if (!m.code.text.empty() && *next(m.from, m.event) != order_state::in_doubt)
            for (const auto& [id, o] : orders)
                if (o.code == m.code.text && o.id != m.id)
                    throw statement_failed("duplicate key value violates unique constraint \"order_code\"", "23505");
    moved_orders out;
    for (const auto& m : moves) {
        auto to = next(m.from, m.event);
        if (!to) throw std::logic_error("no such transition");
        auto& o = orders.at(m.id.value);
        bool may = by.value == 0 || live(by);
        if (!may || o.state != m.from || o.revision != m.revision) {
            bool answered = m.http_status != 0 || !m.code.text.empty() || !m.raw.empty();
            auto own = std::string(name(m.event)) + ' ' + m.code.text;
            bool repeated = o.recorded.contains({m.revision, by.value, own});
            auto late = "late_answer " + m.code.text + (m.code.text.empty() ? m.why : "");
            if (!answered || repeated || !o.recorded.insert({m.revision, by.value, late}).second) continue;
            ++out.late_answers;
            if (!m.code.text.empty()) o.late_codes.push_back(m.code.text);
            continue;
        }
        o.recorded.insert({o.revision, by.value, std::string(name(m.event)) + ' ' + m.code.text});
        bool retry_after_search = m.event == order_event::retry_after_search;
        if (!m.code.text.empty() && m.event != order_event::outcome_unknown) o.codes_in_story.insert(m.code.text);
        if (m.event == order_event::resolved_as_not_created) o.late_codes.clear();
        o.doubts += *to == order_state::in_doubt && o.state != order_state::in_doubt && !retry_after_search;
        o.state = *to;
        ++o.revision;
        o.owner = {};
        if (m.delay) o.not_before = now + *m.delay;
        bool anew = m.event == order_event::search_asked || m.event == order_event::resolved_as_not_ours;
        bool wrong_code = m.event == order_event::code_is_anothers;
        bool told_of_another = m.event == order_event::outcome_unknown && !m.code.text.empty();
        bool never_known = m.event == order_event::code_never_known;
        bool search_asked = m.event == order_event::search_asked;
        bool looked_for = search_asked && (m.from == order_state::accepted || m.from == order_state::refused);
        bool not_ours = m.event == order_event::resolved_as_not_ours;
        bool answered = o.answered_codes.contains(o.code);
        if (m.delay && (anew || retry_after_search || wrong_code || never_known))
            o.not_before = std::max(o.not_before, searchable(o));
        if (m.event == order_event::retry_asked || retry_after_search || m.event == order_event::release_asked)
            o.attempts = 0;
        else
            o.attempts = std::max(0, o.attempts - m.attempt_given_back);
        if (m.event == order_event::retry_asked && o.doubts == 0) o.first_submitted.reset();
        if (m.event == order_event::not_created) o.not_created_at = now;
        if (m.event == order_event::not_created || m.event == order_event::resolved_as_not_created)
            o.proven_absent = now;
        o.searches = m.searches;
        o.uncontrolled_searches = m.uncontrolled_searches;
        o.inconclusive_since = m.event == order_event::search_inconclusive ? o.inconclusive_since.value_or(now)
                                                                           : std::optional<time_point>();
        if (*to == order_state::in_doubt && m.error_code == "4000139") o.line_busy = true;
        o.told_no_own_code |= !m.code.text.empty() && (never_known || search_asked || retry_after_search ||
                                                       (not_ours && o.answered_codes.contains(m.code.text)));
        if (wrong_code || told_of_another || never_known || looked_for || (not_ours && answered)) o.line_busy = true;
        if (m.event == order_event::accepted_by_provider) o.answered_codes.insert(m.code.text);
        bool person_says = m.event == order_event::resolved_as_not_created || m.event == order_event::retry_asked;
        if (person_says || retry_after_search) o.line_busy = retry_after_search && !m.code.text.empty();
        if (*to == order_state::held) o.held_by = name(m.event);
        if (*to == order_state::held) o.held_at = now;
        o.evidence = m.evidence_json;
        o.note_shown(m.event == order_event::resolved_as_not_created);
        if (*to == order_state::accepted && m.from != order_state::accepted) o.accepted = now;
        bool follows_on = m.event == order_event::following_failed || m.event == order_event::following_resumed;
        if (*to == order_state::accepted && !follows_on) o.taken_by = name(m.event);
        if (*to == order_state::accepted && !m.code.text.empty()) o.codes_accepted.insert(m.code.text);
        if (told_of_another) o.told_of_others.insert(m.code.text);
        if (!m.code.text.empty() && !told_of_another) {
            o.code = m.code.text;
            o.codes_ever.insert(o.code);
        }
        if (not_ours || wrong_code || never_known || ((search_asked || retry_after_search) && !m.code.text.empty()))
            o.codes_ever.erase(o.code);
        if (wrong_code) o.ruled_out.push_back(o.code);
        if (*to == order_state::ready || *to == order_state::in_doubt) o.code.clear();
        bool in_order = *to == order_state::accepted && m.event != order_event::following_failed;
        if (in_order || *to == order_state::completed || anew)
            o.error_code.clear();
        else if (!m.error_code.empty())
            o.error_code = m.error_code;
        tell(o, name(m.event));
        out.moved.push_back(m.id);
    }
    late_answers += out.late_answers;
    return out;
}

doubtful_orders memory_tables::due_in_doubt(int limit, milliseconds hidden, time_point now, utc_time utc)
{
    doubtful_orders out;
    out.settle_time_too_short = settle_time_too_short;
    for (auto* o : due(orders, order_state::in_doubt, now, limit)) {
        ++o->revision;
        o->not_before = now + hidden;
        doubtful_order d;
        d.id = o->id;
        d.revision = o->revision;
        d.attempts = o->attempts;
        d.searches = o->searches;
        d.uncontrolled_searches = o->uncontrolled_searches;
        d.settle_time = forget_settle_time ? milliseconds(0) : o->settle_time;
        if (o->inconclusive_since) d.inconclusive_for = std::chrono::floor<milliseconds>(now - *o->inconclusive_since);
        d.type = o->type;
        d.request = o->request;
        d.submitted_at =
            utc - std::chrono::floor<milliseconds>(o->first_submitted ? now - *o->first_submitted : duration(0));
        d.resent = o->not_created_at && o->first_submitted && *o->not_created_at >= *o->first_submitted;
        d.line_busy = o->line_busy && !forget_line_busy;
        for (const auto& code : o->ruled_out) d.ruled_out.push_back({code});
        d.told_created = d.line_busy && (o->told_no_own_code || !(o->ruled_out.empty() && o->told_of_others.empty()));
        d.told_late = {o->told_late()};
        if (!forget_shown) {
            for (const auto& code : o->shown_before) d.shown_before.push_back({code});
            d.shown_unnamed = o->shown_unnamed;
        }
        out.orders.push_back(std::move(d));
    }
    return out;
}

std::vector<change_beside> memory_tables::changes_beside(order_id id, time_point now, utc_time utc) const
{
    std::vector<change_beside> out;
    const auto& me = orders.at(id.value);
    for (const auto& [other_id, o] : orders) {
        bool open = o.code.empty() ? o.state == order_state::submitting || o.state == order_state::in_doubt ||
                                         o.state == order_state::held
                                   : o.state == order_state::accepted;
        bool beside = me.type == order_type::change && o.type == me.type &&
                      natural_key(o.request) == natural_key(me.request) && o.id != id;
        if (!open || !beside || !o.first_submitted) continue;
        out.push_back({{}, {o.code}});
        auto& d = out.back().order;
        d.id = o.id;
        d.revision = o.revision;
        d.type = o.type;
        d.request = o.request;
        d.submitted_at = utc - std::chrono::floor<milliseconds>(now - *o.first_submitted);
    }
    return out;
}

std::vector<owned_code> memory_tables::owned(const std::vector<order_code>& codes) const
{
    std::vector<owned_code> out;
    for (const auto& c : codes)
        for (const auto& [id, o] : orders)
            if (o.codes_ever.contains(c.text)) {
                out.push_back({c, natural_key(o.request), o.id});
                break;
            }
    return out;
}

bool memory_tables::disputed(const std::string& code) const
{
    return std::any_of(orders.begin(), orders.end(), [&](const auto& one) {
        const auto& o = one.second;
        return o.state == order_state::in_doubt && o.error_code == "order_code_conflict" &&
               o.told_of_others.contains(code);
    });
}

std::vector<order_code> memory_tables::seen_before(order_id id, const std::vector<order_code>& codes) const
{
    const auto& o = orders.at(id.value);
    std::vector<order_code> out;
    for (const auto& c : codes)
        if (auto at = seen.find(c.text); at != seen.end() && at->second < o.first_submitted.value_or(o.received))
            out.push_back(c);
    return out;
}

std::vector<known_order> memory_tables::known_orders(order_type type, milliseconds settle, time_point now) const
{
    struct candidate {
        known_order known;
        bool young = false;
        time_point accepted;
    };
    std::vector<candidate> all;
    for (const auto& [id, o] : orders) {
        if (o.code.empty() || o.type != type) continue;
        auto key = natural_key(o.request);
        key.erase(0, key.find(':') + 1);
        const auto* start = std::get_if<start_order>(&o.request);
        bool not_told = o.error_code == "unknown_at_provider" || o.error_code == "detail_unreadable";
        if (o.state == order_state::accepted && not_told) continue;
        all.push_back({{{o.code},
                        key,
                        o.state == order_state::accepted,
                        {},
                        start ? start->customer_site_name : "",
                        wanted_day(o.request),
                        o.accepted < now - 2 * settle},
                       o.accepted > now - settle,
                       o.accepted});
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        if (a.known.in_progress != b.known.in_progress) return a.known.in_progress;
        if (a.young != b.young) return b.young;
        return a.accepted > b.accepted;
    });
    std::vector<known_order> out;
    for (const auto& c : all)
        if (out.size() < 3) out.push_back(c.known);
    return out;
}

held_lease memory_tables::heartbeat(instance_id id, const wished_places& wish, time_point now)
{
    std::vector<claim_on_places> all;
    std::vector<instance_row*> rows;
    std::optional<std::size_t> self;
    for (auto& [number, i] : instances) {
        if (i.stopped || i.lost) continue;
        if (i.id == id) self = all.size();
        all.push_back({i.cap, i.places});
        rows.push_back(&i);
    }
    held_lease held;
    held.instances = static_cast<int>(all.size());
    if (!self) return held;
    all[*self].cap = wish.cap;
    auto granted = places_for(wish.total, all, *self, wish.in_use);
    held.places = granted.usable;
    held.settled = granted.settled;
    rows[*self]->heartbeat = now;
    rows[*self]->places = granted.held;
    rows[*self]->cap = wish.cap;
    held.live = true;
    return held;
}

reaped memory_tables::reap(instance_id by, milliseconds lease, milliseconds settle, time_point now)
{
    reaped out;
    for (auto& [number, i] : instances)
        if (!i.lost && !i.stopped && i.id != by && i.heartbeat < now - lease) {
            i.lost = true;
            ++out.instances;
        }
    for (auto& [number, o] : orders) {
        if (o.state != order_state::submitting) continue;
        auto owner = instances.find(o.owner.value);
        if (owner == instances.end() || !(owner->second.lost || owner->second.stopped)) continue;
        o.state = *next(o.state, order_event::instance_lost);
        ++o.revision;
        ++o.doubts;
        o.searches = o.uncontrolled_searches = 0;
        o.inconclusive_since.reset();
        o.not_before = now + std::max(settle, forget_settle_time ? milliseconds(0) : o.settle_time);
        tell(o, "instance_lost");
        ++out.orders;
    }
    return out;
}

bool memory_tables::take_duty(const std::string& name, instance_id id, milliseconds how_long, time_point now)
{
    auto [at, fresh] = duties.try_emplace(name, id, now + how_long);
    if (fresh) return true;
    auto holder = instances.find(at->second.first.value);
    bool gone = holder == instances.end() || holder->second.lost || holder->second.stopped;
    if (!(at->second.second < now || at->second.first == id || gone)) return false;
    at->second = {id, now + how_long};
    return true;
}

std::chrono::microseconds memory_tables::reserve(double per_second, int count, time_point now)
{
    auto begins = std::max(next_request, now);
    next_request = begins + std::chrono::microseconds(std::llround(1e6 * count / per_second));
    return std::chrono::duration_cast<std::chrono::microseconds>(begins - now);
}

bool memory_tables::take_probe(instance_id id, milliseconds how_long, time_point now)
{
    bool free = prober.value == 0 || prober == id || probe_until < now;
    if (circuit == circuit_state::closed || probe_at > now || !free) return false;
    prober = id;
    probe_until = now + how_long;
    return true;
}

// The questions. A std::function has its name before co_await: see database::run.

asio::awaitable<std::vector<claimed_order>> memory_store::claim(instance_id owner, int limit, bool probe,
                                                                milliseconds settle)
{
    std::function<std::vector<claimed_order>()> f = [=, this] {
        return tables_.claim(owner, limit, probe, settle, now());
    };
    co_return co_await run(f);
}
asio::awaitable<std::vector<own_claim>> memory_store::own_claims(instance_id owner)
{
    std::function<std::vector<own_claim>()> f = [=, this] {
        std::vector<own_claim> out;
        for (const auto& [id, o] : tables_.orders)
            if (o.state == order_state::submitting && o.owner == owner) out.push_back({o.id, o.revision});
        return out;
    };
    co_return co_await run(f);
}
asio::awaitable<std::optional<milliseconds>> memory_store::next_due()
{
    std::function<std::optional<milliseconds>()> f = [this] { return tables_.next_due(now()); };
    co_return co_await run(f);
}
asio::awaitable<moved_orders> memory_store::move(std::shared_ptr<const std::vector<order_move>> moves, instance_id by)
{
    std::function<moved_orders()> f = [=, this] { return tables_.move(*moves, by, now()); };
    co_return co_await run(f);
}
asio::awaitable<doubtful_orders> memory_store::due_in_doubt(int limit, milliseconds hidden)
{
    std::function<doubtful_orders()> f = [=, this] {
        return tables_.due_in_doubt(limit, hidden, now(), process_.world().utc_now());
    };
    co_return co_await run(f);
}
asio::awaitable<void> memory_store::postpone_search(doubtful_order order, milliseconds delay)
{
    std::function<bool()> f = [=, this, id = order.id.value, revision = order.revision] {
        auto& o = tables_.orders.at(id);
        bool ours = o.revision == revision && o.state == order_state::in_doubt;
        if (ours) o.not_before = now() + delay;
        return ours;
    };
    co_await run(f);
}
asio::awaitable<std::vector<owned_code>> memory_store::owned_codes(std::vector<order_code> codes)
{
    std::function<std::vector<owned_code>()> f = [=, this] { return tables_.owned(codes); };
    co_return co_await run(f);
}
asio::awaitable<std::vector<order_code>> memory_store::seen_before(order_id id, std::vector<order_code> codes)
{
    std::function<std::vector<order_code>()> f = [=, this] { return tables_.seen_before(id, codes); };
    co_return co_await run(f);
}
asio::awaitable<void> memory_store::note_seen(std::vector<order_code> codes)
{
    std::function<bool()> f = [=, this] {
        for (const auto& c : codes) tables_.seen.try_emplace(c.text, now());
        return true;
    };
    co_await run(f);
}
asio::awaitable<std::vector<known_order>> memory_store::known_orders(order_type type, milliseconds settle)
{
    std::function<std::vector<known_order>()> f = [=, this] { return tables_.known_orders(type, settle, now()); };
    co_return co_await run(f);
}
asio::awaitable<std::vector<change_beside>> memory_store::changes_beside(order_id id)
{
    std::function<std::vector<change_beside>()> f = [=, this] {
        return tables_.changes_beside(id, now(), process_.world().utc_now());
    };
    co_return co_await run(f);
}
asio::awaitable<void> memory_store::note_late_creation(milliseconds settle)
{
    std::function<bool()> f = [=, this] {
        tables_.settle_time_too_short = std::max(tables_.settle_time_too_short, settle);
        return true;
    };
    co_await run(f);
}
asio::awaitable<std::vector<tracked_order>> memory_store::tracked()
{
    std::function<std::vector<tracked_order>()> f = [this] {
        std::vector<tracked_order> out;
        for (const auto& [id, o] : tables_.orders)
            if (o.state == order_state::accepted)
                out.push_back({o.id,
                               o.revision,
                               {o.code},
                               {},
                               {},
                               o.error_code,
                               tables_.disputed(o.code),
                               !tables_.codes_known_until || o.accepted > *tables_.codes_known_until});
        return out;
    };
    co_return co_await run(f);
}
asio::awaitable<std::vector<followed_order>> memory_store::followed(std::vector<order_id> ids)
{
    std::function<std::vector<followed_order>()> f = [=, this] {
        std::vector<followed_order> out;
        for (auto id : ids) {
            const auto& o = tables_.orders.at(id.value);
            auto seen = tables_.seen.find(o.code);
            bool before = o.first_submitted && seen != tables_.seen.end() && seen->second < *o.first_submitted;
            bool twice = std::any_of(tables_.orders.begin(), tables_.orders.end(), [&](const auto& one) {
                return one.second.id != id && one.second.told_of_others.contains(o.code);
            });
            bool never_known = o.taken_by == name(order_event::accepted_by_provider) && tables_.codes_known_until &&
                               o.accepted > *tables_.codes_known_until;
            bool by_person = o.taken_by == name(order_event::resolved_as_ours);
            out.push_back({id, o.type, o.request, by_person, before, twice, never_known,
                           o.codes_of_earlier_attempts.contains(o.code)});
        }
        return out;
    };
    co_return co_await run(f);
}
asio::awaitable<void> memory_store::note_codes_known(milliseconds ago, std::vector<order_id> unknown)
{
    std::function<bool()> f = [=, this] {
        auto until = now() - ago;
        for (auto id : unknown) until = std::min(until, tables_.orders.at(id.value).accepted - milliseconds(1));
        tables_.codes_known_until = std::max(until, tables_.codes_known_until.value_or(until));
        return true;
    };
    co_await run(f);
}
asio::awaitable<instance_id> memory_store::register_instance(std::string)
{
    std::function<instance_id()> f = [this] {
        instance_id id{static_cast<std::int64_t>(tables_.instances.size()) + 1};
        tables_.instances[id.value] = {id, now()};
        return id;
    };
    co_return co_await run(f);
}
asio::awaitable<held_lease> memory_store::heartbeat(instance_id id, wished_places wish)
{
    std::function<held_lease()> f = [=, this] { return tables_.heartbeat(id, wish, now()); };
    co_return co_await run(f);
}
asio::awaitable<void> memory_store::say_goodbye(instance_id id)
{
    std::function<bool()> f = [=, this] { return tables_.instances.at(id.value).stopped = true; };
    co_await run(f);
}
asio::awaitable<reaped> memory_store::reap(instance_id by, milliseconds lease, milliseconds settle)
{
    std::function<reaped()> f = [=, this] { return tables_.reap(by, lease, settle, now()); };
    co_return co_await run(f);
}
asio::awaitable<bool> memory_store::take_duty(std::string name, instance_id id, milliseconds how_long)
{
    std::function<bool()> f = [=, this] { return tables_.take_duty(name, id, how_long, now()); };
    co_return co_await run(f);
}
asio::awaitable<std::chrono::microseconds> memory_store::reserve_requests(double per_second, int count)
{
    std::function<std::chrono::microseconds()> f = [=, this] { return tables_.reserve(per_second, count, now()); };
    co_return co_await run(f);
}
asio::awaitable<shared_circuit> memory_store::read_circuit()
{
    std::function<shared_circuit()> f = [this] {
        auto& t = tables_;
        return shared_circuit{t.circuit,
                              t.circuit_why,
                              t.failed_probes,
                              left(t.probe_at, now()),
                              left(t.paused_until, now()),
                              t.prober.value != 0 && t.probe_until > now()};
    };
    co_return co_await run(f);
}
asio::awaitable<void> memory_store::open_circuit(circuit_state state, std::string why, milliseconds pause)
{
    std::function<bool()> f = [=, this] {
        auto& t = tables_;
        if (!(t.circuit == circuit_state::closed ||
              (t.circuit == circuit_state::open && state == circuit_state::halted)))
            return false;
        t.circuit = state;
        t.circuit_why = why;
        t.failed_probes = 0;
        t.prober = {};
        t.probe_at = now() + pause;
        return true;
    };
    co_await run(f);
}
asio::awaitable<void> memory_store::close_circuit()
{
    std::function<bool()> f = [this] {
        tables_.circuit = circuit_state::closed;
        tables_.prober = {};
        tables_.failed_probes = 0;
        tables_.probe_at = {};
        return true;
    };
    co_await run(f);
}
asio::awaitable<void> memory_store::pause_sending(milliseconds pause)
{
    std::function<bool()> f = [=, this] {
        tables_.paused_until = std::max(tables_.paused_until, now() + pause);
        return true;
    };
    co_await run(f);
}
asio::awaitable<bool> memory_store::take_probe(instance_id id, milliseconds how_long)
{
    std::function<bool()> f = [=, this] { return tables_.take_probe(id, how_long, now()); };
    co_return co_await run(f);
}
asio::awaitable<void> memory_store::probe_failed(instance_id id, circuit_state state, std::string why,
                                                 milliseconds pause)
{
    std::function<bool()> f = [=, this] {
        auto& t = tables_;
        if (t.prober != id || t.circuit == circuit_state::closed) return false;
        ++t.failed_probes;
        t.circuit = state;
        t.circuit_why = why;
        t.prober = {};
        t.probe_at = now() + pause;
        return true;
    };
    co_await run(f);
}

}
