#pragma once
#include <fstream>
#include <string>
#include <sys/types.h>

namespace orderd::tests {

/// The most memory that a running process ever had, in MB; -1 when it cannot be told.
inline long peak_memory_mb(pid_t pid)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6)) / 1'024;
    return -1;
}

}
