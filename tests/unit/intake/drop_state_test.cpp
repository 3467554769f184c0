#include "intake/incoming_files.hpp"
#include "intake/postponed_files.hpp"
#include "intake/watched_files.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace orderd;
using namespace orderd::intake;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct lines final : logger {
    std::vector<std::string> written;
    void write(log_level, std::string_view message, std::initializer_list<log_field>) override
    {
        written.emplace_back(message);
    }
};

struct directory {
    fs::path path = fs::temp_directory_path() / ("orderd-drop-" + std::to_string(::getpid()));
    directory() { fs::create_directories(path); }
    ~directory() { fs::remove_all(path); }
};

void append(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::app) << text; }

store::taken_file taken(const fs::path& path)
{
    auto written = written_of(path).value();
    store::taken_file file{{1}, "batch", path.filename().string(), {}};
    file.facts.size = written.size;
    file.facts.written = written.at;
    return file;
}

}

TEST_CASE("a cause that keeps a thousand files waiting is said once, and once that it is over")
{
    directory notes;
    lines log;
    postponed_files all(notes.path, log);
    auto now = postponed_files::clock::now();
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 1'000; ++i) {
            auto name = std::to_string(i) + ".csv";
            all.postpone("incoming/" + name, name, "a file cannot be opened", "Too many open files", now);
        }
    all.postpone("incoming/x", "x", "a file cannot be opened", "Permission denied", now);
    CHECK(log.written.size() == 2);
    CHECK(fs::exists(notes.path / "7.csv.waiting.txt"));
    for (int i = 0; i < 1'000; ++i) all.settled("incoming/" + std::to_string(i) + ".csv");
    CHECK(log.written.size() == 3);
    CHECK_FALSE(fs::exists(notes.path / "7.csv.waiting.txt"));
    all.keep_only([](const std::string&) { return false; });
    CHECK(all.empty());
    CHECK(fs::is_empty(notes.path));
}

TEST_CASE("a note that cannot be removed when its file was taken is removed later, unless its file waits again")
{
    directory notes;
    lines log;
    postponed_files all(notes.path, log);
    auto there = [](const std::string&) { return true; };
    auto note = notes.path / "a.csv.waiting.txt";
    all.postpone("incoming/a.csv", "a.csv", "what", "why");
    REQUIRE(fs::exists(note));
    // In its way lies what cannot be removed, as in a directory that may not be written.
    fs::remove(note);
    fs::create_directories(note / "in the way");
    all.settled("incoming/a.csv");
    CHECK(all.empty());
    CHECK(fs::exists(note));
    fs::remove(note / "in the way");
    all.keep_only(there);
    CHECK_FALSE(fs::exists(note));

    all.postpone("incoming/b.csv", "b.csv", "what", "why");
    all.postpone("processing/1~b.csv", "b.csv", "what", "why");
    all.settled("incoming/b.csv");
    CHECK(fs::exists(notes.path / "b.csv.waiting.txt")); // the other one still waits
    all.settled("processing/1~b.csv");
    CHECK(fs::is_empty(notes.path));
}

TEST_CASE("files of the same name in two directories have a note each, which names the directory")
{
    directory notes;
    lines log;
    postponed_files all(notes.path, log);
    all.postpone("incoming/east/a.csv", "east/a.csv", "what", "why");
    all.postpone("incoming/west/a.csv", "west/a.csv", "what", "why");
    std::ifstream text(notes.path / "east~a.csv.waiting.txt");
    std::string name;
    std::getline(text, name);
    CHECK(name.find("east/a.csv") != name.npos);
    all.settled("incoming/east/a.csv");
    CHECK(fs::exists(notes.path / "west~a.csv.waiting.txt"));
    CHECK_FALSE(fs::exists(notes.path / "east~a.csv.waiting.txt"));
}

TEST_CASE("a file that waits is tried again after growing pauses of at most about a minute")
{
    directory notes;
    lines log;
    postponed_files all(notes.path, log);
    auto now = postponed_files::clock::now();
    CHECK(all.due("a", now));
    for (int seconds : {1, 2, 4, 8, 16, 32, 64, 64, 64}) {
        all.postpone("a", "a", "what", "why", now);
        CHECK_FALSE(all.due("a", now + std::chrono::seconds(seconds) - 1ms));
        now += std::chrono::seconds(seconds);
        CHECK(all.due("a", now));
    }
}

TEST_CASE("a taken file is noticed when it was written to and then left alone, and not while somebody has it open")
{
    directory done;
    auto path = done.path / "a.csv";
    append(path, "one\n");
    watched_files files(done.path);
    files.add(taken(path));
    auto now = watched_files::clock::now();
    CHECK(files.look(2s, now).empty());
    CHECK_FALSE(files.any_growing());
    append(path, "two\n");
    CHECK(files.look(2s, now).empty());
    CHECK(files.any_growing());
    append(path, "three\n");
    CHECK(files.look(2s, now + 3s).empty()); // it grew again meanwhile
    {
        std::ofstream writer(path, std::ios::app);
        if (open_for_writing(path)) CHECK(files.look(2s, now + 6s).empty());
    }
    auto grown = files.look(2s, now + 6s);
    REQUIRE(grown.size() == 1);
    CHECK(grown.front().batch_name == "batch");
    fs::remove(path);
    CHECK(files.look(2s, now + 9s).empty());
    CHECK_FALSE(files.any_growing());
}

TEST_CASE("only what lies there makes a file's trouble its own: rights, memory, descriptors and disks do not")
{
    for (int error : {EMFILE, ENFILE, EIO, ESTALE, ENOMEM, EACCES, EPERM, ENOSPC, EINTR, ETIMEDOUT, EROFS})
        CHECK_FALSE(fault_of_the_file(error));
    CHECK(fault_of_the_file(ELOOP)); // a link
}

TEST_CASE("the directories are made where none is, and not where incoming/ is missing from others")
{
    directory drop;
    CHECK(missing_incoming(drop.path).empty());
    prepare(drop.path);
    for (auto name : {"incoming", "processing", "done", "failed", "results"}) CHECK(fs::is_directory(drop.path / name));
    CHECK(missing_incoming(drop.path).empty());
    for (auto name : {"incoming", "failed"}) fs::remove(drop.path / name);
    CHECK(missing_incoming(drop.path).find("incoming is missing; mount or make it") != std::string::npos);
    prepare(drop.path);
    CHECK_FALSE(fs::exists(drop.path / "incoming"));
    CHECK_FALSE(fs::exists(drop.path / "failed"));
    fs::create_directory(drop.path / "incoming");
    prepare(drop.path);
    CHECK(fs::is_directory(drop.path / "failed"));
}

TEST_CASE("a file with an impossible date is left where it is, and its date is named")
{
    directory notes;
    lines log;
    drop_settings settings;
    settings.directory = fs::path("/dev/shm") / ("orderd-date-" + std::to_string(::getpid())); // keeps any date
    fs::create_directories(settings.directory / "incoming");
    auto path = settings.directory / "incoming" / "farfuture.csv";
    append(path, "x");
    const timespec far[2] = {{100'000'000'000, 0}, {100'000'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), far, 0) == 0);
    postponed_files postponed(notes.path, log);
    incoming_files incoming(settings, postponed, log);
    CHECK(incoming.complete().empty());
    REQUIRE(log.written.size() == 1);
    CHECK(log.written.front().find("date") != std::string::npos);
    std::ifstream text(notes.path / "farfuture.csv.waiting.txt");
    std::string note((std::istreambuf_iterator<char>(text)), {});
    CHECK(note.find("ファイルの更新日時") != note.npos);
    CHECK(note.find("modification time") != note.npos);
    CHECK(written_of(path).value().at > 0);
    fs::remove_all(settings.directory);
}
