#include "intake/csv_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace orderd;
using namespace orderd::intake;
namespace fs = std::filesystem;

namespace {

/// A file of `size` bytes: `start`, and then nothing but zeros that take no room on the disk.
struct big_file {
    std::string path = (fs::temp_directory_path() / ("orderd-big-" + std::to_string(::getpid()))).string();
    big_file(const std::string& start, std::uintmax_t size)
    {
        std::ofstream(path, std::ios::binary) << start;
        fs::resize_file(path, size);
    }
    ~big_file() { fs::remove(path); }
};

/// Who is to stop reads no further than the first piece.
std::string why_refused(const std::string& start)
{
    std::stop_source stopping;
    stopping.request_stop();
    big_file file(start, std::uintmax_t{3} << 30);
    auto opened = open_csv(file.path, {}, stopping.get_token());
    auto* refused = std::get_if<unreadable_file>(&opened);
    return refused ? refused->reasons.front() : "taken";
}

}

TEST_CASE("a file that is plainly no table is refused by its first block, however long it is")
{
    using namespace std::string_literals;
    CHECK(why_refused("").find("binary data") != std::string::npos);
    CHECK(why_refused("PK\x03\x04").find("Excel workbook") != std::string::npos);
    CHECK(why_refused("\xD0\xCF\x11\xE0").find("Excel workbook") != std::string::npos);
    CHECK(why_refused("\x7F"
                      "ELF\x02\x01\x01"s)
              .find("binary data") != std::string::npos);
    std::string log;
    while (log.size() < 70'000) log += "2026-11-27 10:00:00 a line of a log that is no table\r\n";
    CHECK(why_refused(log).find("there is no header line") != std::string::npos);
    // Long lines, too.
    CHECK(why_refused(std::string(5 << 20, 'x')).find("there is no header line") != std::string::npos);
}

TEST_CASE("a header that tells the encoding spares looking at the rest")
{
    std::stop_source stopping;
    stopping.request_stop();
    big_file file("管理番号,オーダ種別,回線ID\r\nK1,1,CAF1234567890\r\n", std::uintmax_t{3} << 30);
    auto opened = open_csv(file.path, {}, stopping.get_token());
    auto* csv = std::get_if<csv_file>(&opened);
    REQUIRE(csv);
    CHECK(csv->coded == encoding::utf8);
    CHECK(csv->header_names == 3);
}
