#include "orderd/store/database.hpp"
#include "session.hpp"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace orderd::store {

struct database::workers {
    std::string url;
    planning plans = planning::as_usual;
    std::function<void(std::string_view)> on_notice;
    std::mutex mutex;
    std::condition_variable changed;
    using clock = std::chrono::steady_clock;
    struct question {
        job ask;
        clock::time_point since;
    };
    std::deque<question> line;
    std::multiset<clock::time_point> asked; // of what is being answered
    std::chrono::milliseconds lock_wait{0}, statement_time{0};
    bool stopping = false;
    std::vector<std::thread> threads;

    void work()
    {
        std::unique_ptr<session> on;
        while (true) {
            job next;
            clock::time_point since;
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return stopping || !line.empty(); });
                if (stopping) return;
                next = std::move(line.front().ask);
                line.pop_front();
                since = *asked.insert(clock::now());
            }
            std::exception_ptr failed;
            try {
                if (!on || on->broken()) {
                    on.reset();
                    on = std::make_unique<session>(url, plans, on_notice);
                    if (lock_wait.count() > 0 || statement_time.count() > 0) on->bound({lock_wait, statement_time});
                }
            } catch (...) {
                failed = std::current_exception();
            }
            next(on.get(), std::move(failed));
            std::lock_guard lock(mutex);
            asked.erase(asked.find(since));
        }
    }

    std::chrono::milliseconds unanswered_for()
    {
        std::lock_guard lock(mutex);
        auto since = clock::now();
        if (!asked.empty()) since = std::min(since, *asked.begin());
        if (!line.empty()) since = std::min(since, line.front().since);
        return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - since);
    }

    bool pause(std::chrono::milliseconds how_long)
    {
        std::unique_lock lock(mutex);
        return !changed.wait_for(lock, how_long, [&] { return stopping; });
    }

    void listen(const std::string& channel, const asio::any_io_executor& on, const std::function<void()>& heard)
    {
        struct receiver final : pqxx::notification_receiver {
            receiver(pqxx::connection_base& c, const std::string& name, bool& f)
                : notification_receiver(c, name), flag(f)
            {
            }
            void operator()(const std::string&, int) override { flag = true; }
            bool& flag;
        };
        do {
            try {
                session own(url, planning::as_usual, on_notice);
                bool came = true;
                receiver ear(own.connection(), channel, came);
                while (true) {
                    if (came) asio::post(on, heard);
                    came = false;
                    own.connection().await_notification(0, 250'000); // looks at `stopping` four times a second
                    std::lock_guard lock(mutex);
                    if (stopping) return;
                }
            } catch (const std::exception&) { // the database is away: whoever asks it says so; ask again
            }
        } while (pause(std::chrono::seconds(1)));
    }
};

database::database(database_options options) : workers_(std::make_unique<workers>())
{
    workers_->url = options.url;
    workers_->plans = options.plans;
    workers_->on_notice = std::move(options.on_notice);
    workers_->lock_wait = options.lock_wait;
    workers_->statement_time = options.statement_time;
    for (int i = 0; i < options.connections; ++i) workers_->threads.emplace_back([w = workers_.get()] { w->work(); });
}

database::~database()
{
    {
        std::lock_guard lock(workers_->mutex);
        workers_->stopping = true;
    }
    workers_->changed.notify_all();
    for (auto& thread : workers_->threads) thread.join();
}

void database::submit(job next)
{
    {
        std::lock_guard lock(workers_->mutex);
        workers_->line.push_back({std::move(next), workers::clock::now()});
    }
    workers_->changed.notify_one();
}

std::chrono::milliseconds database::unanswered_for() const { return workers_->unanswered_for(); }

void database::listen(std::string channel, asio::any_io_executor on, std::function<void()> heard)
{
    workers_->threads.emplace_back([w = workers_.get(), channel = std::move(channel), on = std::move(on),
                                    heard = std::move(heard)] { w->listen(channel, on, heard); });
}

}
