#pragma once
#include "orderd/core/japanese_date.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

struct stat;

// What the drop directory asks of its file system.
namespace orderd::intake {

/// Renames without ever replacing a file; false when `to` is taken. Throws std::filesystem::filesystem_error.
bool move_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// `wanted` in `directory`, or the same with a number before the extension when that is taken.
std::filesystem::path move_into(const std::filesystem::path& from, const std::filesystem::path& directory,
                                const std::string& wanted);

/// When a file last came into its directory: a rename does not change its other times.
std::optional<utc_time> changed_at(const std::filesystem::path&);
/// Who put a file there, by its owner; "" where that is this program's own user, as when another service copied it.
std::string owner_of(int fd);

/// Whether other machines may write to it: this kernel does not hear of that.
bool shared_with_other_machines(const std::filesystem::path&);
/// Whether some program has a file open to write to it, as far as the kernel tells: of local files that belong to this
/// program's user, or of all with CAP_LEASE. False where it does not tell.
bool open_for_writing(const std::filesystem::path&);

/// How far a file was written.
struct written_state {
    std::uint64_t size = 0;
    std::int64_t at = 0; // nanoseconds since 1970
    bool operator==(const written_state&) const = default;
};
written_state written_in(const struct stat&);
/// Nothing where there is no such regular file.
std::optional<written_state> written_of(const std::filesystem::path&);

/// An open file, closed at the end; empty where it could not be opened, and errno says why.
class open_file {
public:
    explicit open_file(const std::filesystem::path&);
    ~open_file();
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    explicit operator bool() const { return fd_ >= 0; }
    int fd() const { return fd_; }

private:
    int fd_;
};

/// Whether an error of opening a file is about what lies there, and not about rights, memory, descriptors or a disk.
bool fault_of_the_file(int error);

}
