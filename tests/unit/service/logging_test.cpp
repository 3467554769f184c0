#include "orderd/service/logging.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <fcntl.h>
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
