#include "orderd/submission/breaker.hpp"
#include "orderd/async/concurrently.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace orderd::submission {
namespace {

using namespace std::chrono_literals;
using milliseconds = std::chrono::milliseconds;

/// What a failed look at the provider says about the circuit.
circuit_state state_after(const provider::failure& failed)
{
    using what = provider::failure::what_happened;
    bool ours = failed.kind == what::unauthorized || failed.kind == what::forbidden || failed.kind == what::redirected;
    return ours ? circuit_state::halted : circuit_state::open;
}

/// The products were listed, and an order was refused: that may be its own matter, and another one tells. A redirected
/// one is in doubt, and not risked often.
circuit_state pace_after_refusal(const provider::failure* failed)
{
    bool risky = !failed || failed->credentials_refused || failed->kind == provider::failure::what_happened::redirected;
    return risky ? circuit_state::halted : circuit_state::open;
}

}

breaker::breaker(timekeeper& time, store::order_store& orders, provider::api& api, breaker_options options, logger& log,
                 std::function<double()> uniform01)
    : time_(time),
      store_(orders),
      api_(api),
      options_(options),
      log_(log),
      uniform01_(std::move(uniform01)),
      database_trouble_(log, "the shared circuit"),
      provider_outage_(log, "the provider"),
      row_(options.threshold),
      refusals_(std::min(options.refusals, options.threshold)),
      not_from_here_(options.threshold),
      limited_(options.refusals),
      tick_(time),
      doubted_(time)
{
}

void breaker::stop()
{
    stopping_ = true;
    tick_.notify();
    doubted_.notify();
}

void breaker::wake()
{
    stale_ = true;
    tick_.notify();
}

void breaker::tell(std::function<asio::awaitable<void>()> what)
{
    to_tell_.push_back(std::move(what));
    tick_.notify();
}

asio::awaitable<void> breaker::run()
{
    bool telling = true;
    std::function<asio::awaitable<void>()> work = [this, &telling] {
        return std::exchange(telling, false) ? keep_in_step() : look_when_doubted();
    };
    auto on = co_await asio::this_coro::executor;
    co_await async::run_together(on, 2, work);
}

asio::awaitable<void> breaker::keep_in_step()
{
    while (!stopping_) {
        std::exception_ptr failed;
        try {
            co_await tell_and_read();
            database_trouble_.recovered();
        } catch (const std::exception&) {
            failed = std::current_exception();
        }
        if (failed) database_trouble_.failed(failed);
        if (failed || (to_tell_.empty() && !stale_))
            co_await tick_.wait_for(failed ? timekeeper::duration(500ms) : open() ? 5s : 30s);
        stale_ = true; // a notification may have been missed
    }
}

asio::awaitable<void> breaker::look_when_doubted()
{
    while (!stopping_) {
        co_await doubted_.wait();
        std::string defect;
        try {
            co_await look_at_credentials();
        } catch (const std::exception& e) {
            defect = e.what();
        }
        if (!defect.empty())
            log_.error("an internal error while the provider was asked for its products", {{"what", defect}});
    }
}

/// Asking for the products costs nothing, and tells whether a 401 is meant for everybody.
asio::awaitable<void> breaker::look_at_credentials()
{
    if (stopping_ || open()) co_return;
    auto products = co_await api_.list_products();
    if (products || open()) co_return;
    const auto failed = products.error();
    if (failed.kind == provider::failure::what_happened::unauthorized)
        open_now(circuit_state::halted, provider::summary(failed), &failed);
}

asio::awaitable<void> breaker::tell_and_read()
{
    while (!to_tell_.empty()) {
        auto what = to_tell_.front(); // told again when its commit is in doubt
        co_await what();
        to_tell_.pop_front();
    }
    stale_ = false;
    auto seen = co_await store_.read_circuit();
    if (to_tell_.empty()) take_over(seen);
}

void breaker::take_over(const store::shared_circuit& seen)
{
    auto now = time_.now();
    bool was_open = open();
    state_ = seen.state;
    failed_probes_ = seen.failed_probes;
    paused_until_ = now + seen.paused_for;
    probe_at_ = now + seen.probe_in;
    if (seen.probing && !probing_) probe_at_ = std::max(probe_at_, now + 1s); // somebody else looks already
    if (open() && !was_open)
        provider_outage_.failed(seen.why);
    else if (!open() && was_open) {
        forget_row();
        provider_outage_.recovered();
    }
    if (open() != was_open) changed_();
}

asio::awaitable<bool> breaker::may_probe(instance_id self)
{
    if (!open() || probing_) co_return false;
    bool ours = co_await store_.take_probe(self, options_.probe_length);
    if (!ours) { // somebody else looks, or it is closed already: read it anew
        probe_at_ = std::max(probe_at_, time_.now() + 1s);
        wake();
        co_return false;
    }
    probing_ = true;
    // Asking for the products has no effect there: an outage of hours puts no order in doubt.
    auto products = co_await api_.list_products();
    if (products) co_return true;
    const auto failed = products.error();
    if (failed.no_descriptors) {
        probing_ = false;
        wait_here();
        co_return false;
    }
    auto state = state_after(failed);
    probe_ended_badly(self, state, state, provider::summary(failed), &failed);
    co_return false;
}

/// Whether an answer tells more than those before it in the row: the same order again does not, while somebody answers.
bool breaker::says_more(order_id order, const provider::failure* failed)
{
    return !failed || failed->status == 0 || answered_in_row_.insert(order).second;
}

/// Wrong credentials do; anything else that one order is told may be its own trouble.
bool breaker::refuses_everybody(order_id order, const provider::failure* failed)
{
    if (!failed || failed->credentials_refused) return true;
    if (failed->kind == provider::failure::what_happened::unauthorized) doubted_.notify();
    return says_more(order, failed) && refusals_.failed();
}

void breaker::forget_row()
{
    row_.succeeded();
    refusals_.succeeded();
    answered_in_row_.clear();
}

bool breaker::saw(order_id order, const decision& d, const provider::failure* failed, bool probe, instance_id self)
{
    if (probe) probing_ = false;
    switch (d.on_sending) {
    case effect::none: break;
    case effect::healthy:
        forget_row();
        limited_rounds_ = waits_here_ = 0;
        not_from_here_.succeeded();
        limited_.taken(order);
        if (!probe) break; // sent before the circuit opened: it tells nothing new
        state_ = circuit_state::closed;
        provider_outage_.recovered();
        tell([this] { return store_.close_circuit(); });
        changed_();
        break;
    case effect::unhealthy:
        if (probe)
            probe_ended_badly(self, circuit_state::open, circuit_state::open, d.why, failed);
        else if (says_more(order, failed) && row_.failed() && !open())
            open_now(circuit_state::open, d.why, failed);
        break;
    case effect::wait_here:
        if (not_from_here_.failed()) wait_here();
        break;
    case effect::slow_down: return slow_down(order, d);
    case effect::halt:
        if (probe)
            probe_ended_badly(self, circuit_state::halted, pace_after_refusal(failed), d.why, failed);
        else if (state_ != circuit_state::halted && refuses_everybody(order, failed))
            open_now(circuit_state::halted, d.why, failed);
        break;
    }
    return false;
}

/// As long as the provider asked for; when it did not say, longer each time that the pause did not help. Not at all for
/// an order that is told so alone.
bool breaker::slow_down(order_id order, const decision& d)
{
    auto now = time_.now();
    bool sent_before = paused_until_ > now;
    if (limited_.own_matter(order, sent_before)) return true;
    if (!sent_before) ++limited_rounds_;
    auto pause = d.pause_asked_for.value_or(
        backoff(std::min(limited_rounds_, 30), options_.pauses.open, 0.5 + uniform01_() / 2));
    if (paused_until_ >= now + pause - 100ms) return false;
    if (sent_before && !d.pause_asked_for) return false;
    paused_until_ = now + pause;
    auto times = slowed_.happened();
    bool much_longer = pause >= 30s && pause >= 2 * longest_told_;
    if (times || much_longer) {
        longest_told_ = times ? pause : std::max(pause, longest_told_);
        log_.warning("the provider asks to slow down; nothing is sent for a while, and then again",
                     {{"order", order.value},
                      {"provider_says", d.why},
                      {"seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()},
                      {"times", std::max(times, 1L)}});
    }
    tell([this, pause] { return store_.pause_sending(pause); });
    changed_();
    return false;
}

/// For this daemon alone: what it lacks says nothing about the provider, nor about what others can do.
void breaker::wait_here()
{
    if (waits_here_until_ > time_.now()) return;
    waits_here_until_ =
        time_.now() + backoff(std::min(++waits_here_, 30), options_.pauses.open, 0.5 + uniform01_() / 2);
    changed_();
}

/// The first look comes soon, also where a person may have to mend something: perhaps it was a matter of some orders.
void breaker::open_now(circuit_state state, const std::string& why, const provider::failure* failed)
{
    auto pause = pause_before_probe(circuit_state::open, 0, options_.pauses, uniform01_());
    if (failed && failed->retry_after) pause = std::max<milliseconds>(pause, *failed->retry_after);
    state_ = state;
    failed_probes_ = 0;
    probe_at_ = time_.now() + pause;
    tell([this, state, why, pause] { return store_.open_circuit(state, why, pause); });
    say(why, failed, pause);
    changed_();
}

void breaker::probe_ended_badly(instance_id self, circuit_state state, circuit_state pace, const std::string& why,
                                const provider::failure* failed)
{
    auto pause = pause_before_probe(pace, ++failed_probes_, options_.pauses, uniform01_());
    if (failed && failed->retry_after) pause = std::max<milliseconds>(pause, *failed->retry_after);
    probing_ = false;
    state_ = state;
    probe_at_ = time_.now() + pause;
    tell([this, self, state, why, pause] { return store_.probe_failed(self, state, why, pause); });
    say(why, failed, pause);
    changed_();
}

void breaker::say(const std::string& why, const provider::failure* failed, milliseconds pause)
{
    provider_outage_.failed(why);
    if (state_ != circuit_state::halted) return;
    auto write = failed_probes_ == 0 ? &logger::write : &logger::write_seldom;
    (log_.*write)(log_level::error,
                  "submission is stopped: the provider does not accept our requests; check api.base_url, the client "
                  "credentials and the contract. Nothing is lost; the next try is automatic",
                  {{"http_status", failed ? failed->status : 0},
                   {"provider_says", why},
                   {"next_try_seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()}});
}

}
