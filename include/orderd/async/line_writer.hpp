#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace orderd::async {

/// Writes lines to a file descriptor on a thread of its own: a pipe that nobody reads, or a disk that hangs, holds up
/// nobody who has something to say. A bounded number of bytes waits; beyond, the oldest lines are left out and counted.
class line_writer {
public:
    struct limits {
        std::size_t waiting = 1u << 20;              // bytes
        std::chrono::milliseconds at_the_end{2'000}; // that the destructor waits
    };
    explicit line_writer(int descriptor) : line_writer(descriptor, limits{}) {}
    line_writer(int descriptor, limits);
    /// What waits is written, if that works within its time.
    ~line_writer();
    line_writer(const line_writer&) = delete;
    line_writer& operator=(const line_writer&) = delete;

    /// Takes a whole line, its end included. Never waits for the descriptor.
    void put(std::string line);
    /// Whether everything was written, or found impossible to write, within `limit`.
    bool flush(std::chrono::milliseconds limit);
    /// Lines that wait or are being written. May be asked in a signal handler.
    long unwritten() const;

    struct gap {
        long lines = 0;
        std::chrono::system_clock::time_point first, last; // when they were left out
    };
    /// The lines that were left out, once lines are written again and none waits; then they are forgotten.
    std::optional<gap> take_gap();

private:
    struct shared; // the thread keeps it, and may be stuck in a write for longer than this lives
    std::shared_ptr<shared> shared_;
    std::chrono::milliseconds at_the_end_;
};

}
