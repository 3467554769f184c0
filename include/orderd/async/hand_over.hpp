#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>

namespace orderd::async {

/// Hands things from one thread to another, at most `room` of them waiting.
template <class T>
class hand_over {
public:
    explicit hand_over(std::size_t room) : room_(room) {}

    /// Waits for room. False: the receiver is gone.
    bool give(T thing)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return gone_ || waiting_.size() < room_; });
        if (gone_) return false;
        waiting_.push_back(std::move(thing));
        changed_.notify_all();
        return true;
    }
    /// Nothing more will come; `failed` is thrown to the receiver.
    void close(std::exception_ptr failed)
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        failed_ = std::move(failed);
        changed_.notify_all();
    }

    /// Waits for a thing; nothing when no more will come.
    std::optional<T> take()
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            if (failed_) std::rethrow_exception(failed_);
            return std::nullopt;
        }
        std::optional<T> thing(std::move(waiting_.front()));
        waiting_.pop_front();
        changed_.notify_all();
        return thing;
    }
    /// The receiver is done with a thing: whoever made it takes it apart, or uses it again.
    void give_back(T thing)
    {
        std::lock_guard lock(mutex_);
        used_.push_back(std::move(thing));
    }
    /// Something that was given back; an empty one where there is none.
    T used()
    {
        std::lock_guard lock(mutex_);
        if (used_.empty()) return {};
        T thing(std::move(used_.front()));
        used_.pop_front();
        return thing;
    }
    void leave()
    {
        std::lock_guard lock(mutex_);
        gone_ = true;
        changed_.notify_all();
    }

private:
    const std::size_t room_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> waiting_, used_;
    std::exception_ptr failed_;
    bool closed_ = false, gone_ = false;
};

}
