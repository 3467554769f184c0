#pragma once
#include "orderd/async/turns.hpp"
#include "orderd/async/wakeup.hpp"
#include "orderd/core/metrics.hpp"
#include "orderd/core/timekeeper.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/store/order_store.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

// Whether the provider's searches can be believed when they find nothing. Source: RULINGS, "Reconcile", controls.
namespace orderd::submission {

namespace asio = boost::asio;

struct control {
    enum class answer {
        not_asked,
        good,       // it was told as it must be
        bad,        // it was not: searches cannot be believed
        impossible, // there is nothing to ask for
    };
    answer is = answer::not_asked;
    std::string english, japanese;        // what was asked, and what came
    order_code in_progress{};             // the known order that was found, when it is
    std::string name_sent{}, name_told{}; // of the known order that was found; "": not known
    std::string day_sent{}, day_told{};   // the same of the day on which it shall open or end
};

/// How "none" was told: by an empty list, or by an error.
struct none_told {
    int status = 0; // 0: an empty list
    std::string code;
    bool operator==(const none_told&) const = default;
};
none_told told_by(const provider::failure&);

/// The provider's list of what is in progress.
struct orders_in_progress {
    std::vector<provider::order_summary> orders;
    std::vector<provider::unreadable_element<provider::order_summary>> unnamed; // without an order code
};

/// Asks for what must be found, and for what cannot be; one answer serves all searches of a minute. Lives on the event
/// loop's thread.
class controls {
public:
    /// `settle_time`: an order accepted longer ago than that must be found by any search.
    controls(timekeeper&, store::order_store&, provider::api&, metrics&, std::chrono::milliseconds settle_time);
    /// A known order of this type, by its line or site: the search must find it, and tell its type and day as they are
    /// known. Made within the last minute, and not before `since`. Errors: the provider cannot be asked now.
    asio::awaitable<provider::result<control>> positive(order_type, timekeeper::time_point since = {});
    /// A key that cannot exist: "none" must be told as `seen`.
    asio::awaitable<provider::result<control>> negative(order_type, none_told seen);

    /// Orders in progress that the provider lists, whoever's; one list serves the searches of a minute, and none that
    /// began after it was asked for. Errors: the provider cannot be asked now; nothing: it gives no list, or one with
    /// elements that cannot be read.
    asio::awaitable<provider::result<std::optional<orders_in_progress>>> in_progress(timekeeper::time_point since);
    timekeeper::time_point now() const { return time_.now(); }
    async::turns looking_through; // a long list of those in progress

private:
    /// One asks, and who comes meanwhile waits for the answer.
    class turn {
    public:
        explicit turn(timekeeper& time) : done_(time) {}
        asio::awaitable<void> wait_for_others();
        /// Throws what `work` throws; the turn is over then, too.
        asio::awaitable<void> take(std::function<asio::awaitable<void>()> work);

    private:
        bool taken_ = false;
        async::wakeup done_;
    };
    /// The answers of one kind of search.
    struct kept {
        explicit kept(timekeeper& time) : asking(time) {}
        turn asking;
        std::optional<timekeeper::time_point> at; // when it was begun
        control positive;
        std::optional<timekeeper::time_point> none_at;
        std::optional<none_told> none; // as a key that cannot exist is told; nothing: it was no "none"
        std::string none_words;
    };
    kept& of(order_type type) { return *kept_[static_cast<std::size_t>(type) - 1]; }
    bool fresh(const std::optional<timekeeper::time_point>& at, timekeeper::duration for_so_long) const;
    asio::awaitable<provider::result<control>> ask_positive(order_type);
    /// The first of these that its search finds, or that shows that searches cannot be believed; `not_asked`: all of
    /// them are no longer there, and stand in `missed`.
    asio::awaitable<provider::result<control>> find_one_of(std::vector<store::known_order>, order_type,
                                                           std::string& missed);
    asio::awaitable<provider::result<std::vector<store::known_order>>> known_of_others(order_type);
    asio::awaitable<std::optional<provider::failure>> ask_negative(order_type);

    turn listing_;
    std::optional<timekeeper::time_point> listed_at_;
    std::optional<orders_in_progress> listed_in_progress_;

    timekeeper& time_;
    store::order_store& store_;
    provider::api& api_;
    metrics& metrics_;
    std::chrono::milliseconds settle_time_;
    std::array<std::unique_ptr<kept>, 3> kept_; // by order type
};

}
