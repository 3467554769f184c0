#include "progress.hpp"
#include "orderd/core/shown.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace orderd::cli {

std::string bar(std::uint64_t done, std::uint64_t of, std::size_t width)
{
    auto full = of == 0 ? width : static_cast<std::size_t>(std::min(done, of) * width / of);
    return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

progress_bar::progress_bar(std::string label) : label_(std::move(label)), terminal_(::isatty(STDERR_FILENO)) {}

progress_bar::~progress_bar()
{
    if (shown_) std::cerr << "\r\033[K" << std::flush;
}

void progress_bar::show(std::uint64_t done, std::uint64_t of, const std::string& words)
{
    auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    shown_ = true;
    std::cerr << "\r\033[K" << shown(label_, 40) << " " << bar(done, of, 30) << " "
              << (of == 0 ? 100 : std::min(done, of) * 100 / of) << " %  " << words << std::flush;
}

}
