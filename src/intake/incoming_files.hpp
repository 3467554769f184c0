#pragma once
#include "orderd/intake/drop_directory.hpp"
#include "postponed_files.hpp"

#include <map>
#include <set>
#include <vector>

namespace orderd::intake {

/// What lies in incoming/, and which of it is complete.
class incoming_files {
public:
    incoming_files(const drop_settings& settings, postponed_files& postponed, logger& log)
        : settings_(settings), incoming_(settings.directory / "incoming"), postponed_(postponed), log_(log)
    {
    }
    /// Those that have not changed for `stable_for` and have their marker, in the order in which they are taken; paths
    /// below incoming/. What is no regular file is among them. One that cannot be looked at is postponed.
    std::vector<std::string> complete();
    bool any_waiting() const { return !waiting_.empty(); }

private:
    struct seen {
        std::uintmax_t size;
        std::filesystem::file_time_type written;
        std::chrono::steady_clock::time_point since;
    };
    std::vector<std::filesystem::path> dropped();
    bool left_alone(const std::string& name) const;
    void say_once(const std::string& directory);

    const drop_settings& settings_;
    std::filesystem::path incoming_;
    postponed_files& postponed_;
    logger& log_;
    std::map<std::string, seen> waiting_;
    std::set<std::string> said_;
};

}
