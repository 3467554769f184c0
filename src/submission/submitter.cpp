#include "orderd/submission/submitter.hpp"
#include "failure_json.hpp"
#include "orderd/async/concurrently.hpp"

#include <algorithm>

namespace orderd::submission {

using namespace std::chrono_literals;
using duration = timekeeper::duration;

namespace {

constexpr auto looked_for = 1min;       // what others have in progress is looked at again after so long,
constexpr int looks_a_share = 20;       // and takes a twentieth of the time at most
constexpr int looks_that_may_fail = 12; // a minute of them: then orders are sent all the same
constexpr auto pause_between_looks = 5s;

/// Counts something for as long as it lives, however it ends.
struct counted {
    explicit counted(int& all) : count(all) { ++count; }
    ~counted() { --count; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    int& count;
};

/// Out of `submitting`.
store::order_move move_of(order_id id, int revision, order_event event, std::string why)
{
    store::order_move move;
    move.id = id;
    move.revision = revision;
    move.from = order_state::submitting;
    move.event = event;
    move.why = std::move(why);
    return move;
}

}

submitter::submitter(asio::any_io_executor on, timekeeper& time, store::order_store& orders, provider::api& api,
                     store::recorder& recorder, lease& own, breaker& stopper, submitter_options options, logger& log,
                     std::function<double()> uniform01)
    : executor_(on),
      time_(time),
      store_(orders),
      api_(api),
      recorder_(recorder),
      lease_(own),
      breaker_(stopper),
      options_(std::move(options)),
      uniform01_(std::move(uniform01)),
      log_(log),
      database_trouble_(log, "sending orders"),
      odd_(log),
      room_(time),
      work_(time)
{
    recorder_.on_commit([this](const std::vector<store::order_move>& settled) {
        for (const auto& move : settled)
            if (move.from == order_state::submitting) held_.erase({move.id, move.revision});
        room_.notify();
    });
    lease_.on_use([this] { return in_flight_; });
    lease_.on_renewal([this] { look_again(); });
    breaker_.on_change([this] { look_again(); });
}

void submitter::wake()
{
    empty_claims_ = 0;
    room_.notify();
}

void submitter::look_again()
{
    room_.notify();
    work_.notify();
}

void submitter::configure(submitter_options options)
{
    options.max_in_flight = options_.max_in_flight;
    options_ = std::move(options);
    look_again();
}

void submitter::stop()
{
    stopping_ = true;
    look_again();
}

asio::awaitable<void> submitter::run()
{
    bool claiming = true; // the first coroutine claims, the others send
    std::function<asio::awaitable<void>()> work = [this, &claiming] {
        if (std::exchange(claiming, false)) return claim_orders();
        return send_orders();
    };
    co_await async::run_together(executor_, options_.max_in_flight + 1, work);
}

int submitter::places() const
{
    auto waiting = static_cast<int>(line_.size());
    auto unsettled = waiting + in_flight_ + static_cast<int>(recorder_.waiting());
    int window = lease_.places();
    // What is on the wire and in line together: where the provider answers at once, most of it is in line, and claims
    // come in groups that are worth a statement.
    int places = std::min(2 * window - in_flight_ - waiting, 3 * window - unsettled);
    if (options_.requests_per_second > 0) {
        auto soon = 2 * options_.requests_per_second / lease_.instances();
        places = std::min(places, std::max(1, static_cast<int>(soon)) - waiting);
    }
    return places;
}

asio::awaitable<void> submitter::claim_orders()
{
    while (!stopping_) {
        bool valid = co_await lease_.wait_until_valid();
        if (!valid || stopping_) continue;
        duration pause = 500ms;
        std::exception_ptr failed;
        try {
            pause = co_await claim_once();
            database_trouble_.recovered();
        } catch (const std::exception&) {
            failed = std::current_exception();
            check_claims_at_ = {};
            breaker_.probe_unused(); // should the claim of the probe have worked, it comes back as a lost one
        }
        if (failed) database_trouble_.failed(failed);
        if (pause > 0ms) co_await room_.wait_for(pause);
    }
    // Those who send may have gone home before the last claim was answered.
    for (; !line_.empty(); line_.pop_front()) return_unsent(line_.front());
}

asio::awaitable<duration> submitter::claim_once()
{
    auto owner = lease_.id();
    if (time_.now() >= check_claims_at_) co_await return_lost_claims(owner);
    // The wall clock may be set: it is looked at every minute.
    if (auto closed = options_.window.opens_in(time_.utc_now()); closed > 0ms)
        co_return std::min<duration>(closed, 1min);
    if (auto at = breaker_.open_at(); at > time_.now()) co_return at - time_.now();

    bool probe = breaker_.open();
    // Claims wait for half of the window, so that they come in groups.
    auto free = probe ? 1 - static_cast<int>(line_.size()) : places();
    if (lease_.places() == 0 || free <= 0 || (!line_.empty() && free < lease_.places() / 2))
        co_return options_.poll_interval;
    bool look_now =
        look_first_ && !probe &&
        (!looked_at_ || time_.now() - *looked_at_ > std::max<duration>(looked_for, looks_a_share * look_took_));
    if (probe || look_now) {
        auto wait = co_await until_due();
        if (wait > 0ms) co_return wait;
    }
    if (look_now) co_return co_await look(); // much may have changed meanwhile
    if (probe) {
        bool ours = co_await breaker_.may_probe(owner);
        if (!ours) co_return 100ms;
    }
    auto settle_time = options_.decisions.settle_time;
    auto got = co_await store_.claim(owner, free, probe, settle_time);
    if (probe && got.empty()) breaker_.probe_unused();
    for (auto& order : got) {
        held_.insert({order.id, order.revision});
        line_.push_back({std::move(order), owner, settle_time, probe});
    }
    if (!got.empty()) {
        empty_claims_ = 0;
        work_.notify();
        co_return 0ms;
    }
    auto due = co_await until_due();
    co_return std::max(due, after_empty_claim(due));
}

/// What is due and was not given belongs to others: another instance at work, or somebody who keeps it locked for long.
duration submitter::after_empty_claim(duration until_due)
{
    constexpr int most_doublings = 6;
    empty_claims_ = until_due > 0ms ? 0 : std::min(empty_claims_ + 1, most_doublings);
    return 10ms * (1 << empty_claims_);
}

/// Orders wait for it, for a minute: what is there before them is then known not to be one of them.
asio::awaitable<duration> submitter::look()
{
    auto begun = time_.now();
    auto why = co_await look_first_();
    if (!why.empty() && ++looks_failed_ < looks_that_may_fail) co_return pause_between_looks;
    if (!why.empty())
        log_.warning(
            "what others have in progress at the provider cannot be read; orders are sent all the same, and one "
            "of others that is just like one in doubt may be taken for it",
            {{"why", why}});
    looks_failed_ = 0;
    looked_at_ = time_.now();
    look_took_ = *looked_at_ - begun;
    co_return 0ms;
}

asio::awaitable<duration> submitter::until_due()
{
    auto due = co_await store_.next_due();
    co_return due ? std::min<duration>(*due, options_.poll_interval) : options_.poll_interval;
}

asio::awaitable<void> submitter::return_lost_claims(instance_id owner)
{
    auto all = co_await store_.own_claims(owner);
    for (const auto& claim : all) {
        auto other_revision = held_.lower_bound({claim.id, 0});
        bool may_be_sent = other_revision != held_.end() && other_revision->first == claim.id;
        if (!held_.insert({claim.id, claim.revision}).second) continue;
        if (may_be_sent)
            leave_in_doubt(claim.id, claim.revision, owner);
        else
            give_back(claim.id, claim.revision, owner, "the answer to its claim was lost; it was not sent");
    }
    check_claims_at_ = time_.now() + options_.claims_checked;
}

bool submitter::may_send(const claimed& one) const
{
    // Without a place it would wait for ever; another instance has one.
    if (stopping_ || !lease_.holds(one.owner) || lease_.places() == 0) return false;
    if (!one.probe && (breaker_.open() || breaker_.open_at() > time_.now())) return false;
    return options_.window.open(time_.utc_now());
}

asio::awaitable<void> submitter::send_orders()
{
    while (true) {
        bool idle = line_.empty();
        if (idle && stopping_) co_return;
        if (idle || (may_send(line_.front()) && in_flight_ >= lease_.places())) {
            co_await work_.wait();
            continue;
        }
        auto next = std::move(line_.front());
        line_.pop_front();
        if (may_send(next))
            co_await send(std::move(next));
        else
            return_unsent(next);
        room_.notify();
    }
}

asio::awaitable<void> submitter::send(claimed one)
{
    bool may_have_gone = false;
    std::function<bool()> still = [this, &one, &may_have_gone] {
        bool may = may_send(one);
        may_have_gone |= may;
        return may;
    };
    std::string defect;
    try {
        auto answer = co_await post(one, still);
        record(one, answer);
    } catch (const std::exception& e) { // nothing about one order stops the others
        defect = e.what();
    }
    if (!defect.empty()) record_defect(one, may_have_gone, defect);
}

asio::awaitable<provider::result<order_code>> submitter::post(const claimed& one, std::function<bool()> still)
{
    counted on_the_wire(in_flight_);
    auto request = one.order.request;
    auto answer = co_await api_.post_order(std::move(request), std::move(still));
    // The provider's words may repeat what was sent.
    if (const auto* start = std::get_if<start_order>(&one.order.request); start && !answer)
        answer = without_secret(answer.error(), start->line_access_key);
    co_return answer;
}

/// What happened to the request is not known, if it went out at all.
void submitter::record_defect(const claimed& one, bool may_have_gone, const std::string& what)
{
    log_.error("an internal error while an order was sent", {{"order", one.order.id.value}, {"what", what}});
    if (one.probe) breaker_.probe_unused();
    auto settings = options_.decisions;
    auto move =
        move_of(one.order.id, one.order.revision,
                may_have_gone ? order_event::outcome_unknown : order_event::not_processed, "internal error: " + what);
    move.delay = std::max(settings.settle_time, one.settle_time);
    move.attempt_given_back = !may_have_gone;
    recorder_.add(std::move(move), one.owner);
}

void submitter::record(const claimed& one, const provider::result<order_code>& answer)
{
    auto settings = options_.decisions; // which may have been changed since the claim
    settings.settle_time = std::max(settings.settle_time, one.settle_time);
    auto before = limited_.find(one.order.id.value);
    auto limited = before == limited_.end() ? 0 : before->second;
    auto d = decide(answer, {one.order.attempts, one.order.doubts, limited}, settings, uniform01_());
    count_limited(one.order.id, d);
    const auto failed = answer ? std::nullopt : std::optional(answer.error());
    bool limited_alone = breaker_.saw(one.order.id, d, failed ? &*failed : nullptr, one.probe, one.owner);
    if (d.on_sending == effect::healthy) odd_.well(one.order.id);
    if (failed) odd_.tell(one.order.id, *failed, limited_alone);
    auto move = move_of(one.order.id, one.order.revision, d.event, d.why);
    if (d.delay.count() > 0) move.delay = d.delay;
    move.attempt_given_back = d.attempt_given_back;
    if (answer) {
        move.code = *answer;
        move.settle_time = settings.settle_time;
        move.http_status = 201;
        move.provider_status = "1";
    } else if (failed->kind != provider::failure::what_happened::kept_back)
        add_failure(move, *failed);
    recorder_.add(std::move(move), one.owner);
}

/// Those that come back unprocessed although they were answered wait longer each time.
void submitter::count_limited(order_id id, const decision& d)
{
    constexpr std::size_t most = 100'000; // forgetting makes a pause shorter, and nothing else
    bool kept_back = d.attempt_given_back && (d.on_sending == effect::slow_down || d.on_sending == effect::halt);
    if (!kept_back) {
        limited_.erase(id.value);
        return;
    }
    if (limited_.size() >= most) limited_.clear();
    ++limited_[id.value];
}

void submitter::return_unsent(const claimed& one)
{
    if (one.probe) breaker_.probe_unused();
    give_back(one.order.id, one.order.revision, one.owner, stopping_ ? "the daemon stops" : "sending is paused");
}

/// Claimed by us and changed by somebody else since: it may have been sent.
void submitter::leave_in_doubt(order_id id, int revision, instance_id owner)
{
    auto move = move_of(id, revision, order_event::outcome_unknown,
                        "its row was changed by somebody else while this instance sent it; it is searched for");
    move.delay = options_.decisions.settle_time;
    recorder_.add(std::move(move), owner);
}

void submitter::give_back(order_id id, int revision, instance_id owner, std::string why)
{
    auto move = move_of(id, revision, order_event::not_processed, std::move(why));
    move.attempt_given_back = true;
    recorder_.add(std::move(move), owner);
}

}
