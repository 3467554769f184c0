#pragma once
#include "orderd/async/wakeup.hpp"
#include "orderd/core/log.hpp"
#include "orderd/core/metrics.hpp"
#include "orderd/core/repeated_notice.hpp"
#include "orderd/store/database_notice.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "orderd/store/order_store.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace orderd::store {

/// Writes transitions in groups: whatever gathered while the statement before ran goes into the next one. Keeps what it
/// was given until PostgreSQL has committed it, however long the database is away; what PostgreSQL refuses is written
/// without what it does not hold, and stops nothing else. Lives on the event loop's thread.
class recorder {
public:
    recorder(timekeeper&, order_store&, logger&, metrics&);
    void add(order_move move, instance_id by);
    /// Moves that are not committed yet.
    std::size_t waiting() const { return line_.size() + aside_.size() + writing_; }
    /// Called after every commit with the moves that are settled by it.
    using settled = std::function<void(const std::vector<order_move>&)>;
    void on_commit(settled f) { committed_.push_back(std::move(f)); }
    asio::awaitable<void> run(); // ends when stopped and empty
    void stop();

private:
    struct entry {
        order_move move;
        instance_id by;
        // Where recording it alone takes too long: for how long it waits now, and until when.
        timekeeper::duration held_up{};
        timekeeper::time_point not_before{};
    };
    asio::awaitable<void> write(std::vector<entry>);
    void tell(const std::vector<order_move>&) const;
    void settle_group(const std::vector<order_move>&, const moved_orders&);
    void settle(const std::vector<order_move>&, int late_answers);
    std::vector<entry> next_group();
    asio::awaitable<void> write_pieces(std::vector<entry>, std::size_t size);
    bool joins_aside(entry&);
    bool only_held_up_left() const;
    void set_held_up_aside(entry, const std::string& why);
    asio::awaitable<void> set_locked_aside(std::vector<entry>&);
    asio::awaitable<void> bring_back();
    asio::awaitable<std::vector<order_id>> locked_of(const std::vector<entry>&);
    asio::awaitable<order_id> owner_of(order_move wanted);
    void tell_conflict(const order_move&, order_id owner);
    void tell_lesser(const order_move& wanted, const std::string& why);
    void tell_refused(const order_move& wanted, const std::string& why);
    void forget_refused(const std::vector<order_move>& recorded);

    order_store& orders_;
    logger& log_;
    metrics& metrics_;
    database_notice database_trouble_;
    async::wakeup came_, pause_;
    repeated_notice codes_of_others_;
    std::deque<entry> line_;
    std::vector<entry> aside_; // somebody has these orders locked, or they hold a statement up
    trouble_count locked_, held_up_;
    std::map<order_id, trouble_list::clock::time_point> refused_; // orders whose moves cannot be recorded, and when
    left_out_rows unchanged_;                                     // for their names only
    timekeeper& time_;
    timekeeper::time_point look_at_locked_{};
    std::size_t writing_ = 0;
    std::vector<settled> committed_;
    bool stopping_ = false;
};

}
