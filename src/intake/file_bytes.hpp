#pragma once
#include "file_system.hpp"
#include "orderd/intake/file_intake.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace orderd::intake {

/// The bytes of a regular file, read from the beginning as often as needed; symbolic links are not followed.
class file_bytes {
public:
    /// Nothing where what lies there is no file: why, for its author. Throws file_not_read when it cannot be opened.
    static std::variant<std::unique_ptr<file_bytes>, unreadable_file> open(const std::string& path);

    std::uint64_t size() const { return written_.size; }
    /// As it was when it was opened.
    written_state written() const { return written_; }
    /// The next bytes; 0 at the end. Throws file_not_read when the file system fails.
    std::size_t read(std::span<char>);
    void rewind();
    std::uint64_t position() const { return position_; }
    /// Whether it was written to since it was opened.
    bool changed() const;

private:
    file_bytes(std::unique_ptr<open_file> file, written_state written) : file_(std::move(file)), written_(written) {}
    std::unique_ptr<open_file> file_;
    written_state written_;
    std::uint64_t position_ = 0;
};

/// The hash of a file's content, as taking it in makes it. Throws file_not_read.
std::string content_hash_of(const std::string& path, std::string_view content_key);

}
