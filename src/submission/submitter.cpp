#include "orderd/submission/submitter.hpp"
#include "failure_json.hpp"
#include "orderd/store/concurrently.hpp"

#include <algorithm>

namespace orderd::submission {

using namespace std::chrono_literals;

submitter::submitter(asio::any_io_executor on, store::database& db, provider::api& api, store::recorder& recorder,
                     lease& own, submitter_options options, logger& log, std::function<double()> uniform01)
    : executor_(on),
      database_(db),
      api_(api),
      recorder_(recorder),
      lease_(own),
      options_(std::move(options)),
      log_(log),
      uniform01_(std::move(uniform01)),
      circuit_(options_.circuit_threshold, options_.circuit_pauses),
      database_outage_(log, "the database"),
      provider_outage_(log, "the provider"),
      room_(on),
      work_(on)
{
    recorder_.on_commit([this] { room_.notify(); });
}

void submitter::wake() { room_.notify(); }

void submitter::stop()
{
    stopping_ = true;
    room_.notify();
    work_.notify();
}

asio::awaitable<void> submitter::run()
{
    bool claiming = true; // the first coroutine claims, the others send
    std::function<asio::awaitable<void>()> work = [this, &claiming] {
        if (std::exchange(claiming, false)) return claim_orders();
        return send_orders();
    };
    co_await store::run_together(executor_, options_.max_in_flight + 1, work);
}

int submitter::places() const
{
    auto waiting = static_cast<int>(line_.size());
    auto unsettled = waiting + in_flight_ + static_cast<int>(recorder_.waiting());
    int places = std::min(options_.max_in_flight - waiting, 3 * options_.max_in_flight - unsettled);
    if (options_.requests_per_second > 0)
        places = std::min(places, std::max(1, static_cast<int>(2 * options_.requests_per_second)) - waiting);
    if (circuit_.open()) places = std::min(places, 1 - waiting - in_flight_); // a probe
    return places;
}

submitter::clock::time_point submitter::open_at() const
{
    return circuit_.open() ? std::max(paused_until_, circuit_.probe_at()) : paused_until_;
}

asio::awaitable<void> submitter::claim_orders()
{
    while (!stopping_) {
        if (!co_await lease_.wait_until_valid()) continue;
        if (auto at = open_at(); at > clock::now()) {
            co_await room_.wait(at);
            continue;
        }
        // Claims wait for a quarter of the window, so that they come in groups.
        auto free = places();
        if (free <= 0 || (!line_.empty() && free < options_.max_in_flight / 4)) {
            co_await room_.wait_for(options_.poll_interval);
            continue;
        }
        auto owner = lease_.id();
        std::vector<store::claimed_order> got;
        std::chrono::milliseconds pause = options_.poll_interval;
        std::string away;
        try {
            got = co_await database_.run([=](store::session& s) { return store::claim_orders(s, owner, free); });
            if (got.empty()) {
                auto due = co_await database_.run([](store::session& s) { return store::next_due(s); });
                if (due) pause = std::min(pause, std::max(*due, 10ms));
            }
            database_outage_.recovered();
        } catch (const std::exception& e) {
            away = e.what();
            pause = 500ms;
        }
        if (!away.empty()) database_outage_.failed(away);
        for (auto& order : got) line_.push_back({std::move(order), owner});
        if (!got.empty())
            work_.notify();
        else
            co_await room_.wait_for(pause);
    }
}

asio::awaitable<void> submitter::send_orders()
{
    while (true) {
        if (line_.empty()) {
            if (stopping_) co_return;
            co_await work_.wait_for(1h);
            continue;
        }
        auto next = std::move(line_.front());
        line_.pop_front();
        if (stopping_)
            give_back(next, "the daemon stops", 0ms);
        else if (auto at = open_at(); at > clock::now() || !circuit_.allows(clock::now()))
            give_back(next, "sending is paused",
                      std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::max(at - clock::now(), clock::duration(100ms))));
        else
            co_await send(std::move(next));
        room_.notify();
    }
}

asio::awaitable<void> submitter::send(claimed one)
{
    circuit_.sending();
    ++in_flight_;
    auto owner = one.owner;
    auto body = one.order.body;
    std::function<bool()> may_send = [this, owner] { return lease_.holds(owner); };
    auto answer = co_await api_.post_order(std::move(body), std::move(may_send));
    --in_flight_;
    record(one, answer);
}

void submitter::record(const claimed& one, const provider::result<order_code>& answer)
{
    auto d = decide(answer, {one.order.attempts, one.order.doubts}, options_.decisions, uniform01_());
    apply(d, answer);
    store::order_move move;
    move.id = one.order.id;
    move.revision = one.order.revision;
    move.from = order_state::submitting;
    move.event = d.event;
    move.why = d.why;
    if (d.delay.count() > 0) move.delay = d.delay;
    move.attempt_given_back = d.attempt_given_back;
    if (answer) {
        move.code = *answer;
        move.http_status = 201;
        move.provider_status = "1";
    } else
        add_failure(move, answer.error());
    recorder_.add(std::move(move), one.owner);
}

void submitter::give_back(const claimed& one, std::string why, std::chrono::milliseconds delay)
{
    store::order_move move;
    move.id = one.order.id;
    move.revision = one.order.revision;
    move.from = order_state::submitting;
    move.event = order_event::not_processed;
    move.why = std::move(why);
    move.attempt_given_back = true;
    if (delay.count() > 0) move.delay = delay;
    recorder_.add(std::move(move), one.owner);
}

void submitter::apply(const decision& d, const provider::result<order_code>& answer)
{
    auto now = clock::now();
    switch (d.on_sending) {
    case effect::none: circuit_.ended(); break;
    case effect::healthy:
        circuit_.succeeded();
        halts_ = 0;
        provider_outage_.recovered();
        break;
    case effect::unhealthy:
        if (circuit_.failed(now, uniform01_())) work_.notify();
        if (circuit_.open()) provider_outage_.failed(d.why);
        break;
    case effect::slow_down:
        circuit_.ended();
        paused_until_ = std::max(paused_until_, now + d.delay);
        break;
    case effect::halt: {
        circuit_.ended();
        if (paused_until_ > now) break; // the others of this window say the same
        auto pause = backoff(++halts_, options_.halt_pauses, 0.5 + uniform01_() / 2);
        if (answer.error().retry_after) pause = std::max<std::chrono::milliseconds>(pause, *answer.error().retry_after);
        paused_until_ = now + pause;
        log_.error("submission is stopped: the provider does not accept our requests; check api.base_url, the client "
                   "credentials and the contract. Nothing is lost; the next try is automatic",
                   {{"http_status", answer.error().status},
                    {"provider_says", d.why},
                    {"next_try_seconds", std::chrono::duration_cast<std::chrono::seconds>(pause).count()}});
        break;
    }
    }
}

}
