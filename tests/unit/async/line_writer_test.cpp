#include "orderd/async/line_writer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

using namespace orderd;
using namespace std::chrono_literals;

namespace {

/// A pipe that nobody reads until a test does.
class silent_pipe {
public:
    silent_pipe()
    {
        REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0);
        ::fcntl(ends_[1], F_SETPIPE_SZ, 4'096);
    }
    ~silent_pipe()
    {
        close_reader();
        ::close(ends_[1]);
    }
    silent_pipe(const silent_pipe&) = delete;
    silent_pipe& operator=(const silent_pipe&) = delete;
    int writer() const { return ends_[1]; }
    void close_reader()
    {
        if (ends_[0] >= 0) ::close(std::exchange(ends_[0], -1));
    }
    /// Reads until `last` was read.
    std::string read_up_to(const std::string& last)
    {
        std::string all;
        char piece[4'096];
        while (all.find(last) == all.npos) {
            auto n = ::read(ends_[0], piece, sizeof piece);
            REQUIRE(n > 0);
            all.append(piece, static_cast<std::size_t>(n));
        }
        return all;
    }

private:
    int ends_[2]{-1, -1};
};

/// A name of a pipe, in a directory of its own.
struct fifo {
    fifo()
    {
        REQUIRE(::mkdtemp(directory));
        path = std::string(directory) + "/fifo";
        REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    }
    ~fifo()
    {
        ::unlink(path.c_str());
        ::rmdir(directory);
    }
    fifo(const fifo&) = delete;
    fifo& operator=(const fifo&) = delete;
    char directory[32] = "/tmp/orderd-fifo.XXXXXX";
    std::string path;
};

std::string numbered(int n) { return "line " + std::to_string(n) + std::string(90, '.') + "\n"; }

int count_lines(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

}

TEST_CASE("lines are written in their order, and a flush waits for them")
{
    silent_pipe pipe;
    async::line_writer lines(pipe.writer());
    lines.put("one\n");
    lines.put("two\n");
    REQUIRE(lines.flush(1min));
    CHECK(pipe.read_up_to("two\n") == "one\ntwo\n");
    CHECK(lines.unwritten() == 0);
    CHECK_FALSE(lines.take_gap());
}

TEST_CASE("a pipe that nobody reads holds nobody up; the oldest lines are left out, and counted when it is read again")
{
    silent_pipe pipe;
    async::line_writer lines(pipe.writer(), {8'192, 1min});
    constexpr int all = 10'000;
    for (int n = 0; n < all; ++n) lines.put(numbered(n));
    CHECK_FALSE(lines.flush(0ms));
    CHECK(lines.unwritten() <= 8'192 / 90);
    CHECK_FALSE(lines.take_gap()); // not before lines are written again
    auto read = pipe.read_up_to(numbered(all - 1));
    REQUIRE(lines.flush(1min));
    auto gap = lines.take_gap();
    REQUIRE(gap);
    CHECK(gap->lines + count_lines(read) == all);
    CHECK(gap->first <= gap->last);
    CHECK_FALSE(lines.take_gap()); // told once
    lines.put("afterwards\n");
    CHECK(pipe.read_up_to("afterwards\n") == "afterwards\n");
}

TEST_CASE("the end does not wait for a pipe that nobody reads")
{
    silent_pipe pipe;
    bool written = true;
    {
        int stays_open = ::dup(pipe.writer()); // for as long as somebody may write to it
        async::line_writer lines(stays_open, {1u << 20, 1ms});
        for (int n = 0; n < 1'000; ++n) lines.put(numbered(n));
        written = lines.flush(1ms);
    }
    CHECK_FALSE(written);
}

TEST_CASE("the end waits for lines that can be written")
{
    silent_pipe pipe;
    std::string read;
    std::thread reader([&] { read = pipe.read_up_to(numbered(999)); });
    {
        async::line_writer lines(pipe.writer(), {1u << 20, 1min});
        for (int n = 0; n < 1'000; ++n) lines.put(numbered(n));
    }
    reader.join();
    CHECK(count_lines(read) == 1'000);
}

TEST_CASE("lines whose reader has gone are lost, counted, and end nobody")
{
    silent_pipe pipe;
    async::line_writer lines(pipe.writer());
    pipe.close_reader();
    lines.put("one\n");
    lines.put("two\n");
    REQUIRE(lines.flush(1min)); // SIGPIPE would have ended the program
    CHECK_FALSE(lines.take_gap());
}

TEST_CASE("a descriptor that does not block is written to whole lines all the same")
{
    silent_pipe pipe;
    ::fcntl(pipe.writer(), F_SETFL, ::fcntl(pipe.writer(), F_GETFL) | O_NONBLOCK);
    async::line_writer lines(pipe.writer());
    for (int n = 0; n < 1'000; ++n) lines.put(numbered(n));
    auto read = pipe.read_up_to(numbered(999));
    CHECK(count_lines(read) == 1'000);
    CHECK_FALSE(lines.take_gap());
}

TEST_CASE("a full disk is no reason to wait")
{
    int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(full >= 0);
    {
        async::line_writer lines(full);
        for (int n = 0; n < 100; ++n) lines.put(numbered(n));
        REQUIRE(lines.flush(1min));
        CHECK_FALSE(lines.take_gap());
    }
    ::close(full);
}

TEST_CASE("what follows a line that was written in part begins a line of its own")
{
    fifo way;
    int reader = ::open(way.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int writer = ::open(way.path.c_str(), O_WRONLY | O_CLOEXEC);
    ::fcntl(writer, F_SETPIPE_SZ, 4'096);
    async::line_writer lines(writer);
    lines.put(std::string(10'000, 'x') + "\n");
    for (int in_pipe = 0; in_pipe < 4'096;) REQUIRE(::ioctl(reader, FIONREAD, &in_pipe) == 0);
    ::close(reader);
    REQUIRE(lines.flush(1min));
    reader = ::open(way.path.c_str(), O_RDONLY | O_CLOEXEC);
    std::string all;
    std::thread reading([&] {
        char piece[4'096];
        for (ssize_t n; (n = ::read(reader, piece, sizeof piece)) > 0;) all.append(piece, static_cast<std::size_t>(n));
    });
    lines.put("next\n");
    CHECK(lines.flush(1min));
    auto gap = lines.take_gap();
    CHECK((gap && gap->lines == 1));
    ::close(writer);
    reading.join();
    CHECK(all == std::string(4'096, 'x') + "\nnext\n");
    ::close(reader);
}
