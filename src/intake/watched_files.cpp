#include "watched_files.hpp"

namespace orderd::intake {

void watched_files::add(store::taken_file file)
{
    auto now = clock::now();
    written_state read{file.facts.size, file.facts.written};
    auto name = file.kept_as;
    files_.try_emplace(std::move(name), watched{std::move(file), now + watched_for, read, now});
}

std::vector<store::taken_file> watched_files::look(std::chrono::milliseconds stable_for, clock::time_point now)
{
    std::vector<store::taken_file> changed;
    growing_ = false;
    for (auto at = files_.begin(); at != files_.end();) {
        auto& [name, w] = *at;
        auto written = written_of(done_ / name);
        if (!written || now >= w.until) {
            at = files_.erase(at);
            continue;
        }
        ++at;
        if (*written == written_state{w.file.facts.size, w.file.facts.written}) continue;
        if (*written != w.seen) {
            w.seen = *written;
            w.since = now;
        }
        if (now - w.since >= stable_for && !open_for_writing(done_ / name))
            changed.push_back(w.file);
        else
            growing_ = true;
    }
    return changed;
}

}
