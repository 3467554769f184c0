#include "orderd/tracking/tracker.hpp"
#include "orderd/store/concurrently.hpp"
#include "orderd/tracking/in_progress.hpp"

namespace orderd::tracking {

tracker::tracker(asio::any_io_executor on, timekeeper& time, store::order_store& orders, provider::api& api,
                 store::recorder& recorder, std::function<instance_id()> self, tracker_options options, logger& log)
    : executor_(on),
      store_(orders),
      api_(api),
      recorder_(recorder),
      self_(std::move(self)),
      options_(options),
      log_(log),
      database_outage_(log, "the database"),
      provider_outage_(log, "the provider's order list"),
      tick_(time),
      pace_(options.interval, options.max_interval),
      time_(time)
{
}

void tracker::stop()
{
    stopping_ = true;
    tick_.notify();
}

asio::awaitable<void> tracker::run()
{
    while (!stopping_) {
        std::string away;
        try {
            auto self = self_();
            // Kept an interval longer than until the next sweep, which renews it; another instance takes it over when
            // this one is gone.
            auto length = pace_.next_at_most() + options_.interval + std::chrono::seconds(10);
            bool ours = false;
            std::string duty = "sweep";
            if (self.value != 0) ours = co_await store_.take_duty(duty, self, length);
            sweeping_as_ = self;
            if (ours)
                co_await sweep();
            else
                pace_.not_swept();
            database_outage_.recovered();
        } catch (const std::exception& e) {
            away = e.what();
        }
        if (!away.empty()) {
            database_outage_.failed(away);
            pace_.not_swept();
        }
        co_await tick_.wait_for(pace_.next());
    }
}

asio::awaitable<void> tracker::sweep()
{
    auto orders = co_await store_.tracked();
    if (orders.empty()) {
        pace_.swept(0, 0);
        swept_at_ = time_.now();
        co_return;
    }
    auto in_progress = co_await list_in_progress(api_, orders);
    if (!in_progress) {
        provider_outage_.failed(provider::summary(in_progress.error()));
        pace_.not_swept();
        co_return;
    }
    provider_outage_.recovered();

    // What no list holds has moved, or is hidden behind the offset cap: it is asked for by itself (RULINGS R4).
    auto tracked = orders.size();
    std::vector<store::tracked_order> unlisted;
    for (auto& order : orders)
        if (!in_progress->contains(order.code.text)) unlisted.push_back(std::move(order));
    std::size_t moved = 0;
    std::function<bool()> stopping = [this] { return stopping_; };
    std::function<asio::awaitable<void>(store::tracked_order)> work =
        [&](store::tracked_order order) -> asio::awaitable<void> {
        if (co_await follow(std::move(order))) ++moved;
    };
    co_await store::for_each_at_once(executor_, options_.details_at_once, std::move(unlisted), stopping, work);
    pace_.swept(tracked, moved);
    swept_at_ = time_.now();
}

asio::awaitable<bool> tracker::follow(store::tracked_order order)
{
    auto detail = co_await api_.get_order(order.code);
    if (!detail) {
        if (detail.error().kind == provider::failure::what_happened::not_found)
            log_.warning("the provider does not know an order it accepted; asking again at the next sweep",
                         {{"order", order.id.value}, {"order_code", order.code.text}});
        else
            provider_outage_.failed(provider::summary(detail.error()));
        co_return false;
    }
    if (auto event = event_of_status(detail->status)) {
        recorder_.add(move_of(order, *detail, *event), sweeping_as_);
        co_return true;
    }
    if (detail->status != "1" && unknown_status_said_ != detail->status) {
        unknown_status_said_ = detail->status;
        log_.warning("the provider told a status that is not in its document; the order stays in progress",
                     {{"order", order.id.value}, {"status", detail->status}});
    }
    co_return false;
}

}
