#include "orderd/intake/drop_directory.hpp"
#include "file_bytes.hpp"
#include "file_name.hpp"
#include "file_system.hpp"
#include "incoming_files.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/taken_files.hpp"
#include "postponed_files.hpp"
#include "take_name.hpp"
#include "watched_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/file.h>
#include <unistd.h>

namespace orderd::intake {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view directories[] = {"incoming", "processing", "done", "failed", "results"};

const unreadable_file no_regular_file{
    {"通常のファイルではありません（リンクなど）。ファイルそのものを置いてください。 / this is not a regular file (a "
     "link?); drop the file itself"}};

std::string in_processing(const std::string& name) { return "processing/" + name; }
std::string in_incoming(const std::string& name) { return "incoming/" + name; }
std::string in_done(const std::string& name) { return "done/" + name; }

/// Of a path below incoming/.
std::string file_name_in(const std::string& path) { return fs::path(path).filename().string(); }

/// Why a file could not be moved, and what is to be changed.
std::string why_not_moved(const fs::filesystem_error& e)
{
    auto why = e.code().message();
    if (e.code() == std::errc::cross_device_link)
        return why + "; " + e.path1().parent_path().string() + " and " + e.path2().parent_path().string() +
               " must lie on one file system";
    for (const auto& path : {e.path1(), e.path2()})
        if (auto directory = path.parent_path(); ::access(directory.c_str(), W_OK | X_OK) != 0)
            return why + "; " + directory.string() + " must be there and writable for the daemon's user";
    return why;
}

}

std::string missing_incoming(const fs::path& directory)
{
    if (fs::is_directory(directory / "incoming")) return "";
    bool used = std::any_of(std::begin(directories), std::end(directories), [&](auto name) {
        std::error_code error;
        return fs::exists(fs::symlink_status(directory / name, error));
    });
    return used ? (directory / "incoming").string() + " is missing; mount or make it" : "";
}

void prepare(const fs::path& directory)
{
    if (!missing_incoming(directory).empty()) return; // whoever looks into it says so and waits
    for (auto name : directories) {
        std::error_code error;
        fs::create_directories(directory / name, error);
        if (error || ::access((directory / name).c_str(), R_OK | W_OK | X_OK) != 0)
            throw std::runtime_error("the drop directory " + (directory / name).string() +
                                     " cannot be used: " + (error ? error.message() : std::strerror(errno)) +
                                     "; make it and give it to the daemon's user, or change intake.csv.directory");
    }
}

drop_directory::drop_directory(drop_settings settings, logger& log, metrics& m)
    : settings_(std::move(settings)),
      log_(log),
      metrics_(m),
      postponed_(std::make_unique<postponed_files>(part("results"), log)),
      incoming_(std::make_unique<incoming_files>(settings_, *postponed_, log)),
      watched_(std::make_unique<watched_files>(part("done")))
{
    delete_notes(part("results"));
}

drop_directory::~drop_directory() = default;

bool drop_directory::files_wait() const { return incoming_->any_waiting() || watched_->any_growing(); }

int drop_directory::look(store::session& s, const judge_settings& judging, utc_time now,
                         const std::stop_token& stopping)
{
    restore_directories();
    delete_old_files(now);
    watch_taken_files(s);
    int taken = 0;
    looking with{s, judging, now, stopping};
    try {
        for (const auto& name : left_in_processing())
            if (!stopping.stop_requested() && postponed_->due(in_processing(name))) taken += take(with, name, "");
        for (const auto& name : incoming_->complete())
            if (!stopping.stop_requested()) taken += bring_in(with, name);
        for (const auto& file : watched_->look(settings_.stable_for))
            if (!stopping.stop_requested() && postponed_->due(in_done(file.kept_as))) taken += take_again(with, file);
    } catch (const store::stopped&) { // the file waits in processing/ for the next start
    }
    postponed_->keep_only([this](const std::string& file) {
        std::error_code none;
        return fs::symlink_status(settings_.directory / file, none).type() != fs::file_type::not_found;
    });
    return taken;
}

/// Makes anew what somebody deleted. Where incoming/ is missing too, the directory is perhaps not mounted, and nothing
/// is put where it should be.
void drop_directory::restore_directories()
{
    if (!fs::is_directory(part("incoming")))
        throw std::runtime_error(part("incoming").string() + " is missing; mount or make it");
    for (auto name : directories) {
        std::error_code error;
        if (fs::create_directory(part(name), error))
            log_.warning("a directory of the drop directory was missing; it was made again",
                         {{"directory", part(name).string()}});
    }
}

std::vector<std::string> drop_directory::left_in_processing() const
{
    std::vector<std::string> left;
    for (const auto& entry : fs::directory_iterator(part("processing")))
        left.push_back(entry.path().filename().string());
    std::sort(left.begin(), left.end());
    return left;
}

/// Takes a complete file of incoming/ into processing/ and in.
bool drop_directory::bring_in(const looking& with, const std::string& name)
{
    auto from = part("incoming") / name;
    auto file = in_incoming(name);
    auto dropped_as = from.filename().string();
    std::error_code gone;
    auto status = fs::symlink_status(from, gone);
    if (gone || !fs::exists(status)) return false;
    if (!fs::is_regular_file(status)) {
        refuse(from, name, no_regular_file);
        return false;
    }
    if (!open_file(from)) {
        if (errno != ENOENT) postponed_->postpone(file, name, "a file cannot be opened", std::strerror(errno));
        return false;
    }
    if (open_for_writing(from)) {
        if (said_.insert(file).second)
            log_.info("a file in incoming/ is still open for writing; it is taken when it is closed",
                      {{"file", printable(name, 255)}});
        return false;
    }
    auto processing = take_name{new_take_id(), {}, short_name(dropped_as)}.text();
    try {
        if (!move_file(from, part("processing") / processing)) return false;
    } catch (const fs::filesystem_error& e) {
        if (e.code() != std::errc::no_such_file_or_directory) // otherwise another daemon took it
            postponed_->postpone(file, name, "a file cannot be moved to processing/", why_not_moved(e));
        return false;
    }
    said_.erase(file);
    postponed_->settled(file);
    if (!settings_.marker.empty()) fs::remove(from.string() + settings_.marker, gone);
    return take(with, processing, name);
}

/// A file of done/ that was written to after it was taken in goes the same way again, unless it holds what it held.
bool drop_directory::take_again(const looking& with, const store::taken_file& before)
{
    auto path = part("done") / before.kept_as;
    auto file = in_done(before.kept_as);
    try {
        auto now = written_of(path);
        if (now && content_hash_of(path.string(), store::content_key(with.on)) == before.facts.content_hash) {
            store::note_rewritten_file(with.on, before.batch, now->size, now->at);
            watched_->forget(before.kept_as);
            auto same = before;
            same.facts.size = now->size;
            same.facts.written = now->at;
            watched_->add(std::move(same));
            return false;
        }
        auto processing = take_name{new_take_id(), before.batch, before.kept_as}.text();
        if (!move_file(path, part("processing") / processing)) return false;
        watched_->forget(before.kept_as);
        postponed_->settled(file);
        log_.warning("a file was written to after it was taken in; it is taken in again for its new rows",
                     {{"file", printable(before.kept_as, 255)},
                      {"batch", before.batch_name},
                      {"bytes_before", before.facts.size},
                      {"bytes_now", now ? now->size : 0}});
        return take(with, processing, "");
    } catch (const file_not_read& e) {
        postponed_->postpone(file, before.kept_as, "a file that grew cannot be read", e.what());
    } catch (const fs::filesystem_error& e) {
        if (e.code() != std::errc::no_such_file_or_directory)
            postponed_->postpone(file, before.kept_as, "a file that grew cannot be moved", why_not_moved(e));
    }
    return false;
}

void drop_directory::delete_old_files(utc_time now)
{
    auto tick = std::chrono::steady_clock::now();
    if (settings_.keep.count() == 0 || tick < next_deletion_) return;
    next_deletion_ = tick + std::min<std::chrono::milliseconds>(settings_.keep, std::chrono::hours(1));
    auto before = now - settings_.keep;
    int deleted = 0;
    for (auto name : {"done", "failed", "results"}) {
        std::error_code missing;
        for (const auto& entry : fs::directory_iterator(part(name), missing)) {
            auto since = changed_at(entry.path());
            std::error_code error;
            if (since && *since < before && fs::remove(entry.path(), error)) ++deleted;
        }
    }
    if (deleted > 0) log_.info("old files were deleted from the drop directory", {{"files", deleted}});
}

/// Another daemon may have taken files in, and end before they grow.
void drop_directory::watch_taken_files(store::session& s)
{
    auto tick = std::chrono::steady_clock::now();
    if (tick < next_reading_) return;
    for (auto& file : store::recent_taken_files(s, settings_.directory.string())) watched_->add(std::move(file));
    next_reading_ = tick + std::chrono::minutes(10);
}

/// `dropped_as`: the path that the file had below incoming/, "" when that is not known any more.
bool drop_directory::take(const looking& with, const std::string& processing_name, const std::string& dropped_as)
{
    auto path = part("processing") / processing_name;
    auto file = in_processing(processing_name);
    auto named = take_name::read(processing_name);
    if (!dropped_as.empty()) dropped_as_[processing_name] = dropped_as;
    auto known = dropped_as_.find(processing_name);
    auto name = known == dropped_as_.end() ? named.name : known->second;
    auto postpone = [&](const std::string& what, const std::string& why) {
        postponed_->postpone(file, name, what, why);
        return false;
    };

    // Whoever holds the lock processes the file; a daemon that dies lets go of it.
    open_file held(path);
    if (!held) {
        if (errno == ENOENT) return false;
        if (!fault_of_the_file(errno)) return postpone("a file cannot be opened", std::strerror(errno));
        refuse(path, name, no_regular_file);
        return false;
    }
    if (::flock(held.fd(), LOCK_EX | LOCK_NB) != 0) return false;
    if (::access(path.c_str(), F_OK) != 0) return false; // its holder has just put it away

    std::variant<store::batch_counts, unreadable_file> taken;
    try {
        taken = take_file(with.on,
                          {path.string(), file_name_in(name), named.take_id, settings_.directory.string(),
                           owner_of(held.fd()), named.grown_from},
                          settings_.files, with.judging, with.now, {}, with.stopping);
    } catch (const file_not_read& e) {
        return postpone("a file cannot be read to its end", e.what());
    } catch (const store::statement_failed& e) {
        if (e.locked()) throw;                                             // no file can be stored
        return postpone("the database refuses to store a file", e.what()); // nothing of it was stored
    } catch (const std::bad_alloc& e) {
        return postpone("there is not enough memory to read a file", e.what());
    }
    if (auto* failed = std::get_if<unreadable_file>(&taken)) {
        refuse(path, name, *failed);
        return false;
    }
    bool first_time = tell_taken(named.take_id, name, std::get<store::batch_counts>(taken));
    put_away(with, processing_name, named.take_id, name);
    return first_time;
}

/// A taking is told once, also when its file cannot be put away for a while.
bool drop_directory::tell_taken(const std::string& take_id, const std::string& name, const store::batch_counts& counts)
{
    if (!told_.insert(take_id).second) return false;
    metrics_.rows_judged("accepted", counts.taken);
    metrics_.rows_judged("rejected", counts.rejected);
    metrics_.rows_judged("duplicate", counts.duplicate);
    log_.info("file taken in", {{"file", printable(name, 255)},
                                {"batch", counts.name},
                                {"rows_taken", counts.taken},
                                {"rows_rejected", counts.rejected},
                                {"rows_duplicate", counts.duplicate}});
    return true;
}

void drop_directory::put_away(const looking& with, const std::string& processing_name, const std::string& take_id,
                              const std::string& name)
{
    fs::path now_in;
    try {
        now_in = move_into(part("processing") / processing_name, part("done"), short_name(file_name_in(name)));
    } catch (const fs::filesystem_error& e) {
        postponed_->postpone(in_processing(processing_name), name, "a file that was taken in cannot be moved to done/",
                             why_not_moved(e));
        return;
    }
    told_.erase(take_id);
    dropped_as_.erase(processing_name);
    postponed_->settled(in_processing(processing_name));
    auto kept_as = now_in.filename().string();
    if (auto file = store::keep_taken_file(with.on, take_id, valid_utf8(kept_as) ? kept_as : "")) {
        file->kept_as = kept_as;
        watched_->add(std::move(*file));
    }
}

void drop_directory::refuse(const fs::path& from, const std::string& name, const unreadable_file& why)
{
    auto file = from.lexically_relative(settings_.directory).string();
    fs::path to;
    try {
        to = move_into(from, part("failed"), short_name(file_name_in(name)));
    } catch (const fs::filesystem_error& e) {
        postponed_->postpone(file, name, "a file that cannot be read as rows cannot be moved to failed/",
                             why_not_moved(e));
        return;
    }
    postponed_->settled(file);
    dropped_as_.erase(from.filename().string());
    // For the person who dropped it: opens in any editor on Windows.
    auto text_path = to.string() + ".error.txt";
    std::ofstream text(text_path, std::ios::binary);
    text << "\xEF\xBB\xBF" << shown(name, 255) << "\r\n";
    for (const auto& reason : why.reasons) text << shown(reason) << "\r\n";
    log_.warning("a file cannot be read as rows", {{"file", printable(name, 255)},
                                                   {"now_in", to.string()},
                                                   {"why", why.reasons.empty() ? "" : why.reasons.front()}});
}

}
