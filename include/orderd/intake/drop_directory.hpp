#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/metrics.hpp"
#include "orderd/intake/file_intake.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>

// The drop directory: incoming/ → processing/ → done/ or failed/.
namespace orderd::intake {

struct drop_settings {
    std::filesystem::path directory;
    std::chrono::milliseconds stable_for{2'000};
    std::string marker;                // a file is taken when one with this after its name is there; "": without
    bool by_name = false;              // in the order of names instead of times
    bool subdirectories = false;       // files below incoming/ too
    std::chrono::milliseconds keep{0}; // what lies longer in done/, failed/ and results/ is deleted; 0: nothing is
    file_settings files;
};

/// Makes the directories that are missing. Throws std::runtime_error with a remedy when that is impossible.
void prepare(const std::filesystem::path& directory);

class drop_directory {
public:
    drop_directory(drop_settings, logger&, metrics&);
    /// Looks once: takes over what a dead daemon left in processing/, then takes the files of incoming/ that are
    /// complete, oldest first. Blocking. Gives how many files were taken in. Throws what the store throws; the file
    /// then waits in processing/ for the next look.
    int look(store::session&, const judge_settings&, utc_time now);
    /// Another `stable_for` and `keep`; never while it looks.
    void set_times(std::chrono::milliseconds stable_for, std::chrono::milliseconds keep)
    {
        settings_.stable_for = stable_for;
        settings_.keep = keep;
    }
    /// After a look: whether a file waits to be complete.
    bool files_wait() const { return !waiting_.empty(); }

private:
    struct seen {
        std::uintmax_t size;
        std::filesystem::file_time_type written;
        std::chrono::steady_clock::time_point since;
    };
    std::vector<std::string> complete_files();
    std::vector<std::filesystem::path> dropped_files();
    bool take(store::session&, const std::string& processing_name, const judge_settings&, utc_time now);
    void put_away(const std::string& processing_name, const std::string& name, const store::batch_counts&);
    void refuse(const std::filesystem::path& from, const std::string& name, const unreadable_file&);
    bool left_alone(const std::string& name) const;
    void delete_old_files(utc_time now);
    void say_once(const std::string& name, std::string_view message, const std::string& why = {});

    drop_settings settings_;
    logger& log_;
    metrics& metrics_;
    std::map<std::string, seen> waiting_;
    std::set<std::string> said_;
    std::chrono::steady_clock::time_point next_deletion_{};
};

}
