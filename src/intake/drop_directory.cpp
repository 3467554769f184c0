#include "orderd/intake/drop_directory.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orderd::intake {
namespace {

namespace fs = std::filesystem;

constexpr char take_mark = '~'; // processing/TAKE_ID~NAME

bool temporary_name(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name.starts_with('.') || name.starts_with("~$") || name.ends_with(".tmp") || name.ends_with(".part") ||
           name.ends_with(".filepart");
}

std::string new_take_id()
{
    static int count = 0;
    auto now =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
    return std::to_string(now.count()) + "-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

/// Renames without ever replacing a file; false when `to` is taken.
bool move_file(const fs::path& from, const fs::path& to)
{
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno == EEXIST) return false;
    if (errno == EINVAL || errno == ENOSYS) { // a file system without it: link and unlink do the same
        if (::link(from.c_str(), to.c_str()) == 0) {
            ::unlink(from.c_str());
            return true;
        }
        if (errno == EEXIST) return false;
    }
    throw fs::filesystem_error("cannot move", from, to, std::error_code(errno, std::generic_category()));
}

/// `wanted` in `directory`, or the same with a number before the extension when that is taken.
fs::path move_into(const fs::path& from, const fs::path& directory, const std::string& wanted)
{
    fs::path name(wanted);
    for (int n = 1;; ++n) {
        auto to =
            directory / (n == 1 ? wanted : name.stem().string() + "." + std::to_string(n) + name.extension().string());
        if (move_file(from, to)) return to;
    }
}

/// When a file last came into its directory: a rename does not change its other times.
std::optional<utc_time> changed_at(const fs::path& path)
{
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    return utc_time{std::chrono::seconds(about.st_ctim.tv_sec)};
}

/// Who put the file there, by its owner; "" where that is this program's own user, as when another service copied it.
std::string owner_of(int fd)
{
    struct stat about {};
    if (::fstat(fd, &about) != 0 || about.st_uid == ::geteuid()) return "";
    char space[4096];
    struct passwd entry {
    }, *found = nullptr;
    if (::getpwuid_r(about.st_uid, &entry, space, sizeof space, &found) == 0 && found) return entry.pw_name;
    return "uid " + std::to_string(about.st_uid);
}

struct held_file {
    int fd;
    ~held_file()
    {
        if (fd >= 0) ::close(fd);
    }
};

}

void prepare(const fs::path& directory)
{
    for (auto name : {"incoming", "processing", "done", "failed", "results"}) {
        std::error_code error;
        fs::create_directories(directory / name, error);
        if (error || ::access((directory / name).c_str(), R_OK | W_OK | X_OK) != 0)
            throw std::runtime_error("the drop directory " + (directory / name).string() +
                                     " cannot be used: " + (error ? error.message() : std::strerror(errno)) +
                                     "; make it and give it to the daemon's user, or change intake.csv.directory");
    }
}

drop_directory::drop_directory(drop_settings settings, logger& log, metrics& m)
    : settings_(std::move(settings)), log_(log), metrics_(m)
{
}

int drop_directory::look(store::session& s, const judge_settings& judging, utc_time now)
{
    delete_old_files(now);
    int taken = 0;
    std::vector<std::string> left;
    for (const auto& entry : fs::directory_iterator(settings_.directory / "processing"))
        left.push_back(entry.path().filename().string());
    std::sort(left.begin(), left.end());
    for (const auto& name : left) taken += take(s, name, judging, now);

    for (const auto& name : complete_files()) {
        auto from = settings_.directory / "incoming" / name;
        auto file_name = from.filename().string();
        auto processing = new_take_id() + take_mark + file_name;
        std::error_code gone;
        auto status = fs::symlink_status(from, gone);
        if (gone || !fs::exists(status)) continue;
        try {
            if (!fs::is_regular_file(status)) {
                refuse(from, file_name,
                       {{"通常のファイルではありません（リンクなど）。ファイルそのものを置いてください。 / this is not "
                         "a regular file "
                         "(a link?); drop the file itself"}});
                continue;
            }
            if (!move_file(from, settings_.directory / "processing" / processing)) continue;
        } catch (const fs::filesystem_error& e) {
            if (e.code() == std::errc::no_such_file_or_directory) continue; // another daemon took it
            say_once(name, "a file cannot be taken; it stays in incoming/", e.code().message());
            continue;
        }
        said_.erase(name);
        std::error_code gone_already;
        if (!settings_.marker.empty()) fs::remove(from.string() + settings_.marker, gone_already);
        taken += take(s, processing, judging, now);
    }
    return taken;
}

bool drop_directory::left_alone(const std::string& name) const
{
    return temporary_name(name) || (!settings_.marker.empty() && name.ends_with(settings_.marker));
}

void drop_directory::delete_old_files(utc_time now)
{
    auto tick = std::chrono::steady_clock::now();
    if (settings_.keep.count() == 0 || tick < next_deletion_) return;
    next_deletion_ = tick + std::min<std::chrono::milliseconds>(settings_.keep, std::chrono::hours(1));
    auto before = now - settings_.keep;
    int deleted = 0;
    for (auto part : {"done", "failed", "results"})
        for (const auto& entry : fs::directory_iterator(settings_.directory / part)) {
            auto since = changed_at(entry.path());
            std::error_code error;
            if (since && *since < before && fs::remove(entry.path(), error)) ++deleted;
        }
    if (deleted > 0) log_.info("old files were deleted from the drop directory", {{"files", deleted}});
}

/// What lies in incoming/, and below it when told so; links to directories are not followed.
std::vector<fs::path> drop_directory::dropped_files()
{
    std::vector<fs::path> out, below;
    auto look_into = [&](fs::directory_iterator entries) {
        for (const auto& entry : entries) {
            auto name = entry.path().filename().string();
            if (left_alone(name)) continue;
            std::error_code error;
            if (!fs::is_directory(entry.symlink_status(error)))
                out.push_back(entry.path());
            else if (settings_.subdirectories)
                below.push_back(entry.path());
            else
                say_once(name, "a directory in incoming/ is left alone; drop the files themselves, or set "
                               "intake.csv.subdirectories");
        }
    };
    look_into(fs::directory_iterator(settings_.directory / "incoming"));
    while (!below.empty()) {
        auto directory = std::move(below.back());
        below.pop_back();
        std::error_code gone; // a directory below may go away meanwhile
        look_into(fs::directory_iterator(directory, gone));
    }
    return out;
}

std::vector<std::string> drop_directory::complete_files()
{
    std::map<std::string, seen> still;
    std::vector<std::pair<fs::file_time_type, std::string>> complete;
    auto now = std::chrono::steady_clock::now();
    for (const auto& path : dropped_files()) {
        auto name = path.lexically_relative(settings_.directory / "incoming").string();
        std::error_code error;
        auto status = fs::symlink_status(path, error);
        if (error) continue;
        if (!settings_.marker.empty() && !fs::exists(path.string() + settings_.marker, error)) continue;
        if (!fs::is_regular_file(status)) {
            complete.emplace_back(fs::file_time_type{}, name);
            continue;
        }
        auto size = fs::file_size(path, error);
        if (error) continue;
        auto written = fs::last_write_time(path, error);
        if (error) continue;
        auto before = waiting_.find(name);
        bool unchanged = before != waiting_.end() && before->second.size == size && before->second.written == written;
        auto since = unchanged ? before->second.since : now;
        still[name] = {size, written, since};
        if (now - since >= settings_.stable_for)
            complete.emplace_back(settings_.by_name ? fs::file_time_type{} : written, name);
    }
    waiting_ = std::move(still);
    std::sort(complete.begin(), complete.end());
    std::vector<std::string> names;
    for (auto& [written, name] : complete) names.push_back(std::move(name));
    return names;
}

bool drop_directory::take(store::session& s, const std::string& processing_name, const judge_settings& judging,
                          utc_time now)
{
    auto path = settings_.directory / "processing" / processing_name;
    auto mark = processing_name.find(take_mark);
    auto take_id = processing_name.substr(0, mark);
    auto name = mark == processing_name.npos ? processing_name : processing_name.substr(mark + 1);

    // Whoever holds the lock processes the file; a daemon that dies lets go of it.
    held_file held{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)};
    if (held.fd < 0) {
        if (errno == ENOENT) return false;
        refuse(path, name,
               {{"ファイルを開けません。読み取り権限を確認してください。 / the file cannot be opened: " +
                 std::string(std::strerror(errno)) + "; check its owner and permissions"}});
        return false;
    }
    if (::flock(held.fd, LOCK_EX | LOCK_NB) != 0) return false;
    if (::access(path.c_str(), F_OK) != 0) return false; // its holder has just put it away

    std::variant<store::batch_counts, unreadable_file> taken;
    try {
        taken = take_file(s, {path.string(), name, take_id, settings_.directory.string(), owner_of(held.fd)},
                          settings_.files, judging, now);
    } catch (const file_not_read& e) {
        say_once(name, "a file that was taken waits in processing/ and is read again", e.what());
        return false;
    } catch (const store::statement_failed& e) {
        // Nothing of it was stored. One file that the database will not have must not keep the others waiting.
        taken =
            unreadable_file{{"データベースに保存できませんでした。管理者に連絡してください。 / the database refused to "
                             "store it; tell the administrator: " +
                             std::string(e.what())}};
    }
    if (auto* failed = std::get_if<unreadable_file>(&taken)) {
        refuse(path, name, *failed);
        return false;
    }
    const auto& counts = std::get<store::batch_counts>(taken);
    metrics_.rows_judged("accepted", counts.taken);
    metrics_.rows_judged("rejected", counts.rejected);
    metrics_.rows_judged("duplicate", counts.duplicate);
    put_away(processing_name, name, counts);
    return true;
}

void drop_directory::put_away(const std::string& processing_name, const std::string& name,
                              const store::batch_counts& counts)
{
    log_.info("file taken in", {{"file", printable(name, 255)},
                                {"batch", counts.name},
                                {"rows_taken", counts.taken},
                                {"rows_rejected", counts.rejected},
                                {"rows_duplicate", counts.duplicate}});
    try {
        move_into(settings_.directory / "processing" / processing_name, settings_.directory / "done", name);
    } catch (const fs::filesystem_error& e) {
        if (e.code() != std::errc::no_such_file_or_directory)
            say_once(processing_name, "a file that was taken in cannot be moved to done/", e.code().message());
    }
}

void drop_directory::refuse(const fs::path& from, const std::string& name, const unreadable_file& why)
{
    fs::path to;
    try {
        to = move_into(from, settings_.directory / "failed", name);
    } catch (const fs::filesystem_error& e) {
        say_once(name, "a file that cannot be read as rows cannot be moved to failed/", e.code().message());
        return;
    }
    // For the person who dropped it: opens in any editor on Windows.
    auto text_path = to.string() + ".error.txt";
    std::ofstream text(text_path, std::ios::binary);
    text << "\xEF\xBB\xBF" << printable(name, 255) << "\r\n";
    for (const auto& reason : why.reasons) text << reason << "\r\n";
    log_.warning("a file cannot be read as rows", {{"file", printable(name, 255)},
                                                   {"now_in", to.string()},
                                                   {"why", why.reasons.empty() ? "" : why.reasons.front()}});
}

void drop_directory::say_once(const std::string& name, std::string_view message, const std::string& why)
{
    if (said_.insert(name).second) log_.warning(message, {{"file", printable(name, 255)}, {"why", why}});
}

}
