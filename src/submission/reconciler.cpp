#include "orderd/submission/reconciler.hpp"
#include "orderd/store/concurrently.hpp"
#include "orderd/submission/match.hpp"

#include <algorithm>

namespace orderd::submission {

using namespace std::chrono_literals;

reconciler::reconciler(asio::any_io_executor on, timekeeper& time, store::order_store& orders, provider::api& api,
                       store::recorder& recorder, lease& own, reconciler_options options, logger& log,
                       std::function<double()> uniform01)
    : executor_(on),
      store_(orders),
      api_(api),
      recorder_(recorder),
      lease_(own),
      options_(std::move(options)),
      log_(log),
      uniform01_(std::move(uniform01)),
      database_outage_(log, "the database"),
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
        std::string away;
        try {
            // Hidden for as long as a search takes; the revision shuts out a search that takes longer still. While the
            // provider is away one search a time finds out whether it is back.
            if (lease_.valid())
                due = co_await store_.due_in_doubt(failed_searches_ > 0 ? 1 : 4 * options_.searches_at_once,
                                                   options_.search_length);
            database_outage_.recovered();
            settle_time_too_short_ = due.settle_time_too_short >= options_.decisions.settle_time;
            if (!due.orders.empty()) co_await reconcile_all(due.orders);
        } catch (const std::exception& e) {
            away = e.what();
        }
        if (!away.empty()) database_outage_.failed(away);
        timekeeper::duration pause = options_.poll_interval;
        if (failed_searches_ > 0)
            pause = backoff(std::min(failed_searches_, 20), options_.decisions.backoff, 0.5 + uniform01_() / 2);
        if (due.orders.empty() || !away.empty() || failed_searches_ > 0) co_await tick_.wait_for(pause);
    }
}

asio::awaitable<void> reconciler::reconcile_all(std::vector<store::doubtful_order> due)
{
    std::function<bool()> stopping = [this] { return stopping_; };
    bool alone = due.size() == 1;
    std::function<asio::awaitable<void>(store::doubtful_order)> work = [this, alone](store::doubtful_order order) {
        // So many failures in a row: the others need not find out for themselves.
        if (!alone && failed_searches_ >= options_.searches_at_once) return postpone(std::move(order));
        return reconcile_one(std::move(order));
    };
    co_await store::for_each_at_once(executor_, options_.searches_at_once, std::move(due), stopping, work);
}

asio::awaitable<provider::result<std::vector<provider::order_summary>>>
find_candidates(provider::api& api, store::order_store& orders, store::doubtful_order order)
{
    provider::order_filter by;
    by.order_type = std::to_string(static_cast<int>(order.type));
    if (order.type == order_type::start) by.line_id = order.line_id;
    by.customer_site_code = order.customer_site_code;
    auto found = co_await api.list_orders(by);
    if (!found) co_return found.error();
    if (!found->complete) {
        provider::failure too_many;
        too_many.kind = provider::failure::what_happened::unusable;
        too_many.text = "more orders than can be listed";
        co_return too_many;
    }
    std::vector<order_code> codes;
    for (const auto& listed : found->items) codes.push_back(listed.code);
    auto known = co_await orders.owned_codes(codes);
    std::set<order_code> owned(known.begin(), known.end());
    std::vector<provider::order_summary> candidates;
    for (const auto& listed : found->items) {
        if (!candidate(listed, order, owned)) continue;
        if (order.type == order_type::change) {
            auto detail = co_await api.get_order(listed.code);
            if (!detail) co_return detail.error();
            if (!same_products(*detail, order)) continue;
        }
        candidates.push_back(listed);
    }
    co_return candidates;
}

asio::awaitable<void> reconciler::reconcile_one(store::doubtful_order order)
{
    auto self = lease_.id(); // should the lease be lost meanwhile, nothing is recorded
    auto candidates = co_await find_candidates(api_, store_, order);
    if (!candidates) {
        auto why = provider::summary(candidates.error());
        ++failed_searches_;
        provider_outage_.failed(why);
        co_await postpone(order);
        co_return;
    }
    provider_outage_.recovered();
    failed_searches_ = 0;

    std::vector<order_code> codes;
    for (const auto& c : *candidates) codes.push_back(c.code);
    auto verdict = reconcile(order, codes, settle_time_too_short_, options_.decisions, uniform01_());
    if (verdict.created_late) {
        settle_time_too_short_ = true;
        auto settle = options_.decisions.settle_time;
        co_await store_.note_late_creation(settle);
        log_.error("the provider created an order after two searches, a settle time apart, had not found it; raise "
                   "submission.settle_time. Until then orders that are not found are held for a person",
                   {{"order", order.id.value},
                    {"settle_time_seconds", std::chrono::duration_cast<std::chrono::seconds>(settle).count()}});
    }
    store::order_move move;
    move.id = order.id;
    move.revision = order.revision;
    move.from = order_state::in_doubt;
    move.event = verdict.event;
    move.why = verdict.why;
    move.code = verdict.code;
    move.searches = verdict.searches;
    if (verdict.event == order_event::found_at_provider) move.provider_status = "1";
    if (verdict.delay.count() > 0 || verdict.event == order_event::not_created) move.delay = verdict.delay;
    recorder_.add(std::move(move), self);
}

asio::awaitable<void> reconciler::postpone(store::doubtful_order order)
{
    // As long as after a failed request, but never at once: an outage is not searched through.
    auto delay = options_.decisions.backoff.base + backoff(5, options_.decisions.backoff, uniform01_());
    co_await store_.postpone_search(order, delay);
}

}
