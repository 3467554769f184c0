#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orderd::reporting {

/// Why a file could not be written: a full disk, a missing right, a directory of its name.
struct file_not_written : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A file that appears under its name when it is whole and on the disk, and not before. Throws `file_not_written`; what
/// was there under the name then stays.
class atomic_file {
public:
    /// `mode`: the rights of the file, whatever the umask takes from those of others.
    explicit atomic_file(std::filesystem::path, unsigned mode = 0640);
    ~atomic_file();
    atomic_file(const atomic_file&) = delete;
    atomic_file& operator=(const atomic_file&) = delete;
    void write(std::string_view);
    /// Where it is made, for those who write files by their names.
    const std::filesystem::path& temporary() const { return temporary_; }
    void commit();

private:
    void flush();
    [[noreturn]] void fail(const char* what);
    std::filesystem::path path_, temporary_;
    std::string buffer_;
    int fd_ = -1;
};

}
