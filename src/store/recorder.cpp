#include "orderd/store/recorder.hpp"

#include <map>
#include <utility>

namespace orderd::store {
namespace {

constexpr std::size_t largest_group = 1000;
using namespace std::chrono_literals;

/// The move to make when the one that was wanted cannot be written, because the provider's order number already belongs
/// to another order here. The answer is kept for a person.
std::optional<order_move> instead_of(const order_move& wanted, const std::string& why)
{
    order_move other = wanted;
    other.why = "the provider's order number " + wanted.code.text + " could not be recorded: " + why;
    other.code = {};
    other.error_code = "order_code_conflict";
    other.error_message = other.why;
    if (wanted.from == order_state::submitting && !wanted.code.text.empty()) {
        // The answer is not about this order: what became of it is found out by a search.
        other.event = order_event::outcome_unknown;
        other.delay = wanted.settle_time;
        other.error_message = "提供元が別のオーダの番号 " + wanted.code.text +
                              " を返しました。 / the provider answered with the number of another order, " +
                              wanted.code.text;
        other.provider_status.clear();
    } else if (wanted.from == order_state::submitting)
        other.event = order_event::attempts_used_up;
    else if (wanted.event == order_event::found_at_provider) {
        // Another order in doubt was found in it first: a new search knows that it is not this one's.
        other.event = order_event::search_inconclusive;
        other.error_code.clear();
        other.error_message.clear();
        other.provider_status.clear();
        other.searches = 0;
        other.delay = milliseconds(0);
    } else
        return std::nullopt;
    return other;
}

}

recorder::recorder(timekeeper& time, order_store& orders, logger& log, metrics& m)
    : orders_(orders), log_(log), metrics_(m), outage_(log, "the database"), came_(time), pause_(time)
{
}

void recorder::add(order_move move, instance_id by)
{
    line_.push_back({std::move(move), by});
    came_.notify();
}

void recorder::stop()
{
    stopping_ = true;
    came_.notify();
}

asio::awaitable<void> recorder::run()
{
    while (true) {
        if (line_.empty()) {
            if (stopping_) co_return;
            co_await came_.wait();
            continue;
        }
        // One statement has one author.
        std::vector<entry> group;
        auto by = line_.front().by;
        while (!line_.empty() && line_.front().by == by && group.size() < largest_group) {
            group.push_back(std::move(line_.front()));
            line_.pop_front();
        }
        writing_ = group.size();
        co_await write(std::move(group));
        writing_ = 0;
    }
}

asio::awaitable<void> recorder::write(std::vector<entry> group)
{
    auto by = group.front().by;
    auto moves = std::make_shared<std::vector<order_move>>();
    for (const auto& e : group) moves->push_back(e.move);
    bool replaced = false;
    for (;;) {
        std::string why;
        bool away = false;
        try {
            auto moved = co_await orders_.move(moves, by);
            outage_.recovered();
            if (moved.late_answers > 0)
                log_.warning("answers came for orders that had been moved by somebody else; they are kept as events",
                             {{"orders", moved.late_answers}});
            std::map<std::string_view, long> counts;
            for (const auto& m : *moves) ++counts[name(*next(m.from, m.event))];
            for (auto [state, count] : counts) metrics_.order_moved(state, count);
            if (log_.writes(log_level::debug)) tell(*moves);
            for (auto& f : committed_) f(*moves);
            co_return;
        } catch (const unavailable& e) {
            why = e.what();
            away = true;
        } catch (const statement_failed& e) {
            why = e.what();
        }
        if (!away && group.size() > 1) {
            co_await write_one_by_one(std::move(group));
            co_return;
        }
        if (!away) {
            log_.error(
                "a transition cannot be recorded",
                {{"order", group.front().move.id.value}, {"event", name(group.front().move.event)}, {"why", why}});
            auto other = instead_of(group.front().move, why);
            if (!other || std::exchange(replaced, true)) {
                for (auto& f : committed_) f(*moves); // nothing more can be done with it here
                co_return;
            }
            moves = std::make_shared<std::vector<order_move>>(1, *other);
            continue;
        }
        outage_.failed(why);
        co_await pause_.wait_for(500ms);
    }
}

/// A line an order, for who follows one: its number leads to the events, the requestId to the provider.
void recorder::tell(const std::vector<order_move>& moves) const
{
    for (const auto& m : moves)
        log_.debug("order moved", {{"order", m.id.value},
                                   {"to", name(*next(m.from, m.event))},
                                   {"event", name(m.event)},
                                   {"order_code", m.code.text},
                                   {"http_status", m.http_status},
                                   {"request_id", m.request_id},
                                   {"error_code", m.error_code}});
}

asio::awaitable<void> recorder::write_one_by_one(std::vector<entry> group)
{
    for (auto& e : group) {
        std::vector<entry> alone;
        alone.push_back(std::move(e));
        co_await write(std::move(alone));
    }
}

}
