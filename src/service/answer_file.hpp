#pragma once
#include "orderd/async/blocking_work.hpp"
#include "orderd/http/server.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

// Files for download, read off the event loop and piece by piece: neither their size nor a slow disk is felt elsewhere.
namespace orderd::service {

/// Why a file cannot be handed out.
enum class file_trouble {
    absent,    // there is none, or it is no regular file: a link or a pipe is not followed
    too_large, // more than `largest_download`
    unreadable // something is wrong with the disk or its rights; `why` tells
};
struct no_file {
    file_trouble trouble;
    std::string why;
};
constexpr std::uint64_t largest_download = 64u << 20;

/// Opens a file for sending. Whoever writes to its directory cannot make it another file than the one there.
http::asio::awaitable<std::variant<no_file, std::shared_ptr<http::body_source>>> open_download(async::blocking_work&,
                                                                                               std::string path);

}
