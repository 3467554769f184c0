#include "file_bytes.hpp"
#include "orderd/intake/content_hash.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace orderd::intake {

std::variant<std::unique_ptr<file_bytes>, unreadable_file> file_bytes::open(const std::string& path)
{
    static const unreadable_file no_file{{"通常のファイルではありません。 / this is not a regular file"}};
    auto file = std::make_unique<open_file>(path);
    struct stat about {};
    if (!*file || ::fstat(file->fd(), &about) != 0) {
        if (fault_of_the_file(errno)) return no_file;
        if (errno == ENOENT || errno == ENOTDIR) throw file_missing();
        bool rights = errno == EACCES || errno == EPERM;
        throw file_not_read(std::string("the file cannot be opened: ") + std::strerror(errno) +
                            (rights ? "; check its owner and permissions" : ""));
    }
    if (!S_ISREG(about.st_mode)) return no_file;
    return std::unique_ptr<file_bytes>(new file_bytes(std::move(file), written_in(about)));
}

std::size_t file_bytes::read(std::span<char> into)
{
    while (true) {
        auto n = ::read(file_->fd(), into.data(), into.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw file_not_read(std::string("it cannot be read: ") + std::strerror(errno));
        position_ += static_cast<std::uint64_t>(n);
        return static_cast<std::size_t>(n);
    }
}

void file_bytes::rewind()
{
    if (::lseek(file_->fd(), 0, SEEK_SET) != 0)
        throw file_not_read(std::string("it cannot be read from its beginning: ") + std::strerror(errno));
    position_ = 0;
}

bool file_bytes::changed() const
{
    struct stat about {};
    return ::fstat(file_->fd(), &about) != 0 || written_in(about) != written_;
}

std::string content_hash_of(const std::string& path, std::string_view content_key)
{
    auto opened = file_bytes::open(path);
    if (std::get_if<unreadable_file>(&opened)) throw file_not_read("it is no regular file any more");
    auto& bytes = *std::get<std::unique_ptr<file_bytes>>(opened);
    content_hasher hash(content_key);
    std::array<char, 64 << 10> piece;
    while (auto got = bytes.read(piece)) hash.add({piece.data(), got});
    return hash.end();
}

}
