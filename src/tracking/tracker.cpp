#include "orderd/tracking/tracker.hpp"
#include "orderd/async/concurrently.hpp"
#include "orderd/core/text.hpp"
#include "orderd/tracking/in_progress.hpp"

#include <algorithm>

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
      unknown_(log, "the provider does not know orders that it accepted; asking again at the next sweep"),
      unreadable_(log, "the provider does not tell what became of orders; asking again at the next sweep"),
      odd_status_(log, "the provider told a status that is not in its document; such orders stay in progress"),
      defects_(log, "an internal error while orders were followed; asking again at the next sweep"),
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
        const auto failed = in_progress.error();
        if (provider::cannot_be_asked(failed)) {
            provider_outage_.failed(provider::summary(failed));
            pace_.not_swept();
            co_return;
        }
        // What was answered is no list: orders are asked for by themselves, some at each sweep (RULINGS R4).
        in_progress = orders_in_progress{{}, {failed.text}};
        keep_next(orders);
    }
    provider_outage_.recovered();
    say_what_is_odd(in_progress->odd);

    // What no list holds has moved, or is hidden behind the offset cap: it is asked for by itself (RULINGS R4).
    auto tracked = orders.size();
    std::vector<store::tracked_order> unlisted;
    for (auto& order : orders)
        if (in_progress->codes.erase(order.code.text) == 0) unlisted.push_back(std::move(order));
    co_await note_others(in_progress->codes); // those that are left
    std::size_t moved = 0;
    std::function<bool()> stopping = [this] { return stopping_; };
    std::function<asio::awaitable<void>(store::tracked_order)> work =
        [&](store::tracked_order order) -> asio::awaitable<void> {
        if (co_await try_to_follow(std::move(order))) ++moved;
    };
    co_await async::for_each_at_once(executor_, options_.details_at_once, std::move(unlisted), stopping, work);
    for (auto* trouble : {&unknown_, &unreadable_, &odd_status_, &defects_}) trouble->tell();
    pace_.swept(tracked, moved);
    swept_at_ = time_.now();
}

asio::awaitable<std::string> tracker::look_at_others()
{
    auto orders = co_await store_.tracked();
    auto in_progress = co_await list_in_progress(api_, orders);
    if (!in_progress) co_return provider::summary(in_progress.error());
    for (const auto& order : orders) in_progress->codes.erase(order.code.text);
    co_await note_others(in_progress->codes);
    co_return std::string();
}

/// Keeps the next thousand behind those that were asked for at the sweep before.
void tracker::keep_next(std::vector<store::tracked_order>& orders)
{
    constexpr std::size_t at_once = 1'000;
    auto by_number = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::sort(orders.begin(), orders.end(), by_number);
    auto from = std::find_if(orders.begin(), orders.end(), [this](const auto& o) { return o.id > asked_up_to_; });
    std::rotate(orders.begin(), from, orders.end());
    if (orders.size() > at_once) orders.resize(at_once);
    asked_up_to_ = orders.back().id;
}

void tracker::say_what_is_odd(const std::vector<std::string>& odd)
{
    if (odd.size() != odd_elements_ && !odd.empty())
        log_.warning(
            "the provider's list of orders has elements that cannot be used; orders of ours that are not in it are "
            "asked for one by one",
            {{"elements", odd.size()}, {"for_example", printable(odd.front(), 200)}});
    odd_elements_ = odd.size();
}

asio::awaitable<void> tracker::note_others(const std::unordered_set<std::string>& codes)
{
    constexpr std::size_t at_once = 2'000;
    std::vector<order_code> others;
    auto note = [&]() -> asio::awaitable<void> {
        auto group = std::exchange(others, {});
        co_await store_.note_seen(group);
        for (auto& code : group) others_noted_.insert(std::move(code.text));
    };
    if (others_noted_.size() > 200'000) others_noted_.clear(); // they are noted again, which changes nothing
    for (const auto& code : codes) {
        if (others_noted_.contains(code)) continue;
        others.push_back({code});
        if (others.size() == at_once) co_await note();
    }
    if (!others.empty()) co_await note();
}

/// What goes wrong with one order is nothing to the others.
asio::awaitable<bool> tracker::try_to_follow(store::tracked_order order)
{
    auto id = order.id.value;
    std::string defect;
    try {
        co_return co_await follow(std::move(order));
    } catch (const std::exception& e) {
        defect = e.what();
    }
    defects_.add(id, defect);
    co_return false;
}

asio::awaitable<bool> tracker::follow(store::tracked_order order)
{
    auto detail = co_await api_.get_order(order.code);
    if (!detail) {
        const auto failed = detail.error();
        if (failed.kind == provider::failure::what_happened::not_found)
            unknown_.add(order.id.value, "order code " + order.code.text);
        else if (provider::cannot_be_asked(failed))
            provider_outage_.failed(provider::summary(failed));
        else
            unreadable_.add(order.id.value, printable(provider::summary(failed), 200));
        co_return false;
    }
    if (auto event = event_of_status(detail->status)) {
        recorder_.add(move_of(order, *detail, *event), sweeping_as_);
        co_return true;
    }
    if (detail->status != "1") odd_status_.add(order.id.value, "status " + printable(detail->status, 40));
    co_return false;
}

}
