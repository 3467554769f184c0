#include "orderd/intake/file_intake.hpp"
#include "unit/files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

using namespace orderd;

namespace {

const std::string header = "request_key,order_type,line_id,line_access_key,product_codes\r\n";

std::string good_row(int i)
{
    return "K" + std::to_string(i) + ",1,CAF" + std::to_string(1'000'000'000 + i) + ",a1b2c3d4,1-1-1-1-2\r\n";
}

std::string times(int count, const std::string& line)
{
    std::string out;
    for (int i = 0; i < count; ++i) out += line;
    return out;
}

struct seen {
    intake::dry_run told;
    std::map<std::string, int> findings; // by rule
    std::string rest;                    // what is said of the first run that is told as one
    std::int64_t rest_row = 0;
};

seen read(const std::string& content)
{
    auto path = std::filesystem::temp_directory_path() / ("orderd-misfits-" + std::to_string(::getpid()) + ".csv");
    std::ofstream(path, std::ios::binary) << content;
    intake::judge_settings judging;
    judging.customer_code = "A10000105";
    seen out;
    auto tried = intake::try_file(nullptr, path.string(), {}, judging, tokyo_time(*parse_yyyymmdd("20261124")),
                                  [&](const store::intake_record& row) {
                                      for (const auto& f : row.found) {
                                          ++out.findings[f.rule];
                                          if (f.rule != "rows_not_read" || !out.rest.empty()) continue;
                                          out.rest = f.english;
                                          out.rest_row = row.source_row;
                                      }
                                  });
    std::filesystem::remove(path);
    out.told = std::get<intake::dry_run>(tried);
    return out;
}

}

TEST_CASE("behind a quotation mark that is left open a bounded number of rows is told one by one, the rest as one")
{
    auto got = read(header + "X,1,\"CAF,a1b2c3d4,1-1-1-1-2\r\n" + times(1'500'000, "w\n") + good_row(1) + good_row(2));
    CHECK(got.told.accepted == 2);
    CHECK(got.told.rejected == 2'001);
    CHECK(got.findings["row_quotes"] == 1);
    CHECK(got.findings["row_cell_count"] == 1'999);
    CHECK(got.findings["rows_not_read"] == 1);
    CHECK(got.rest_row == 2'002);
    CHECK_THAT(got.rest, Catch::Matchers::Contains("lines 2002 to 1500002") &&
                             Catch::Matchers::Contains("(1498001 lines)") &&
                             Catch::Matchers::Contains("quotation mark opened in line 2"));
    REQUIRE(got.told.notes.size() == 1);
    CHECK_THAT(got.told.notes.front(), Catch::Matchers::Contains("lines 2002 to 1500002"));
}

TEST_CASE("a log below a good header is told in a few rows, also where some of its lines have as many cells")
{
    std::string log;
    for (int i = 0; i < 50'000; ++i)
        log += i % 5 ? "2026-11-26 ERROR something\n" : "2026-11-26 INFO a,b,c,d,e " + std::to_string(i) + "\n";
    auto got = read(header + good_row(1) + log);
    CHECK(got.told.accepted == 1);
    CHECK(got.told.rejected < 2'600);
    CHECK_THAT(got.rest, Catch::Matchers::Contains("to 50002") && Catch::Matchers::Contains("from line 4 on"));
}

TEST_CASE("rows with a wrong count of cells are told one by one while good ones stand between them")
{
    std::string rows;
    for (int i = 0; i < 3'000; ++i) rows += good_row(i) + "too,few\r\n";
    auto got = read(header + rows);
    CHECK(got.told.accepted == 3'000);
    CHECK(got.findings["row_cell_count"] == 3'000);
    CHECK(got.findings["rows_not_read"] == 0);
    CHECK(got.told.notes.empty());
}

TEST_CASE("a row with a mistake of its own ends a run as a good one does, and each run is told")
{
    auto wrong = good_row(1);
    wrong.replace(wrong.find("CAF"), 3, "???");
    auto got = read(header + times(2'500, "x\n") + wrong + times(3'000, "y\n") + good_row(2) + times(2'001, "z\n"));
    CHECK(got.told.accepted == 1);
    CHECK(got.findings["line_id_format"] == 1);
    CHECK(got.findings["rows_not_read"] == 3);
    CHECK(got.told.notes.size() == 3);
}
