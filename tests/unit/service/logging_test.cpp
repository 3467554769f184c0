#include "orderd/service/logging.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace orderd;

namespace {

/// What goes to standard error while this lives.
class heard {
public:
    heard() : file_(std::tmpfile()), before_(::dup(STDERR_FILENO)) { ::dup2(::fileno(file_), STDERR_FILENO); }
    ~heard()
    {
        ::close(before_);
        std::fclose(file_);
    }
    heard(const heard&) = delete;
    heard& operator=(const heard&) = delete;
    std::string stop()
    {
        ::dup2(before_, STDERR_FILENO);
        std::rewind(file_);
        std::string out(4'096, '\0');
        out.resize(std::fread(out.data(), 1, out.size(), file_));
        return out;
    }

private:
    std::FILE* file_;
    int before_;
};

struct ended_child {
    std::string said;
    int signal;
};
/// Runs `work` in a child, which it must end by a crash.
ended_child crash(const std::function<void(logger&)>& work)
{
    heard all;
    auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (int signal : {SIGABRT, SIGSEGV}) std::signal(signal, SIG_DFL); // instead of the tests' own handlers
        auto log = service::make_daemon_logger("info", "text");
        work(*log);
        std::_Exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {all.stop(), WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

int count(const std::string& text, const std::string& word)
{
    int n = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++n;
    return n;
}

}

TEST_CASE("what turns, breaks or hides in a line of the log is written as its code")
{
    for (std::string format : {"text", "json"}) {
        INFO(format);
        heard all;
        service::make_logger("info", format)
            ->info("file taken in", {{"file", "a\u202Evsc.exe\u2066\u2028\u200F\u0085\u200Bz.csv"}});
        auto line = all.stop();
        CHECK_THAT(line, Catch::Matchers::Contains("a<U+202E>vsc.exe<U+2066><U+2028><U+200F><U+0085><U+200B>z.csv"));
        CHECK(line.find("\u202E") == line.npos);
        CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    }
    heard all;
    service::make_logger("info", "text")->info("file taken in", {{"file", "拠点①の一覧.csv"}});
    CHECK_THAT(all.stop(), Catch::Matchers::Contains("file=拠点①の一覧.csv"));
}

TEST_CASE("a daemon's lines are all written when it ends")
{
    heard all;
    {
        auto log = service::make_daemon_logger("info", "text");
        log->info("file taken in", {{"file", "orders.csv"}});
        log->debug("not at this level");
        log->error("the last line");
    }
    auto said = all.stop();
    CHECK_THAT(said, Catch::Matchers::Contains("file taken in file=orders.csv\n") &&
                         Catch::Matchers::EndsWith("the last line\n"));
    CHECK(count(said, "\n") == 2);
}

#ifndef __SANITIZE_THREAD__ // which lets no child of a program with threads begin one
TEST_CASE("a crash loses none of the lines before it")
{
    for (int signal : {SIGABRT, SIGSEGV}) {
        auto ended = crash([signal](logger& log) {
            for (int n = 1; n <= 50; ++n) log.info("line", {{"n", n}});
            log.error("the last line");
            ::raise(signal);
        });
        CHECK(ended.signal == signal);
        CHECK(count(ended.said, " line n=") == 50);
        CHECK_THAT(ended.said, Catch::Matchers::Contains("the last line"));
    }
}

TEST_CASE("an exception that nobody catches is told in the log")
{
    auto ended = crash([](logger&) { std::thread([] { throw std::runtime_error("a wrong turn"); }).join(); });
    CHECK(ended.signal == SIGABRT);
    CHECK_THAT(ended.said, Catch::Matchers::Contains("internal error ends the program") &&
                               Catch::Matchers::Contains("a wrong turn"));
}
#endif

TEST_CASE("what may come again any number of times is one line, and then a count")
{
    heard all;
    auto log = service::make_logger("info", "text");
    for (int n = 0; n < 200; ++n) log->write_seldom(log_level::info, "asked again", {{"n", n}});
    log->info("something else");
    log->tell_held_back(true);
    auto said = all.stop();
    CHECK(count(said, "\n") == 3);
    CHECK_THAT(said, Catch::Matchers::Contains("asked again n=0") && Catch::Matchers::Contains("times=199"));
}
