#include "small_disk.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace orderd::tests {
namespace {

bool succeeds(const std::string& command)
{
    return std::system(((::getuid() == 0 ? "" : "sudo -n ") + command).c_str()) == 0;
}

}

small_disk::small_disk(const std::string& size)
{
    char pattern[] = "/tmp/orderd-disk.XXXXXX";
    if (!::mkdtemp(pattern)) throw std::runtime_error("no directory for a disk");
    directory_ = pattern;
    mounted_ = succeeds("mount -t tmpfs -o size=" + size + ",mode=777 tmpfs " + directory_ + " 2>/dev/null");
}

small_disk::~small_disk()
{
    if (mounted_ && !succeeds("umount -l " + directory_)) std::cerr << directory_ << " stays mounted\n";
    std::error_code ignored;
    std::filesystem::remove(directory_, ignored);
}

void small_disk::fill()
{
    const std::string piece(4096, 'x');
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(filler().c_str(), "wb"), &std::fclose);
    while (file && std::fwrite(piece.data(), 1, piece.size(), file.get()) == piece.size() &&
           std::fflush(file.get()) == 0) {
    }
}

void small_disk::make_room()
{
    std::error_code ignored;
    std::filesystem::remove(filler(), ignored);
}

}
