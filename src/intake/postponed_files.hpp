#pragma once
#include "orderd/core/log.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace orderd::intake {

/// Files that cannot be taken in for a reason that is not theirs: each is tried again after a while. A cause is said
/// once, however many files wait for it to end; a note in `notes` tells whoever dropped a file.
class postponed_files {
public:
    using clock = std::chrono::steady_clock;
    postponed_files(std::filesystem::path notes, logger& log) : notes_(std::move(notes)), log_(log) {}

    bool due(const std::string& file, clock::time_point now = clock::now()) const;
    /// `name`: of the file for people, from incoming/ on.
    void postpone(const std::string& file, const std::string& name, const std::string& what, const std::string& why,
                  clock::time_point now = clock::now());
    /// The file was taken in, refused or taken away.
    void settled(const std::string& file);
    /// The same of all files that are not there any more.
    void keep_only(const std::function<bool(const std::string& file)>& there);
    bool empty() const { return files_.empty(); }

private:
    struct waiting {
        std::string name, cause;
        int tries = 0;
        clock::time_point due;
    };
    void end(const waiting&);
    void write_note(const waiting&, const std::string& what, const std::string& why) const;
    std::filesystem::path note_of(std::string name) const;
    void remove_stale_notes();

    std::filesystem::path notes_;
    logger& log_;
    std::map<std::string, waiting> files_;
    std::set<std::filesystem::path> stale_notes_; // of files that wait no more
    std::map<std::string, std::size_t> causes_;   // how many files wait for each to end
};

/// Deletes the notes that a daemon left which is not there any more.
void delete_notes(const std::filesystem::path& notes);

}
