#pragma once
#include "file_system.hpp"
#include "orderd/store/taken_files.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace orderd::intake {

/// The files that were taken in within the last day, in done/: whether one was written to afterwards.
class watched_files {
public:
    using clock = std::chrono::steady_clock;
    explicit watched_files(std::filesystem::path done) : done_(std::move(done)) {}

    void add(store::taken_file);
    void forget(const std::string& kept_as) { files_.erase(kept_as); }
    /// Those that were written to, and then not for `stable_for`. Files that are gone are forgotten.
    std::vector<store::taken_file> look(std::chrono::milliseconds stable_for, clock::time_point now = clock::now());
    /// After a look: whether one is perhaps still being written to.
    bool any_growing() const { return growing_; }

private:
    static constexpr auto watched_for = std::chrono::hours(24);
    struct watched {
        store::taken_file file;
        clock::time_point until;
        written_state seen;
        clock::time_point since; // it has been as `seen`
    };
    std::filesystem::path done_;
    std::map<std::string, watched> files_; // by name in done/
    bool growing_ = false;
};

}
