#include "orderd/store/recorder.hpp"

#include <map>

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
    if (wanted.from == order_state::submitting)
        other.event = order_event::attempts_used_up;
    else if (wanted.from == order_state::in_doubt)
        other.event = order_event::several_candidates;
    else
        return std::nullopt;
    return other;
}

}

recorder::recorder(asio::any_io_executor on, database& db, logger& log, metrics& m)
    : executor_(on), database_(db), log_(log), metrics_(m), outage_(log, "the database"), came_(on)
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
        for (auto& f : committed_) f();
    }
}

asio::awaitable<void> recorder::write(std::vector<entry> group)
{
    auto by = group.front().by;
    auto moves = std::make_shared<std::vector<order_move>>();
    for (const auto& e : group) moves->push_back(e.move);
    for (;;) {
        std::string why;
        bool away = false;
        try {
            auto question = [moves, by](session& s) { return move_orders(s, *moves, by); };
            auto moved = co_await database_.run(question);
            outage_.recovered();
            if (moved.size() < moves->size())
                log_.warning("orders had been moved by somebody else", {{"orders", moves->size() - moved.size()}});
            std::map<std::string_view, long> counts;
            for (const auto& m : *moves) ++counts[name(*next(m.from, m.event))];
            for (auto [state, count] : counts) metrics_.order_moved(state, count);
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
            if (!other || !moves->front().error_code.compare("order_code_conflict")) co_return;
            moves->front() = *other;
            continue;
        }
        outage_.failed(why);
        asio::steady_timer pause(executor_, 500ms);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
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
