#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/metrics.hpp"
#include "orderd/intake/file_intake.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>

// The drop directory: incoming/ → processing/ → done/ or failed/.
namespace orderd::intake {

class incoming_files;
class postponed_files;
class watched_files;

struct drop_settings {
    std::filesystem::path directory;
    std::chrono::milliseconds stable_for{2'000};
    std::string marker;                // a file is taken when one with this after its name is there; "": without
    bool by_name = false;              // in the order of names instead of times
    bool subdirectories = false;       // files below incoming/ too
    std::chrono::milliseconds keep{0}; // what lies longer in done/, failed/ and results/ is deleted; 0: nothing is
    file_settings files;
};

/// What to say where incoming/ is missing and others of the directories are there: it was used before, and perhaps is
/// not mounted. "" where all is well, or all is new.
std::string missing_incoming(const std::filesystem::path& directory);
/// Makes the directories that are missing, but nothing where incoming/ is missing from a drop directory that was used.
/// Throws std::runtime_error with a remedy when that is impossible.
void prepare(const std::filesystem::path& directory);

class drop_directory {
public:
    drop_directory(drop_settings, logger&, metrics&);
    ~drop_directory();
    /// Looks once: takes over what a dead daemon left in processing/, then takes the files of incoming/ that are
    /// complete, oldest first, then those of done/ that grew after they were taken. Blocking; ends some rows after
    /// `stopping` was asked for, and what it was at waits in processing/. Gives how many files were taken in. A file
    /// that cannot be read or moved waits where it is, and the others are taken. Throws what the store throws when it
    /// is not available, and what keeps all files from being looked at.
    int look(store::session&, const judge_settings&, utc_time now, const std::stop_token& stopping = {});
    /// Another `stable_for` and `keep`; never while it looks.
    void set_times(std::chrono::milliseconds stable_for, std::chrono::milliseconds keep)
    {
        settings_.stable_for = stable_for;
        settings_.keep = keep;
    }
    /// After a look: whether a file waits to be complete.
    bool files_wait() const;

private:
    /// What one look works with.
    struct looking {
        store::session& on;
        const judge_settings& judging;
        utc_time now;
        const std::stop_token& stopping;
    };
    std::filesystem::path part(std::string_view name) const { return settings_.directory / name; }
    void restore_directories();
    std::vector<std::string> left_in_processing() const;
    bool bring_in(const looking&, const std::string& name);
    bool take_again(const looking&, const store::taken_file&);
    bool take(const looking&, const std::string& processing_name, const std::string& dropped_as);
    void put_away(const looking&, const std::string& processing_name, const std::string& take_id,
                  const std::string& name);
    bool tell_taken(const std::string& take_id, const std::string& name, const store::batch_counts&);
    void refuse(const std::filesystem::path& from, const std::string& name, const unreadable_file&);
    void delete_old_files(utc_time now);
    void watch_taken_files(store::session&);

    drop_settings settings_;
    logger& log_;
    metrics& metrics_;
    std::set<std::string> said_, told_;
    std::map<std::string, std::string> dropped_as_; // by name in processing/: the path below incoming/
    std::unique_ptr<postponed_files> postponed_;
    std::unique_ptr<incoming_files> incoming_;
    std::unique_ptr<watched_files> watched_;
    std::chrono::steady_clock::time_point next_deletion_{}, next_reading_{};
};

}
