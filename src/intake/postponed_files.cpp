#include "postponed_files.hpp"
#include "file_name.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <fstream>

namespace orderd::intake {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".waiting.txt";

}

bool postponed_files::due(const std::string& file, clock::time_point now) const
{
    auto at = files_.find(file);
    return at == files_.end() || now >= at->second.due;
}

void postponed_files::postpone(const std::string& file, const std::string& name, const std::string& what,
                               const std::string& why, clock::time_point now)
{
    constexpr int doublings = 6; // a minute
    auto cause = what + ": " + why;
    auto& w = files_[file];
    if (w.cause != cause) {
        if (!w.cause.empty()) end(w);
        w.cause = cause;
        if (++causes_[cause] == 1)
            log_.warning(what + "; it stays where it is and is tried again",
                         {{"file", printable(name, 255)}, {"why", why}});
    }
    w.name = name;
    w.due = now + std::chrono::seconds(1 << std::min(w.tries++, doublings));
    write_note(w, what, why);
}

void postponed_files::settled(const std::string& file)
{
    auto at = files_.find(file);
    if (at == files_.end()) return;
    end(at->second);
    stale_notes_.insert(note_of(at->second.name));
    files_.erase(at);
    remove_stale_notes();
}

/// Those that cannot be removed now are removed later.
void postponed_files::remove_stale_notes()
{
    std::set<fs::path> needed;
    for (const auto& [file, w] : files_) needed.insert(note_of(w.name));
    std::erase_if(stale_notes_, [&](const fs::path& note) {
        if (needed.contains(note)) return true;
        std::error_code failed;
        fs::remove(note, failed);
        return !failed;
    });
}

void postponed_files::keep_only(const std::function<bool(const std::string&)>& there)
{
    std::set<std::string> gone;
    for (const auto& [file, w] : files_)
        if (!there(file)) gone.insert(file);
    for (const auto& file : gone) settled(file);
    if (!stale_notes_.empty()) remove_stale_notes();
}

void postponed_files::end(const waiting& w)
{
    auto at = causes_.find(w.cause);
    if (at == causes_.end() || --at->second > 0) return;
    causes_.erase(at);
    log_.info("no file waits for this any more", {{"why", w.cause}});
}

/// A file below a directory of incoming/ has a note of its own beside that of its namesakes.
fs::path postponed_files::note_of(std::string name) const
{
    std::replace(name.begin(), name.end(), '/', '~');
    return notes_ / (short_name(name) + std::string(ending));
}

/// Best effort: what keeps the file from being read may keep the note from being written.
void postponed_files::write_note(const waiting& w, const std::string& what, const std::string& why) const
{
    auto path = note_of(w.name);
    std::error_code none;
    if (fs::exists(path, none)) return;
    std::ofstream text(path, std::ios::binary);
    text << "\xEF\xBB\xBF" << shown(w.name, 255) << "\r\n"
         << "まだ取り込まれていません。ファイルの内容の問題ではありません。自動で再試行します。管理者に連絡してください"
            "。\r\n"
         << "not taken in yet, and not because of what the file holds; it is tried again by itself. Tell the "
            "administrator:\r\n"
         << shown(what) << ": " << shown(why) << "\r\n";
}

void delete_notes(const fs::path& notes)
{
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(notes, none))
        if (entry.path().filename().string().ends_with(ending)) fs::remove(entry.path(), none);
}

}
