#include "orderd/tracking/tracker.hpp"
#include "orderd/async/concurrently.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/told.hpp"
#include "orderd/tracking/in_progress.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderd::tracking {
namespace {

// What was accepted so long before a sweep began is committed when it reads which orders there are.
constexpr store::milliseconds committed_within{10'000};

}

tracker::tracker(asio::any_io_executor on, timekeeper& time, store::order_store& orders, provider::api& api,
                 store::recorder& recorder, std::function<instance_id()> self, tracker_options options, logger& log)
    : executor_(on),
      store_(orders),
      api_(api),
      recorder_(recorder),
      self_(std::move(self)),
      options_(options),
      log_(log),
      database_trouble_(log, "following orders"),
      provider_outage_(log, "the provider's order list"),
      tick_(time),
      pace_(options.interval, options.max_interval),
      unknown_(log, "the provider does not know orders that it accepted; asking again at the next sweep"),
      unreadable_(log, "the provider does not tell what became of orders; asking again at the next sweep"),
      unanswered_(log, "the provider lists its orders, and gave no answer about some; asking again at the next sweep"),
      odd_status_(log, "the provider told a status that is not in its document; such orders stay in progress"),
      wrong_codes_(log, "the order codes that the provider told of orders are other orders'; these orders are searched "
                        "for, and never sent again by themselves"),
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
        std::exception_ptr failed;
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
            database_trouble_.recovered();
        } catch (const std::exception&) {
            failed = std::current_exception();
        }
        if (failed) {
            database_trouble_.failed(failed);
            pace_.not_swept();
        }
        co_await tick_.wait_for(pace_.next());
    }
}

asio::awaitable<void> tracker::sweep()
{
    auto begun = time_.now();
    never_known_.clear();
    auto orders = co_await store_.tracked();
    if (orders.empty()) {
        const std::vector<order_id> none;
        co_await store_.note_codes_known(committed_within, none);
        pace_.swept(0, 0);
        swept_at_ = time_.now();
        co_return;
    }
    auto in_progress = co_await list_in_progress(api_, orders);
    bool looked_at_all = true;
    if (!in_progress) {
        const auto failed = in_progress.error();
        if (provider::cannot_be_asked(failed)) {
            if (!failed.no_descriptors) provider_outage_.failed(provider::summary(failed));
            pace_.not_swept();
            co_return;
        }
        // What was answered is no list: orders are asked for by themselves, some at each sweep (RULINGS R4).
        in_progress = orders_in_progress{{}, {failed.text}};
        keep_next(orders);
        looked_at_all = false;
    }
    provider_outage_.recovered();
    say_what_is_odd(in_progress->odd);

    // What no list holds has moved, or is hidden behind the offset cap: it is asked for by itself (RULINGS R4).
    auto tracked = orders.size();
    std::vector<store::tracked_order> unlisted;
    auto seen_before = std::exchange(codes_seen_, {});
    for (auto& order : orders) {
        bool listed = in_progress->codes.erase(order.code.text) > 0;
        bool seen = listed || seen_before.contains(order.code.text);
        if (order.code_not_seen && seen) codes_seen_.insert(order.code.text);
        if (listed && !order.error_code.empty()) resume(order);
        if (!listed || (order.disputed && !undisputed_.contains(order.id.value))) unlisted.push_back(std::move(order));
    }
    co_await note_others(in_progress->codes); // those that are left
    auto ended = co_await follow_all(std::move(unlisted));
    for (auto* trouble : {&unknown_, &unreadable_, &unanswered_, &odd_status_, &wrong_codes_, &defects_})
        trouble->tell();
    failed_before_ = std::exchange(failing_, {});
    if (looked_at_all && !stopping_) {
        auto ago = committed_within + std::chrono::ceil<store::milliseconds>(time_.now() - begun);
        auto unknown = std::exchange(never_known_, {});
        co_await store_.note_codes_known(ago, unknown);
    }
    pace_.swept(tracked, ended);
    swept_at_ = time_.now();
}

/// In groups, so that not more requests are in memory than are compared.
asio::awaitable<std::size_t> tracker::follow_all(std::vector<store::tracked_order> all)
{
    constexpr std::ptrdiff_t at_once = 500;
    std::size_t ended = 0;
    std::function<bool()> stopping = [this] { return stopping_; };
    for (auto from = all.begin(); from != all.end() && !stopping_;) {
        auto to = from + std::min(at_once, all.end() - from);
        std::vector<order_id> ids;
        for (auto at = from; at != to; ++at) ids.push_back(at->id);
        auto requests = co_await store_.followed(ids);
        known_requests known;
        for (auto& one : requests) known.emplace(one.id.value, std::move(one));
        std::function<asio::awaitable<void>(store::tracked_order)> work =
            [&](store::tracked_order order) -> asio::awaitable<void> {
            auto at = known.find(order.id.value);
            if (co_await try_to_follow(std::move(order), at == known.end() ? nullptr : &at->second)) ++ended;
        };
        std::vector<store::tracked_order> group(std::make_move_iterator(from), std::make_move_iterator(to));
        co_await async::for_each_at_once(executor_, options_.details_at_once, std::move(group), stopping, work);
        from = to;
    }
    co_return ended;
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
asio::awaitable<bool> tracker::try_to_follow(store::tracked_order order, const store::followed_order* sent)
{
    auto id = order.id.value;
    std::string defect;
    try {
        co_return co_await follow(std::move(order), sent);
    } catch (const std::exception& e) {
        defect = e.what();
    }
    defects_.add(id, defect);
    co_return false;
}

asio::awaitable<bool> tracker::follow(store::tracked_order order, const store::followed_order* sent)
{
    if (!provider::can_be_order_code(order.code.text)) { // of a time when anything was taken for one
        store::contradiction no_code{"it cannot be an order code", "オーダー番号として使えない文字列です"};
        wrong_codes_.add(order.id.value, "order code " + printable(order.code.text, 64));
        recorder_.add(move_of_wrong_code(order, no_code), sweeping_as_);
        co_return false;
    }
    auto detail = co_await api_.get_order(order.code);
    if (!detail) {
        bool unknown = detail.error().kind == provider::failure::what_happened::not_found;
        note_failure(order, detail.error());
        bool never_known = sent && sent->code_never_known && !codes_seen_.contains(order.code.text);
        if (unknown && never_known) note_never_known(order, failing_[order.id.value]);
        co_return false;
    }
    if (order.code_not_seen) codes_seen_.insert(order.code.text);
    if (co_await give_up_code(order, sent, *detail)) co_return false;
    if (auto event = event_of_status(detail->status)) {
        recorder_.add(move_of(order, *detail, *event), sweeping_as_);
        co_return true;
    }
    if (detail->status != "1") odd_status_.add(order.id.value, "status " + printable(detail->status, 40));
    if (!order.error_code.empty()) resume(order);
    co_return false;
}

asio::awaitable<bool> tracker::give_up_code(store::tracked_order order, const store::followed_order* sent,
                                            provider::order_detail detail)
{
    auto differs = judge_ && sent ? judge_(*sent, detail) : store::contradiction{};
    if (differs.none()) {
        if (order.disputed) undisputed_.insert(order.id.value);
        co_return false;
    }
    if (differs.only_doubt) {
        provider::failure unusable;
        unusable.kind = provider::failure::what_happened::unusable;
        unusable.status = 200;
        unusable.text = differs.english;
        note_failure(order, unusable);
        co_return true;
    }
    // A way that gives somebody else's answers may have given this one: what is told twice is told.
    auto again = co_await api_.get_order(order.code);
    if (again) differs = judge_(*sent, *again);
    if (!again || differs.none()) {
        unreadable_.add(order.id.value, "the detail of order code " + order.code.text + " was another order's once");
        co_return true;
    }
    wrong_codes_.add(order.id.value, "order code " + order.code.text);
    recorder_.add(move_of_wrong_code(order, differs), sweeping_as_);
    co_return true;
}

/// A provider may be without an answer for a moment; what it does not answer in several sweeps is a fact of the order.
void tracker::note_failure(const store::tracked_order& order, const provider::failure& failed)
{
    constexpr int sweeps_unanswered = 3, sweeps_answered = 2;
    bool unanswered = provider::cannot_be_asked(failed);
    auto& trouble = failed.kind == provider::failure::what_happened::not_found ? unknown_
                    : unanswered                                               ? unanswered_
                                                                               : unreadable_;
    trouble.add(order.id.value, "order code " + order.code.text + ": " + printable(provider::summary(failed), 200));
    auto before = failed_before_.find(order.id.value);
    int sweeps = 1 + (before == failed_before_.end() ? 0 : before->second);
    failing_[order.id.value] = sweeps;
    if (order.error_code.empty() && sweeps >= (unanswered ? sweeps_unanswered : sweeps_answered))
        recorder_.add(move_of_failure(order, failed), sweeping_as_);
}

/// It may be told late; the order is searched for, and whoever finds it under this code follows it again.
void tracker::note_never_known(const store::tracked_order& order, int sweeps)
{
    constexpr int sweeps_unknown = 3;
    never_known_.push_back(order.id);
    if (sweeps >= sweeps_unknown) recorder_.add(move_of_code_never_known(order), sweeping_as_);
}

void tracker::resume(const store::tracked_order& order)
{
    store::order_move move;
    move.id = order.id;
    move.revision = order.revision;
    move.from = order_state::accepted;
    move.event = order_event::following_resumed;
    move.why = "the provider tells what becomes of it again";
    recorder_.add(std::move(move), sweeping_as_);
}

}
