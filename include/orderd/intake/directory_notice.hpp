#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <memory>

namespace orderd::intake {

/// Tells, on the event loop, when a file was closed or moved into a directory or one below it (inotify).
class directory_notice {
public:
    directory_notice(boost::asio::any_io_executor, std::filesystem::path, bool below, std::function<void()> told);
    ~directory_notice();
    /// False where the kernel tells nothing: a directory that other machines write to (NFS, SMB), or no inotify left.
    bool works() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}
