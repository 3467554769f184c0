#include "orderd/store/recorder.hpp"
#include "lesser_move.hpp"
#include "moves_of.hpp"

#include "orderd/core/text.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace orderd::store {
namespace {

constexpr std::size_t largest_group = 1000;
/// What the list of troubles calls it.
const trouble_name recording_trouble{"recording what becomes of some orders", "fails"};
using namespace std::chrono_literals;

/// The next best thing to write after a refusal, each once and in this order; nothing: there is none.
class next_best {
public:
    explicit next_best(const order_move& wanted) : wanted_(wanted) {}
    /// `owner`: whose the order code is, where something is not unique; 0: that is not known.
    std::optional<order_move> after(bool not_unique, order_id owner)
    {
        if (tried_ == 0 && not_unique) {
            tried_ = 1;
            if (auto other = without_code(wanted_, owner)) return other;
        }
        if (tried_ < 2) {
            tried_ = 2;
            return without_words(wanted_);
        }
        if (tried_ < 3) {
            tried_ = 3;
            return outcome_not_kept(wanted_);
        }
        return std::nullopt;
    }

private:
    order_move wanted_;
    int tried_ = 0;
};

}

recorder::recorder(timekeeper& time, order_store& orders, logger& log, metrics& m)
    : orders_(orders),
      log_(log),
      metrics_(m),
      database_trouble_(log, "recording what became of orders"),
      came_(time),
      pause_(time),
      codes_of_others_(10min),
      locked_(log, "orders are locked by another connection to the database; what is known of them is written when it "
                   "lets go (see pg_blocking_pids)"),
      held_up_(log,
               "recording what became of orders is held up at their rows; what is known of them is written as soon as "
               "it goes through, tried again after a growing pause, and none is sent again because of that"),
      unchanged_(log,
                 "PostgreSQL does not change the rows of orders (recording what became of them); they stay as they "
                 "are, what was answered is kept as an event, and none is sent again because of that",
                 "orders"),
      time_(time)
{
}

void recorder::add(order_move move, instance_id by)
{
    line_.push_back({std::move(move), by, {}, {}});
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
        if (!aside_.empty() && time_.now() >= look_at_locked_) co_await bring_back();
        if (stopping_ && line_.empty() && only_held_up_left()) co_return; // searched for after the next start
        if (line_.empty() && !aside_.empty()) {
            co_await came_.wait_for(look_at_locked_ - time_.now());
            continue;
        }
        if (line_.empty()) {
            if (stopping_) co_return;
            co_await came_.wait();
            continue;
        }
        auto group = next_group();
        if (group.empty()) continue;
        writing_ = group.size();
        co_await write(std::move(group));
        writing_ = 0;
    }
}

bool recorder::only_held_up_left() const
{
    auto waits = [this](const entry& e) { return e.not_before > time_.now(); };
    return std::all_of(aside_.begin(), aside_.end(), waits);
}

/// One statement has one author; what held one up is tried alone.
std::vector<recorder::entry> recorder::next_group()
{
    std::vector<entry> group;
    auto by = line_.front().by;
    auto alone = [](const entry& e) { return e.held_up.count() > 0; };
    while (!line_.empty() && line_.front().by == by && group.size() < largest_group) {
        if (!group.empty() && (alone(group.front()) || alone(line_.front()))) break;
        auto next = std::move(line_.front());
        line_.pop_front();
        if (!joins_aside(next)) group.push_back(std::move(next));
    }
    return group;
}

asio::awaitable<void> recorder::write(std::vector<entry> group)
{
    auto by = group.front().by;
    auto moves = std::make_shared<std::vector<order_move>>();
    for (const auto& e : group) moves->push_back(e.move);
    next_best instead(group.front().move);
    std::string refused; // why, of the first try
    for (;;) {
        std::string why;
        std::exception_ptr away;
        bool not_unique = false, locked = false, held_up = false;
        try {
            auto moved = co_await orders_.move(moves, by);
            database_trouble_.recovered();
            if (!refused.empty()) tell_lesser(group.front().move, refused);
            settle_group(*moves, moved);
            co_return;
        } catch (const unavailable&) {
            away = std::current_exception();
        } catch (const statement_failed& e) {
            why = e.what();
            not_unique = e.not_unique();
            held_up = e.held_up();
            locked = e.locked() && !held_up;
        } catch (const std::exception& e) { // a move that nothing can make, too, concerns its own order alone
            why = e.what();
        }
        if (away) {
            database_trouble_.failed(away);
            co_await pause_.wait_for(500ms);
            continue;
        }
        if (locked) {
            co_await set_locked_aside(group);
            if (group.empty()) co_return;
            moves->clear();
            for (const auto& e : group) moves->push_back(e.move);
            continue;
        }
        if (group.size() > 1) {
            auto size = group.size();
            co_await write_pieces(std::move(group), fewer(size, held_up));
            co_return;
        }
        if (held_up) {
            set_held_up_aside(std::move(group.front()), why);
            co_return;
        }
        const auto& wanted = group.front().move;
        order_id owner{0};
        bool code_refused = not_unique && !wanted.code.text.empty();
        if (code_refused) owner = co_await owner_of(wanted);
        if (code_refused)
            tell_conflict(wanted, owner);
        else if (refused.empty())
            refused = printable(why, 300);
        auto other = instead.after(not_unique, owner);
        if (!other) { // it stays claimed, so that it is not sent again; whoever takes it over searches for it
            tell_refused(wanted, refused.empty() ? printable(why, 300) : refused);
            if (wanted.from != order_state::submitting)
                for (auto& f : committed_) f(*moves);
            co_return;
        }
        moves = std::make_shared<std::vector<order_move>>(1, std::move(*other));
    }
}

/// Whether the order of `next` is one of those that are aside: then it waits with that, once.
bool recorder::joins_aside(entry& next)
{
    auto same_order = [&](const entry& e) { return e.move.id == next.move.id; };
    auto before = std::find_if(aside_.begin(), aside_.end(), same_order);
    if (before == aside_.end()) return false;
    next.not_before = before->not_before;
    bool told_again = std::any_of(aside_.begin(), aside_.end(), [&](const entry& e) {
        return same_order(e) && e.move.revision == next.move.revision && e.move.event == next.move.event;
    });
    if (!told_again) aside_.push_back(std::move(next));
    return true;
}

/// Takes out of `group` what somebody has locked: the others need not wait for that.
asio::awaitable<void> recorder::set_locked_aside(std::vector<entry>& group)
{
    auto locked = co_await locked_of(group);
    std::erase_if(group, [&](entry& e) {
        if (std::find(locked.begin(), locked.end(), e.move.id) == locked.end()) return false;
        locked_.add(e.move.id.value, "");
        aside_.push_back(std::move(e));
        return true;
    });
    locked_.tell();
    look_at_locked_ = time_.now() + 1s;
}

void recorder::set_held_up_aside(entry e, const std::string& why)
{
    held_up_.add(e.move.id.value, printable(why, 300));
    held_up_.tell();
    e.held_up = left_out_rows::next_pause(e.held_up);
    e.not_before = time_.now() + e.held_up;
    aside_.push_back(std::move(e));
    look_at_locked_ = time_.now() + 1s;
}

asio::awaitable<void> recorder::bring_back()
{
    auto now = time_.now();
    auto due = std::stable_partition(aside_.begin(), aside_.end(), [&](const entry& e) { return e.not_before > now; });
    std::vector<entry> again(std::make_move_iterator(due), std::make_move_iterator(aside_.end()));
    aside_.erase(due, aside_.end());
    look_at_locked_ = now + 1s;
    if (again.empty()) co_return;
    co_await set_locked_aside(again);
    std::move(again.begin(), again.end(), std::back_inserter(line_));
}

asio::awaitable<std::vector<order_id>> recorder::locked_of(const std::vector<entry>& group)
{
    std::vector<order_id> ids;
    for (const auto& e : group) ids.push_back(e.move.id);
    while (true) {
        std::exception_ptr failed;
        try {
            co_return co_await orders_.locked(ids);
        } catch (const std::exception&) { // the whole table is
            failed = std::current_exception();
        }
        database_trouble_.failed(failed);
        co_await pause_.wait_for(500ms);
    }
}

/// Whose the order code of a move is; 0: that cannot be told now.
asio::awaitable<order_id> recorder::owner_of(order_move wanted)
{
    std::vector<order_code> codes{wanted.code};
    try {
        auto owned = co_await orders_.owned_codes(codes);
        for (const auto& one : owned)
            if (one.owner != wanted.id) co_return one.owner;
    } catch (const std::exception&) { // the words do without it
    }
    co_return order_id{0};
}

void recorder::tell_conflict(const order_move& wanted, order_id owner)
{
    auto times = codes_of_others_.happened();
    if (times == 0) return;
    log_.error("the provider told the order code of another order here; such orders are searched for, and never sent "
               "again by themselves. If it goes on, ask the provider",
               {{"orders", times},
                {"for_example", wanted.id.value},
                {"order_code", printable(wanted.code.text, 64)},
                {"belongs_to", owner.value}});
}

void recorder::tell_lesser(const order_move& wanted, const std::string& why)
{
    log_.write_seldom(log_level::error,
                      "PostgreSQL refused to record what became of an order as it came; it is recorded without that",
                      {{"order", wanted.id.value}, {"event", name(wanted.event)}, {"why", why}});
}

/// Whoever asked for the move asks for it again, perhaps for ever.
void recorder::tell_refused(const order_move& wanted, const std::string& why)
{
    auto now = trouble_list::clock::now();
    refused_[wanted.id] = now;
    auto event = std::string(name(wanted.event));
    auto example = "order #" + std::to_string(wanted.id.value) + " (" + event + "): " + why;
    if (log_.troubles().failed(this, recording_trouble, example, now) == trouble_list::word::nothing) return;
    log_.error(
        "a transition cannot be recorded: PostgreSQL refuses it; the order stays as it is, and it is tried again",
        {{"orders", refused_.size()}, {"for_example", wanted.id.value}, {"event", event}, {"why", why}});
}

/// Those that were recorded since, or were not asked for any more.
void recorder::forget_refused(const std::vector<order_move>& recorded)
{
    constexpr auto long_ago = 1h;
    if (refused_.empty()) return;
    auto now = trouble_list::clock::now();
    for (const auto& m : recorded) refused_.erase(m.id);
    std::erase_if(refused_, [&](const auto& one) { return now - one.second > long_ago; });
    if (!refused_.empty()) return;
    log_.troubles().recovered(this, recording_trouble, now);
    log_.info("transitions that PostgreSQL refused are recorded, or not asked for any more");
}

/// An order that somebody's trigger keeps as it was is not settled: taken for a claim that was lost, it would be sent
/// again.
void recorder::settle_group(const std::vector<order_move>& moves, const moved_orders& moved)
{
    if (moved.late_answers > 0)
        settle(moves_of(moves, moved.moved), moved.late_answers);
    else if (!moved.unchanged.empty())
        settle(moves_without(moves, moved.unchanged), 0);
    else
        settle(moves, 0);
    for (auto id : moved.unchanged) unchanged_.add(id.value, kept_as_it_was);
    unchanged_.tell();
}

void recorder::settle(const std::vector<order_move>& moves, int late_answers)
{
    forget_refused(moves);
    if (late_answers > 0)
        log_.warning("answers came for orders that had been moved by somebody else; they are kept as events",
                     {{"orders", late_answers}});
    std::map<std::string_view, long> counts;
    for (const auto& m : moves)
        if (auto to = *next(m.from, m.event); to != m.from || m.from != order_state::accepted) ++counts[name(to)];
    for (auto [state, count] : counts) metrics_.order_moved(state, count);
    if (log_.writes(log_level::debug)) tell(moves);
    for (auto& f : committed_) f(moves);
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

/// What cannot be written is found in as many steps as its group can be divided.
asio::awaitable<void> recorder::write_pieces(std::vector<entry> group, std::size_t size)
{
    for (std::size_t from = 0; from < group.size(); from += size) {
        auto begin = group.begin() + static_cast<std::ptrdiff_t>(from);
        auto end = group.begin() + static_cast<std::ptrdiff_t>(std::min(from + size, group.size()));
        std::vector<entry> piece(std::make_move_iterator(begin), std::make_move_iterator(end));
        co_await write(std::move(piece));
    }
}

}
