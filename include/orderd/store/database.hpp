#pragma once
#include "orderd/async/from_another_thread.hpp"
#include "orderd/core/log.hpp"
#include "orderd/store/errors.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

// PostgreSQL connections on threads of their own, awaitable from coroutines.
namespace orderd::store {

namespace asio = boost::asio;

/// One connection, with every statement prepared when first used. What the questions in this room are asked of.
class session;

/// How the server plans a session's statements.
enum class planning {
    as_usual,
    /// By index, in the order of an index. For questions that touch some rows of tables with millions: whatever the
    /// statistics say (all orders of one batch, or none ready when they were last gathered), no table is read whole.
    by_index
};

/// Opens a session on the calling thread: for verbs and for work that has a thread of its own. Throws `unavailable`.
std::shared_ptr<session> open_session(const std::string& url, planning = planning::as_usual);

/// The URL without its password, for messages.
std::string without_password(const std::string& url);

struct database_options {
    std::string url;
    int connections = 4;
    planning plans = planning::as_usual;
    /// How long statements wait for what others hold: then `statement_failed` with `locked()`. 0: for ever.
    std::chrono::milliseconds lock_wait{0};
    /// How long a statement may take: then `statement_failed` with `held_up()`. 0: as long as it wants.
    std::chrono::milliseconds statement_time{0};
    /// What the server says beside its answers (WARNING …), on a connection's thread; none: on standard error.
    std::function<void(std::string_view)> on_notice{};
};

class database {
public:
    explicit database(database_options);
    ~database(); // waits for the statements that run; what waits in line is dropped
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    /// Runs `question(session&)` on a connection's thread and gives its value to the coroutine. A connection that broke
    /// is opened anew by the next question. Throws what the question throws: `unavailable`, `statement_failed`.
    /// A question that captures more than numbers gets a name first (see async::safe_in_co_await).
    template <class F>
    asio::awaitable<std::invoke_result_t<F&, session&>> run(F&& question)
    {
        static_assert(async::safe_in_co_await<F>, "give the question a name before co_await");
        return run_kept(std::remove_cvref_t<F>(question), no_limit);
    }
    /// The same for who cannot wait: throws `unavailable` when there is no answer in time. The question may still be
    /// answered, to nobody; one that has not begun is not asked any more.
    template <class F>
    asio::awaitable<std::invoke_result_t<F&, session&>> run_within(std::chrono::milliseconds limit, F&& question)
    {
        static_assert(async::safe_in_co_await<F>, "give the question a name before co_await");
        return run_kept(std::remove_cvref_t<F>(question), limit);
    }
    /// For how long the statement that runs longest, or the question that waits longest, has had no answer.
    std::chrono::milliseconds unanswered_for() const;

private:
    static constexpr std::chrono::milliseconds no_limit{0};
    template <class F>
    asio::awaitable<std::invoke_result_t<F&, session&>> run_kept(F question, std::chrono::milliseconds limit)
    {
        using value = std::invoke_result_t<F&, session&>;
        static_assert(std::is_default_constructible_v<value>, "a question gives a value");
        auto ask = [this, asked = std::move(question)](auto way_back) mutable {
            submit([asked = std::move(asked), way_back = std::move(way_back)](session* on,
                                                                              std::exception_ptr failed) mutable {
                if constexpr (requires { way_back.wanted(); })
                    if (!way_back.wanted()) return;
                if (failed)
                    way_back(std::move(failed), value{});
                else
                    async::give_back<value>([&] { return asked(*on); }, way_back);
            });
        };
        if (limit == no_limit) return async::from_another_thread<value>(std::move(ask));
        auto too_late = std::make_exception_ptr(unavailable("the database does not answer"));
        return async::from_another_thread_within<value>(limit, std::move(too_late), std::move(ask));
    }

public:
    /// Keeps a connection of its own that LISTENs to `channel` and calls `heard` on `on` at every notification, and
    /// once at every new connection, since what came before it was not heard.
    void listen(std::string channel, asio::any_io_executor on, std::function<void()> heard);

private:
    using job = std::function<void(session*, std::exception_ptr)>;
    void submit(job);
    struct workers;
    std::unique_ptr<workers> workers_;
};

}
