#include "file_bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace orderd::intake {
namespace {

std::int64_t written(const struct stat& about)
{
    return static_cast<std::int64_t>(about.st_mtim.tv_sec) * 1'000'000'000 + about.st_mtim.tv_nsec;
}

}

std::variant<std::unique_ptr<file_bytes>, unreadable_file> file_bytes::open(const std::string& path)
{
    int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat about {};
    if (fd < 0 || ::fstat(fd, &about) != 0) {
        std::string why = std::strerror(errno);
        if (fd >= 0) ::close(fd);
        return unreadable_file{{"ファイルを開けません。読み取り権限を確認してください。 / the file cannot be opened: " +
                                why + "; check its owner and permissions"}};
    }
    if (!S_ISREG(about.st_mode)) {
        ::close(fd);
        return unreadable_file{{"通常のファイルではありません。 / this is not a regular file"}};
    }
    return std::unique_ptr<file_bytes>(new file_bytes(fd, static_cast<std::uint64_t>(about.st_size), written(about)));
}

file_bytes::~file_bytes() { ::close(fd_); }

std::size_t file_bytes::read(std::span<char> into)
{
    while (true) {
        auto n = ::read(fd_, into.data(), into.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw file_not_read(std::string("it cannot be read: ") + std::strerror(errno));
        position_ += static_cast<std::uint64_t>(n);
        return static_cast<std::size_t>(n);
    }
}

void file_bytes::rewind()
{
    if (::lseek(fd_, 0, SEEK_SET) != 0)
        throw file_not_read(std::string("it cannot be read from its beginning: ") + std::strerror(errno));
    position_ = 0;
}

bool file_bytes::changed() const
{
    struct stat about {};
    return ::fstat(fd_, &about) != 0 || static_cast<std::uint64_t>(about.st_size) != size_ ||
           written(about) != written_;
}

}
