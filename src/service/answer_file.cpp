#include "answer_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace orderd::service {
namespace {

namespace asio = http::asio;
constexpr std::size_t piece_size = 256u << 10;

class open_file {
public:
    explicit open_file(int descriptor) : descriptor_(descriptor) {}
    ~open_file() { ::close(descriptor_); }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};
using shared_file = std::shared_ptr<open_file>;

struct opened {
    shared_file file;
    std::uint64_t size = 0;
    no_file otherwise{file_trouble::absent, ""};
};

/// Blocking. A pipe does not hold it up, and a link is not followed.
opened open_regular(const std::string& path)
{
    opened out;
    int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) {
        bool absent = errno == ENOENT || errno == ELOOP || errno == ENOTDIR || errno == ENXIO;
        if (!absent) out.otherwise = {file_trouble::unreadable, std::generic_category().message(errno)};
        return out;
    }
    auto file = std::make_shared<open_file>(descriptor);
    struct stat about {};
    if (::fstat(descriptor, &about) != 0)
        out.otherwise = {file_trouble::unreadable, std::generic_category().message(errno)};
    else if (S_ISREG(about.st_mode) && static_cast<std::uint64_t>(about.st_size) > largest_download)
        out.otherwise.trouble = file_trouble::too_large;
    else if (S_ISREG(about.st_mode)) {
        out.file = std::move(file);
        out.size = static_cast<std::uint64_t>(about.st_size);
    }
    return out;
}

/// Blocking. "" when there is no more, or it cannot be read.
std::string read_piece(const open_file& from, std::uint64_t offset, std::size_t size)
{
    std::string piece(size, '\0');
    auto got = ::pread(from.descriptor(), piece.data(), piece.size(), static_cast<off_t>(offset));
    piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return piece;
}

class file_pieces final : public http::body_source {
public:
    file_pieces(async::blocking_work& files, opened from) : files_(files), file_(std::move(from.file)), size_(from.size)
    {
    }
    std::uint64_t size() const override { return size_; }
    asio::awaitable<std::string> next() override
    {
        auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, size_ - offset_));
        auto read = [file = file_, offset = offset_, wanted] { return read_piece(*file, offset, wanted); };
        auto piece = co_await files_.run(read);
        offset_ += piece.size();
        co_return piece;
    }

private:
    async::blocking_work& files_;
    shared_file file_;
    std::uint64_t size_, offset_ = 0;
};

}

asio::awaitable<std::variant<no_file, std::shared_ptr<http::body_source>>> open_download(async::blocking_work& files,
                                                                                         std::string path)
{
    auto open = [path] { return open_regular(path); };
    auto found = co_await files.run(open);
    if (!found.file) co_return found.otherwise;
    co_return std::make_shared<file_pieces>(files, std::move(found));
}

}
