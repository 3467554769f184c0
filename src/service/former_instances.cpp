#include "former_instances.hpp"
#include "options_of.hpp"
#include "orderd/store/orders.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace orderd::service {
namespace {

/// Whether an instance has its usual name, is of this machine, and its process is gone: nobody need wait for its lease.
bool gone_for_certain(const std::string& name)
{
    auto mark = host_name() + ":";
    if (!name.starts_with(mark)) return false;
    auto pid = std::strtol(name.c_str() + mark.size(), nullptr, 10);
    return pid > 1 && (pid == ::getpid() || (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH));
}

}

int declare_gone_ones_lost(store::session& s)
{
    int count = 0;
    for (const auto& instance : store::live_instances(s))
        if (gone_for_certain(instance.name)) {
            store::declare_lost(s, instance.id);
            ++count;
        }
    return count;
}

}
