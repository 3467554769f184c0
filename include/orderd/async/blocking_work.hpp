#pragma once
#include "orderd/async/from_another_thread.hpp"

#include <boost/asio/thread_pool.hpp>
#include <type_traits>

namespace orderd::async {

/// Threads for what blocks, such as reading files: a slow disk holds up nobody but who asked. Ends before the loop's
/// context does; waits then for what runs, and drops what waits in line.
class blocking_work {
public:
    explicit blocking_work(std::size_t threads) : threads_(threads) {}

    /// Runs `work()` on one of the threads; gives its value to the coroutine, or throws what it throws. Work that
    /// captures more than numbers gets a name first.
    template <class F>
    asio::awaitable<std::invoke_result_t<F&>> run(F&& work)
    {
        static_assert(safe_in_co_await<F>, "give the work a name before co_await");
        return run_kept(std::remove_cvref_t<F>(work));
    }

private:
    template <class F>
    asio::awaitable<std::invoke_result_t<F&>> run_kept(F work)
    {
        using value = std::invoke_result_t<F&>;
        auto start = [this, asked = std::move(work)](auto way_back) mutable {
            asio::post(threads_, [asked = std::move(asked), way_back = std::move(way_back)]() mutable {
                give_back<value>(asked, way_back);
            });
        };
        return from_another_thread<value>(std::move(start));
    }

    asio::thread_pool threads_;
};

}
