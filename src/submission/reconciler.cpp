#include "orderd/submission/reconciler.hpp"
#include "orderd/store/concurrently.hpp"
#include "orderd/submission/match.hpp"

namespace orderd::submission {

using namespace std::chrono_literals;

reconciler::reconciler(asio::any_io_executor on, store::database& db, provider::api& api, store::recorder& recorder,
                       lease& own, reconciler_options options, logger& log, std::function<double()> uniform01)
    : executor_(on),
      database_(db),
      api_(api),
      recorder_(recorder),
      lease_(own),
      options_(std::move(options)),
      log_(log),
      uniform01_(std::move(uniform01)),
      database_outage_(log, "the database"),
      provider_outage_(log, "the provider's order search"),
      tick_(on)
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
        std::vector<store::doubtful_order> due;
        std::string away;
        try {
            // Hidden for longer than a search takes; the revision shuts out a search that takes longer still.
            due = co_await database_.run([](store::session& s) { return store::due_in_doubt(s, 200, 60s); });
            database_outage_.recovered();
            if (!due.empty()) co_await reconcile_all(due);
        } catch (const std::exception& e) {
            away = e.what();
        }
        if (!away.empty()) database_outage_.failed(away);
        if (due.empty() || !away.empty()) co_await tick_.wait_for(options_.poll_interval);
    }
}

asio::awaitable<void> reconciler::reconcile_all(std::vector<store::doubtful_order> due)
{
    std::function<bool()> stopping = [this] { return stopping_; };
    std::function<asio::awaitable<void>(store::doubtful_order)> work = [this](store::doubtful_order order) {
        return reconcile_one(std::move(order));
    };
    co_await store::for_each_at_once(executor_, options_.searches_at_once, std::move(due), stopping, work);
}

asio::awaitable<void> reconciler::reconcile_one(store::doubtful_order order)
{
    provider::order_filter by;
    by.order_type = std::to_string(static_cast<int>(order.type));
    by.line_id = order.line_id;
    by.customer_site_code = order.customer_site_code;
    if (order.type != order_type::start) by.line_id.clear();
    auto found = co_await api_.list_orders(by);
    if (!found || !found->complete) {
        provider_outage_.failed(found ? "more orders than can be listed" : provider::summary(found.error()));
        co_await postpone(order);
        co_return;
    }
    provider_outage_.recovered();

    std::vector<order_code> codes;
    for (const auto& listed : found->items) codes.push_back(listed.code);
    auto question = [codes](store::session& s) { return store::owned_order_codes(s, codes); };
    auto known = co_await database_.run(question);
    std::set<order_code> owned(known.begin(), known.end());
    std::vector<order_code> candidates;
    for (const auto& listed : found->items) {
        if (!candidate(listed, order, owned)) continue;
        if (order.type == order_type::change) {
            auto detail = co_await api_.get_order(listed.code);
            if (!detail) {
                provider_outage_.failed(provider::summary(detail.error()));
                co_await postpone(order);
                co_return;
            }
            if (!same_products(*detail, order)) continue;
        }
        candidates.push_back(listed.code);
    }

    auto verdict = reconcile(order, candidates, options_.decisions, uniform01_());
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
    recorder_.add(std::move(move), lease_.id());
}

asio::awaitable<void> reconciler::postpone(const store::doubtful_order& order)
{
    // As long as after a failed request, but never at once: an outage is not searched through.
    auto delay = options_.decisions.backoff.base + backoff(5, options_.decisions.backoff, uniform01_());
    auto question = [order, delay](store::session& s) {
        store::postpone_search(s, order, delay);
        return true;
    };
    co_await database_.run(question);
}

}
