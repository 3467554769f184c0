#include "race.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <exception>

namespace orderd::http {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

constexpr auto head_start = 250ms; // "Connection Attempt Delay", RFC 8305, 5
constexpr auto for_handshake = 2s; // of the one that is connected and shakes hands

struct runner {
    connection_ptr line;
    bool connected = false, ended = false;
    std::string failed; // "" when it stands
    bool no_descriptors = false;
};

/// The runners and the bell that tells of each that ends. Those that lose keep it until they have noticed.
struct field {
    asio::any_io_executor executor;
    course where;
    asio::steady_timer bell;
    std::deque<runner> runners;
    clock::time_point last_start{};
    bool over = false;

    field(asio::any_io_executor on, course c) : executor(on), where(std::move(c)), bell(on) {}

    runner* winner()
    {
        auto stands = [](const runner& r) { return r.ended && r.failed.empty(); };
        auto at = std::find_if(runners.begin(), runners.end(), stands);
        return at == runners.end() ? nullptr : &*at;
    }
    bool any_left() const { return runners.size() < where.endpoints.size(); }
    bool all_ended() const
    {
        return std::all_of(runners.begin(), runners.end(), [](const runner& r) { return r.ended; });
    }
    bool connected() const
    {
        return std::any_of(runners.begin(), runners.end(), [](const runner& r) { return r.connected; });
    }
    /// When the next may start: at once behind one that failed.
    clock::time_point next_start() const
    {
        if (runners.empty() || runners.back().ended) return clock::time_point::min();
        bool shaking_hands =
            std::any_of(runners.begin(), runners.end(), [](const runner& r) { return r.connected && !r.ended; });
        return last_start + (shaking_hands ? clock::duration(for_handshake) : clock::duration(head_start));
    }
    void end()
    {
        over = true;
        boost::system::error_code ignored;
        for (auto& r : runners)
            if (r.line) r.line->plain.close(ignored);
    }
};

asio::awaitable<void> run(std::shared_ptr<field> all, runner& me, asio::ip::tcp::endpoint to)
{
    auto& line = *me.line;
    auto [connect_error] = co_await line.plain.async_connect(to, as_result);
    if (connect_error) me.failed = connect_error.message();
    me.no_descriptors = connect_error == boost::system::errc::too_many_files_open ||
                        connect_error == boost::system::errc::too_many_files_open_in_system;
    if (connect_error || all->over) co_return;
    me.connected = true;
    boost::system::error_code ignored;
    line.plain.set_option(asio::ip::tcp::no_delay(true), ignored);
    all->where.prepare(line);
    if (!line.secure) co_return;
    auto [tls_error] = co_await line.secure->async_handshake(asio::ssl::stream_base::client, as_result);
    if (tls_error) me.failed = tls_error.message();
}

void start_next(const std::shared_ptr<field>& all)
{
    auto& to = all->where.endpoints[all->runners.size()];
    auto& me = all->runners.emplace_back();
    me.line = std::make_unique<connection>(all->executor);
    all->last_start = clock::now();
    // It ends when its socket is closed, at the latest at the end of the race.
    asio::co_spawn(all->executor, run(all, me, to), [all, &me](std::exception_ptr defect) {
        if (defect) me.failed = "internal error";
        me.ended = true;
        if (!me.failed.empty()) me.line.reset();
        all->bell.cancel();
    });
}

race_result result_of(field& all)
{
    race_result out;
    out.connected = all.connected();
    if (auto* first = all.winner()) {
        out.place = static_cast<std::size_t>(
            std::find_if(all.runners.begin(), all.runners.end(), [&](const runner& r) { return &r == first; }) -
            all.runners.begin());
        out.winner = std::move(first->line);
        return out;
    }
    out.no_descriptors =
        std::any_of(all.runners.begin(), all.runners.end(), [](const runner& r) { return r.no_descriptors; });
    // The most telling failure is of one that got as far as TLS.
    for (const auto& r : all.runners)
        if (r.ended && r.connected == out.connected && out.failed.empty()) out.failed = r.failed;
    if (out.failed.empty() || !all.all_ended()) out.failed = "the time-out is over";
    return out;
}

}

asio::awaitable<race_result> race(asio::any_io_executor on, course where)
{
    struct closing {
        std::shared_ptr<field> all;
        ~closing() { all->end(); }
    };
    auto all = std::make_shared<field>(on, std::move(where));
    closing at_the_end{all};
    while (!all->winner() && clock::now() < all->where.deadline && (all->any_left() || !all->all_ended())) {
        if (all->any_left() && all->next_start() <= clock::now()) start_next(all);
        all->bell.expires_at(all->any_left() ? std::min(all->next_start(), all->where.deadline) : all->where.deadline);
        co_await all->bell.async_wait(as_result);
    }
    co_return result_of(*all);
}

}
