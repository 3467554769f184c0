#include "file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <limits>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace orderd::intake {

namespace fs = std::filesystem;

bool move_file(const fs::path& from, const fs::path& to)
{
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno == EEXIST) return false;
    if (errno == EINVAL || errno == ENOSYS) { // a file system without it: link and unlink do the same
        if (::link(from.c_str(), to.c_str()) == 0) {
            ::unlink(from.c_str());
            return true;
        }
        if (errno == EEXIST) return false;
    }
    throw fs::filesystem_error("cannot move", from, to, std::error_code(errno, std::generic_category()));
}

fs::path move_into(const fs::path& from, const fs::path& directory, const std::string& wanted)
{
    fs::path name(wanted);
    for (int n = 1;; ++n) {
        auto to =
            directory / (n == 1 ? wanted : name.stem().string() + "." + std::to_string(n) + name.extension().string());
        if (move_file(from, to)) return to;
    }
}

std::optional<utc_time> changed_at(const fs::path& path)
{
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    return utc_time{std::chrono::seconds(about.st_ctim.tv_sec)};
}

std::string owner_of(int fd)
{
    struct stat about {};
    if (::fstat(fd, &about) != 0 || about.st_uid == ::geteuid()) return "";
    char space[4096];
    struct passwd entry {
    }, *found = nullptr;
    if (::getpwuid_r(about.st_uid, &entry, space, sizeof space, &found) == 0 && found) return entry.pw_name;
    return "uid " + std::to_string(about.st_uid);
}

/// Numbers: statfs(2).
bool shared_with_other_machines(const fs::path& path)
{
    struct statfs about {};
    if (::statfs(path.c_str(), &about) != 0) return true;
    switch (static_cast<std::uint32_t>(about.f_type)) {
    case 0x6969:     // NFS
    case 0xFF534D42: // CIFS
    case 0xFE534D42: // SMB2
    case 0x517B:     // SMB
    case 0x65735546: // FUSE
    case 0x01021997: // 9p
    case 0x47504653: // GPFS
    case 0x00C36400: // Ceph
        return true;
    default: return false;
    }
}

bool open_for_writing(const fs::path& path)
{
    if (shared_with_other_machines(path)) return false; // such a file system refuses a lease for other reasons too
    open_file file(path);
    if (!file) return false;
    // Who opens it in this very moment has the kernel send a signal: one that nobody heeds.
    if (::fcntl(file.fd(), F_SETSIG, SIGURG) != 0) return false;
    if (::fcntl(file.fd(), F_SETLEASE, F_RDLCK) == 0) {
        ::fcntl(file.fd(), F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN;
}

written_state written_in(const struct stat& about)
{
    constexpr std::int64_t second = 1'000'000'000, furthest = std::numeric_limits<std::int64_t>::max() / second - 1;
    auto seconds = std::clamp<std::int64_t>(about.st_mtim.tv_sec, -furthest, furthest);
    return {static_cast<std::uint64_t>(about.st_size), seconds * second + about.st_mtim.tv_nsec};
}

std::optional<written_state> written_of(const fs::path& path)
{
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    return written_in(about);
}

open_file::open_file(const fs::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
{
}

open_file::~open_file()
{
    if (fd_ >= 0) ::close(fd_);
}

bool fault_of_the_file(int error) { return error == ELOOP || error == ENXIO || error == ENODEV; }

}
