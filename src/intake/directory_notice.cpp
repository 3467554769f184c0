#include "orderd/intake/directory_notice.hpp"
#include "file_system.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/inotify.h>

namespace orderd::intake {

namespace asio = boost::asio;
namespace fs = std::filesystem;

struct directory_notice::state : std::enable_shared_from_this<state> {
    asio::posix::stream_descriptor events;
    fs::path directory;
    bool below;
    std::function<void()> told;
    alignas(inotify_event) std::array<char, 16'384> buffer{};

    state(asio::any_io_executor on, fs::path where, bool with_below, std::function<void()> tell)
        : events(on), directory(std::move(where)), below(with_below), told(std::move(tell))
    {
    }
    bool watch(const fs::path& path)
    {
        return ::inotify_add_watch(events.native_handle(), path.c_str(),
                                   IN_CLOSE_WRITE | IN_MOVED_TO | (below ? IN_CREATE : 0) | IN_ONLYDIR) >= 0;
    }
    bool watch_all()
    {
        if (!watch(directory)) return false;
        if (!below) return true;
        std::error_code error, of_entry;
        fs::recursive_directory_iterator at(directory, fs::directory_options::skip_permission_denied, error);
        for (; !error && at != fs::recursive_directory_iterator(); at.increment(error))
            if (at->is_directory(of_entry) && !at->is_symlink(of_entry)) watch(at->path());
        return true; // what cannot be watched is looked at from time to time
    }
    void listen()
    {
        events.async_read_some(asio::buffer(buffer),
                               [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                                   if (error || !self->events.is_open()) return;
                                   if (self->below) self->watch_all();
                                   self->told();
                                   self->listen();
                               });
    }
};

directory_notice::directory_notice(asio::any_io_executor on, fs::path directory, bool below, std::function<void()> told)
    : state_(std::make_shared<state>(on, std::move(directory), below, std::move(told)))
{
    if (shared_with_other_machines(state_->directory)) return;
    int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return;
    state_->events.assign(fd);
    if (state_->watch_all())
        state_->listen();
    else
        state_->events.close();
}

directory_notice::~directory_notice()
{
    boost::system::error_code ignored;
    state_->events.close(ignored);
}

bool directory_notice::works() const { return state_->events.is_open(); }

}
