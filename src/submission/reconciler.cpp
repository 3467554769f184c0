#include "orderd/submission/reconciler.hpp"
#include "orderd/async/concurrently.hpp"
#include "orderd/core/text.hpp"
#include "orderd/submission/reconcile.hpp"

#include <algorithm>
#include <utility>

namespace orderd::submission {

using namespace std::chrono_literals;

reconciler::reconciler(asio::any_io_executor on, timekeeper& time, store::order_store& orders, provider::api& api,
                       store::recorder& recorder, lease& own, reconciler_options options, logger& log, metrics& m,
                       std::function<double()> uniform01)
    : executor_(on),
      time_(time),
      store_(orders),
      api_(api),
      recorder_(recorder),
      lease_(own),
      options_(std::move(options)),
      controls_(time, orders, api, m, options_.decisions.settle_time),
      log_(log),
      uniform01_(std::move(uniform01)),
      database_trouble_(log, "searching for orders in doubt"),
      provider_outage_(log, "the provider's order search"),
      tick_(time)
{
}

void reconciler::stop()
{
    stopping_ = true;
    tick_.notify();
}

asio::awaitable<void> reconciler::run()
{
    while (!stopping_) {
        store::doubtful_orders due;
        std::exception_ptr failed;
        try {
            // Hidden for as long as a search takes; the revision shuts out a search that takes longer still. While the
            // provider is away one search a time finds out whether it is back.
            if (lease_.valid())
                due = co_await store_.due_in_doubt(failed_searches_ > 0 ? 1 : 4 * options_.searches_at_once,
                                                   std::max(options_.search_length, 2 * longest_));
            database_trouble_.recovered();
            settle_time_too_short_ = due.settle_time_too_short >= options_.decisions.settle_time;
            if (!due.orders.empty()) {
                // Where searches take long (many pages, few requests a second), others leave them to us for longer.
                auto begun = time_.now();
                co_await reconcile_all(due.orders);
                end_round();
                auto took = std::chrono::ceil<std::chrono::milliseconds>(time_.now() - begun);
                longest_ = std::max(took, longest_ * 9 / 10);
            }
        } catch (const std::exception&) {
            failed = std::current_exception();
        }
        if (failed) database_trouble_.failed(failed);
        timekeeper::duration pause = options_.poll_interval;
        if (failed_searches_ > 0)
            pause = backoff(std::min(failed_searches_, 20), options_.decisions.backoff, 0.5 + uniform01_() / 2);
        if (due.orders.empty() || failed || failed_searches_ > 0) co_await tick_.wait_for(pause);
    }
}

asio::awaitable<void> reconciler::reconcile_all(std::vector<store::doubtful_order> due)
{
    std::function<bool()> stopping = [this] { return stopping_; };
    bool alone = due.size() == 1;
    std::function<asio::awaitable<void>(store::doubtful_order)> work = [this, alone](store::doubtful_order order) {
        // So many failures in a row: the others need not find out for themselves.
        if (!alone && failed_searches_ >= options_.searches_at_once) return postpone(std::move(order));
        return try_to_reconcile(std::move(order));
    };
    co_await async::for_each_at_once(executor_, options_.searches_at_once, std::move(due), stopping, work);
}

/// What goes wrong with one order is nothing to the others; a database that is away is.
asio::awaitable<void> reconciler::try_to_reconcile(store::doubtful_order order)
{
    std::string defect;
    try {
        co_await reconcile_one(order);
        co_return;
    } catch (const store::unavailable&) {
        throw;
    } catch (const std::exception& e) {
        defect = e.what();
    }
    log_.error("an internal error while an order in doubt was searched for; it is searched for again",
               {{"order", order.id.value}, {"what", defect}});
    co_await postpone(order);
}

asio::awaitable<void> reconciler::reconcile_one(store::doubtful_order order)
{
    auto self = lease_.id(); // should the lease be lost meanwhile, nothing is recorded
    auto found = co_await search_provider(api_, store_, controls_, order, options_.depth);
    if (!found) {
        ++failed_searches_;
        silent_now_.push_back({order.id, provider::summary(found.error())});
        co_await postpone(order);
        co_return;
    }
    answered_ = true;
    failed_searches_ = 0;
    silent_alone_.erase(order.id);

    auto verdict =
        reconcile(order, *found, settle_time_too_short_, options_.decisions, uniform01_(), options_.findings);
    if (verdict.event == order_event::search_inconclusive && order.inconclusive_for) {
        co_await store_.postpone_search(order, verdict.delay); // that it is was said when it began
        co_return;
    }
    if (verdict.created_late) co_await say_created_late(order.id, options_.decisions.settle_time);
    store::order_move move;
    move.id = order.id;
    move.revision = order.revision;
    move.from = order_state::in_doubt;
    move.event = verdict.event;
    move.why = verdict.why;
    move.code = verdict.code;
    move.searches = verdict.searches;
    move.uncontrolled_searches = verdict.uncontrolled_searches;
    move.evidence_json = to_json(*found);
    if (verdict.event == order_event::found_at_provider) move.provider_status = "1";
    if (!verdict.error_code.empty()) {
        move.error_code = verdict.error_code;
        move.error_message = verdict.japanese + " / " + verdict.english;
        log_.warning("an order is held because it may exist at the provider; `orders resolve` shows what was found",
                     {{"order", order.id.value}, {"why", verdict.error_code}});
    }
    if (verdict.delay.count() > 0 || verdict.event == order_event::not_created) move.delay = verdict.delay;
    recorder_.add(std::move(move), self);
}

/// No answer about some orders while others are answered is their own trouble, and slows nobody down; no answer about
/// any is an outage.
void reconciler::end_round()
{
    constexpr std::size_t most = 10'000; // beyond, all are forgotten and told again
    auto silent = std::exchange(silent_now_, {});
    std::string outage;
    if (silent_alone_.size() > most) silent_alone_.clear();
    if (answered_) provider_outage_.recovered();
    for (const auto& s : silent) {
        if (!answered_ && !silent_alone_.contains(s.order))
            outage = s.why;
        else if (silent_alone_.insert(s.order).second)
            log_.write_seldom(log_level::warning,
                              "the provider answers searches for orders in doubt, but not for this one; it is searched "
                              "for again, others go on",
                              {{"order", s.order.value}, {"why", printable(s.why, 300)}});
    }
    if (!outage.empty())
        provider_outage_.failed(outage);
    else
        failed_searches_ = 0;
    answered_ = false;
}

asio::awaitable<void> reconciler::say_created_late(order_id order, std::chrono::milliseconds settle)
{
    settle_time_too_short_ = true;
    co_await store_.note_late_creation(settle);
    log_.error("the provider created an order after two searches, a settle time apart, had not found it; raise "
               "submission.settle_time. Until then orders that are not found are held for a person",
               {{"order", order.value},
                {"settle_time_seconds", std::chrono::duration_cast<std::chrono::seconds>(settle).count()}});
}

asio::awaitable<void> reconciler::postpone(store::doubtful_order order)
{
    // As long as after a failed request, but never at once: an outage is not searched through.
    auto delay = options_.decisions.backoff.base + backoff(5, options_.decisions.backoff, uniform01_());
    co_await store_.postpone_search(order, delay);
}

}
