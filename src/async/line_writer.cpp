#include "orderd/async/line_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <poll.h>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>

namespace orderd::async {
namespace {

/// Signals belong to other threads: one that ends the program would otherwise be handled by the thread that is waited
/// for. A pipe whose reader has gone is an error of its write.
void block_signals()
{
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// How much of `bytes` was written, however long that takes; less than all of them: it failed.
std::size_t write_all(int descriptor, std::string_view bytes)
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        auto n = ::write(descriptor, bytes.data() + done, bytes.size() - done);
        if (n >= 0) {
            done += static_cast<std::size_t>(n);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) break;
        pollfd room{descriptor, POLLOUT, 0};
        ::poll(&room, 1, -1);
    }
    return done;
}

}

struct line_writer::shared {
    const int descriptor;
    const std::size_t most_waiting;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> waiting;
    std::size_t bytes = 0;
    bool closing = false, written_since_gap = false;
    std::optional<gap> left_out;
    std::atomic<long> unwritten{0};

    shared(int to, std::size_t most) : descriptor(to), most_waiting(most) {}

    void leave_out()
    {
        auto now = std::chrono::system_clock::now();
        if (!left_out) left_out = gap{0, now, now};
        ++left_out->lines;
        left_out->last = now;
        written_since_gap = false;
    }
    std::string take_first()
    {
        auto line = std::move(waiting.front());
        waiting.pop_front();
        bytes -= line.size();
        return line;
    }
    /// Until closed, and nothing waits any more.
    void work()
    {
        block_signals();
        bool within_line = false; // the one before was written in part
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [&] { return closing || !waiting.empty(); });
            if (waiting.empty()) return;
            auto line = take_first();
            lock.unlock();
            if (within_line) line.insert(0, "\n");
            auto done = write_all(descriptor, line);
            bool whole = done == line.size();
            if (done > 0) within_line = !whole;
            lock.lock();
            --unwritten;
            if (whole)
                written_since_gap = true;
            else
                leave_out();
            changed.notify_all();
        }
    }
};

line_writer::line_writer(int descriptor, limits bounds)
    : shared_(std::make_shared<shared>(descriptor, bounds.waiting)), at_the_end_(bounds.at_the_end)
{
    std::thread([kept = shared_] { kept->work(); }).detach();
}

line_writer::~line_writer()
{
    {
        std::lock_guard lock(shared_->mutex);
        shared_->closing = true;
        shared_->changed.notify_all();
    }
    if (flush(at_the_end_)) return;
    std::lock_guard lock(shared_->mutex);
    shared_->waiting.clear(); // the thread ends with the line that it is stuck in
}

void line_writer::put(std::string line)
{
    auto& s = *shared_;
    std::lock_guard lock(s.mutex);
    s.bytes += line.size();
    s.waiting.push_back(std::move(line));
    ++s.unwritten;
    while (s.bytes > s.most_waiting && s.waiting.size() > 1) {
        s.take_first();
        --s.unwritten;
        s.leave_out();
    }
    s.changed.notify_all();
}

bool line_writer::flush(std::chrono::milliseconds limit)
{
    std::unique_lock lock(shared_->mutex);
    return shared_->changed.wait_for(lock, limit, [&] { return shared_->unwritten == 0; });
}

long line_writer::unwritten() const { return shared_->unwritten; }

std::optional<line_writer::gap> line_writer::take_gap()
{
    std::lock_guard lock(shared_->mutex);
    if (!shared_->written_since_gap || !shared_->waiting.empty()) return std::nullopt;
    return std::exchange(shared_->left_out, std::nullopt);
}

}
