#pragma once
#include "orderd/intake/file_intake.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

namespace orderd::intake {

/// The bytes of a regular file, read from the beginning as often as needed; symbolic links are not followed.
class file_bytes {
public:
    /// Why it cannot be read, for its author.
    static std::variant<std::unique_ptr<file_bytes>, unreadable_file> open(const std::string& path);
    ~file_bytes();
    file_bytes(const file_bytes&) = delete;
    file_bytes& operator=(const file_bytes&) = delete;

    std::uint64_t size() const { return size_; }
    /// The next bytes; 0 at the end. Throws file_not_read when the file system fails.
    std::size_t read(std::span<char>);
    void rewind();
    std::uint64_t position() const { return position_; }
    /// Whether it was written to since it was opened.
    bool changed() const;

private:
    file_bytes(int fd, std::uint64_t size, std::int64_t written) : fd_(fd), size_(size), written_(written) {}
    int fd_;
    std::uint64_t size_, position_ = 0;
    std::int64_t written_; // nanoseconds
};

}
