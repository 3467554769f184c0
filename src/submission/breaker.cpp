#include "orderd/submission/breaker.hpp"

#include <algorithm>

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
      tick_(time)
{
}

void breaker::stop()
{
    stopping_ = true;
    tick_.notify();
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
    probe_ended_badly(self, state_after(failed), provider::summary(failed), &failed);
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
    if (!failed || failed->kind == provider::failure::what_happened::unauthorized) return true;
    return says_more(order, failed) && refusals_.failed();
}

void breaker::forget_row()
{
    row_.succeeded();
    refusals_.succeeded();
    answered_in_row_.clear();
}

void breaker::saw(order_id order, const decision& d, const provider::failure* failed, bool probe, instance_id self)
{
    if (probe) probing_ = false;
    switch (d.on_sending) {
    case effect::none: break;
    case effect::healthy:
        forget_row();
        limited_rounds_ = 0;
        if (!probe) break; // sent before the circuit opened: it tells nothing new
        state_ = circuit_state::closed;
        provider_outage_.recovered();
        tell([this] { return store_.close_circuit(); });
        changed_();
        break;
    case effect::unhealthy:
        if (probe)
            probe_ended_badly(self, circuit_state::open, d.why, failed);
        else if (says_more(order, failed) && row_.failed() && !open())
            open_now(circuit_state::open, d.why, failed);
        break;
    case effect::slow_down: slow_down(d); break;
    case effect::halt:
        if (probe)
            probe_ended_badly(self, circuit_state::halted, d.why, failed);
        else if (state_ != circuit_state::halted && refuses_everybody(order, failed))
            open_now(circuit_state::halted, d.why, failed);
        break;
    }
}

/// As long as the provider asked for; when it did not say, longer each time that the pause did not help.
void breaker::slow_down(const decision& d)
{
    auto now = time_.now();
    if (paused_until_ <= now) ++limited_rounds_; // else this was sent before the pause
    auto pause = d.pause_asked_for.value_or(
        backoff(std::min(limited_rounds_, 30), options_.pauses.open, 0.5 + uniform01_() / 2));
    if (paused_until_ >= now + pause - 100ms) return;
    if (paused_until_ > now && !d.pause_asked_for) return;
    paused_until_ = now + pause;
    if (auto times = slowed_.happened())
        log_.warning("the provider asks to slow down; nothing is sent for a while, and then again",
                     {{"provider_says", d.why},
                      {"seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()},
                      {"times", times}});
    tell([this, pause] { return store_.pause_sending(pause); });
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

void breaker::probe_ended_badly(instance_id self, circuit_state state, const std::string& why,
                                const provider::failure* failed)
{
    auto pause = pause_before_probe(state, ++failed_probes_, options_.pauses, uniform01_());
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
    log_.error("submission is stopped: the provider does not accept our requests; check api.base_url, the client "
               "credentials and the contract. Nothing is lost; the next try is automatic",
               {{"http_status", failed ? failed->status : 0},
                {"provider_says", why},
                {"next_try_seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()}});
}

}
