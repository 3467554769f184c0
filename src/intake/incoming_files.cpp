#include "incoming_files.hpp"
#include "file_name.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>

namespace orderd::intake {

namespace fs = std::filesystem;

bool incoming_files::left_alone(const std::string& name) const
{
    return temporary_name(name) || (!settings_.marker.empty() && name.ends_with(settings_.marker));
}

/// What lies in incoming/, and below it when told so; links to directories are not followed.
std::vector<fs::path> incoming_files::dropped()
{
    std::vector<fs::path> out, below;
    auto look_into = [&](const fs::path& directory, std::error_code& failed) {
        fs::directory_iterator at(directory, failed);
        for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
            const auto& entry = *at;
            auto name = entry.path().filename().string();
            if (left_alone(name)) continue;
            std::error_code error;
            if (!fs::is_directory(entry.symlink_status(error)))
                out.push_back(entry.path());
            else if (settings_.subdirectories)
                below.push_back(entry.path());
            else
                say_once(name);
        }
    };
    std::error_code failed;
    look_into(incoming_, failed);
    if (failed) throw fs::filesystem_error("cannot be read", incoming_, failed);
    while (!below.empty()) {
        auto directory = std::move(below.back());
        below.pop_back();
        auto name = directory.lexically_relative(incoming_).string();
        if (!postponed_.due("incoming/" + name)) continue;
        look_into(directory, failed);
        if (failed && failed != std::errc::no_such_file_or_directory) // it may go away meanwhile
            postponed_.postpone("incoming/" + name, name, "a directory below incoming/ cannot be read",
                                failed.message());
    }
    return out;
}

std::vector<std::string> incoming_files::complete()
{
    std::map<std::string, seen> still;
    std::vector<std::pair<fs::file_time_type, std::string>> complete;
    auto now = std::chrono::steady_clock::now();
    for (const auto& path : dropped()) {
        auto name = path.lexically_relative(incoming_).string();
        if (!postponed_.due("incoming/" + name)) continue;
        std::error_code error;
        auto failed = [&] {
            if (error && error != std::errc::no_such_file_or_directory)
                postponed_.postpone("incoming/" + name, name, "a file cannot be looked at", error.message());
            return static_cast<bool>(error);
        };
        auto status = fs::symlink_status(path, error);
        if (failed()) continue;
        if (!settings_.marker.empty() && !fs::exists(path.string() + settings_.marker, error)) continue;
        if (!fs::is_regular_file(status)) {
            complete.emplace_back(fs::file_time_type{}, name);
            continue;
        }
        auto size = fs::file_size(path, error);
        if (failed()) continue;
        auto written = fs::last_write_time(path, error);
        if (error == std::errc::value_too_large) {
            postponed_.postpone("incoming/" + name, name, "a file's date is impossible",
                                "ファイルの更新日時が正しくありません。 / its modification time is further from now "
                                "than can be told; copy the file anew, or set its date with touch");
            continue;
        }
        if (failed()) continue;
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

void incoming_files::say_once(const std::string& directory)
{
    if (said_.insert(directory).second)
        log_.warning("a directory in incoming/ is left alone; drop the files themselves, or set "
                     "intake.csv.subdirectories",
                     {{"file", printable(directory, 255)}});
}

}
