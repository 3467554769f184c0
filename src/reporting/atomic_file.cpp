#include "orderd/reporting/atomic_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orderd::reporting {

namespace {

/// A file put in its place would replace it, for everybody: /dev/null, for one.
bool is_device_or_pipe(const std::filesystem::path& path)
{
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

}

atomic_file::atomic_file(std::filesystem::path path, unsigned mode) : path_(std::move(path))
{
    if (is_device_or_pipe(path_))
        throw file_not_written(path_.string() + " is a device or pipe, and would be replaced; name a file");
    temporary_ = path_.parent_path() / ("." + path_.filename().string() + "." + std::to_string(::getpid()) + ".tmp");
    fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd_ < 0) fail("cannot be made");
}

atomic_file::~atomic_file()
{
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(temporary_.c_str());
}

void atomic_file::write(std::string_view text)
{
    buffer_ += text;
    if (buffer_.size() >= 1 << 18) flush();
}

void atomic_file::flush()
{
    std::size_t done = 0;
    while (done < buffer_.size()) {
        auto n = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail("cannot be written");
        done += static_cast<std::size_t>(n);
    }
    buffer_.clear();
}

void atomic_file::commit()
{
    flush();
    if (::fsync(fd_) != 0) fail("cannot be written");
    ::close(fd_);
    fd_ = -1;
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
        int error = errno;
        ::unlink(temporary_.c_str());
        errno = error;
        fail("cannot be put in place");
    }
}

void atomic_file::fail(const char* what)
{
    throw file_not_written(path_.string() + " " + what + ": " + std::strerror(errno));
}

}
