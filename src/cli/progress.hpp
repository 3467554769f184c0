#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace orderd::cli {

/// A bar on the terminal that standard error is; nothing where it is none.
class progress_bar {
public:
    explicit progress_bar(std::string label);
    ~progress_bar(); // takes the bar away
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;
    void show(std::uint64_t done, std::uint64_t of, const std::string& words);

private:
    std::string label_;
    bool terminal_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_{};
};

/// `done` of `of` as a bar of `width` characters: [#####.....].
std::string bar(std::uint64_t done, std::uint64_t of, std::size_t width);

}
