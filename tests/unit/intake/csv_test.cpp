#include "orderd/intake/csv.hpp"
#include "orderd/intake/file_intake.hpp"
#include "orderd/intake/header.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace orderd::intake;

namespace {
using cells = std::vector<std::string>;
using trouble = csv_row::trouble;
struct read_row {
    std::int64_t number;
    std::vector<std::string> cells;
    trouble is;
    bool operator==(const read_row&) const = default;
};
std::vector<read_row> rows(std::string_view text, std::size_t longest = 1 << 20, std::size_t piece = 1 << 16)
{
    std::vector<read_row> out;
    auto whole = source_of(text);
    csv_reader reader([&](std::span<char> into) { return whole(into.first(std::min(into.size(), piece))); }, ',',
                      longest);
    csv_row row;
    while (reader.next(row)) {
        read_row seen{row.number, {}, row.is};
        for (std::size_t i = 0; i < row.cells.size(); ++i) seen.cells.emplace_back(row.cells[i]);
        out.push_back(std::move(seen));
    }
    return out;
}
}

TEST_CASE("rows end with CRLF, LF, CR or nothing, and cells may hold line breaks")
{
    auto got = rows("a,b\r\n1,\"x\r\ny\"\n\"3\",\"say \"\"hi\"\"\"\r4,");
    REQUIRE(got.size() == 4);
    CHECK(got[1].cells == cells{"1", "x\r\ny"});
    CHECK(got[2].cells == cells{"3", "say \"hi\""});
    CHECK(got[3].cells == cells{"4", ""});
    CHECK(got[3].number == 4);
}

TEST_CASE("blank lines count as a spreadsheet counts them, but are no rows")
{
    auto got = rows("a,b\r\n\r\n,,\r\n1,2\r\n");
    REQUIRE(got.size() == 2);
    CHECK(got[1].number == 4);
}

TEST_CASE("a wrong quotation mark spoils its own line only")
{
    auto got = rows("a,b\r\n1,x\"y\r\n2,ok\r\n3,\"open\r\n4,last\r\n");
    REQUIRE(got.size() == 5);
    CHECK(got[1].is == trouble::quotes);
    CHECK(got[1].cells == cells{"1", "x\"y"});
    CHECK(got[2].is == trouble::none);
    CHECK(got[2].cells == cells{"2", "ok"});
    CHECK(got[3].is == trouble::quotes);
    CHECK(got[3].number == 4);
    CHECK(got[4].cells == cells{"4", "last"});
    CHECK(got[4].is == trouble::none);
}

TEST_CASE("the separator is what the first line has most of")
{
    CHECK(detect_separator("a,b;c,d\r\n") == ',');
    CHECK(detect_separator("a\tb\tc\n;;;;;") == '\t');
    CHECK(detect_separator("a;b\n") == ';');
    CHECK(detect_separator("") == ',');
}

TEST_CASE("an empty file has no rows")
{
    CHECK(rows("").empty());
    CHECK(rows("\r\n\n").empty());
}

TEST_CASE("rows are the same however the file comes in pieces")
{
    const std::string text = "a,b\r\n\r\n1,\"x\r\ny\"\n2,x\"y\r3,\"open\r\n4,\"\"\r\n5,last";
    auto whole = rows(text);
    REQUIRE(whole.size() == 6);
    for (std::size_t piece = 1; piece <= 7; ++piece) CHECK(rows(text, 1 << 20, piece) == whole);
}

TEST_CASE("a row that is too long is told with its beginning, and the next one is read")
{
    const std::string text = "a,b\n1," + std::string(5'000'000, 'x') + ",9\n2,ok\n";
    for (std::size_t piece : {1'000, 65'536}) {
        auto got = rows(text, 100'000, piece);
        REQUIRE(got.size() == 3);
        CHECK(got[1].is == trouble::too_long);
        CHECK(got[1].cells.size() == 2);
        CHECK(got[1].cells[1].size() == 4'094);
        CHECK(got[1].number == 2);
        CHECK(got[2] == read_row{3, {"2", "ok"}, trouble::none});
    }
}

TEST_CASE("a quotation mark that is never closed costs its own line, not the rest of the file")
{
    std::string text = "a,b\n1,\"open\n";
    for (int i = 2; i <= 20'000; ++i) text += std::to_string(i) + ",ok\n";
    auto got = rows(text, 10'000);
    REQUIRE(got.size() == 20'001);
    CHECK(got[1].is == trouble::quotes);
    CHECK(got[1].cells == cells{"1", "\"open"});
    CHECK(got[2].cells == cells{"2", "ok"});
    CHECK(got.back().number == 20'001);
}

TEST_CASE("a header may be Japanese; an unknown name is noted with the nearest known one")
{
    auto h = read_header({"オーダ種別", "回線ＩＤ", "備考", "アクセス鍵"});
    CHECK(h.errors.empty());
    CHECK(h.japanese);
    REQUIRE(h.notes.size() == 2);
    CHECK(h.notes[1].find("「アクセスキー」") != std::string::npos);
    auto english = read_header({"order_type", "lineid", "row", "error_fields", "error_messages"});
    CHECK_FALSE(english.japanese);
    CHECK(english.notes.empty());
}

TEST_CASE("a header may say how its column is filled in, but not which of two it is")
{
    auto line = [](const char* header) {
        auto h = read_header({"オーダ種別", header});
        INFO(header);
        CHECK(h.errors.empty());
        return h.columns[1] == orderd::column::line_id;
    };
    for (auto header :
         {"回線ID（必須）", "回線ID(半角英数字11〜16文字)", "【必須】回線ID", "[必須] 回線ID", "※回線ID", "回線ID*",
          "回線ID ※", "*回線ＩＤ（例：CAF1234567890）", "回線ID\n（半角）", "回線ID 必須", "回線ID必須", "回線ID：",
          "■回線ID", "line_id (required)", "lineId *", "回線ID（必須）※入力例", "＜必須＞回線ID"})
        CHECK(line(header));
    for (auto header : {"回線ID（旧）", "旧回線ID", "回線ID（CAF番号）", "回線ID2", "（必須）", "（必須", "※",
                        "回線ID ※旧", "必須回線ID"})
        CHECK_FALSE(line(header));
    // What it was read as is said; one that is not used is told with what it may be.
    auto h = read_header({"オーダー種別", "拠点名（必須）", "回線ID（旧）"});
    CHECK(h.japanese);
    REQUIRE(h.notes.size() == 2);
    CHECK(h.notes[0].find("「拠点名（必須）」を「拠点名」として") != std::string::npos);
    CHECK(h.notes[1].find("「回線ID」の誤り") != std::string::npos);
    // The plain name goes before, wherever it stands; two that are no plain name are for a person to decide.
    auto both = read_header({"拠点名（全角）", "オーダ種別", "拠点名"});
    CHECK(both.errors.empty());
    CHECK_FALSE(both.columns[0]);
    CHECK(both.columns[2] == orderd::column::customer_site_name);
    auto unclear = read_header({"オーダ種別", "拠点名（全角）", "拠点名（半角カナ）"});
    REQUIRE(unclear.errors.size() == 1);
    CHECK(unclear.errors[0].find("「拠点名（全角）」と「拠点名（半角カナ）」") != std::string::npos);
}

TEST_CASE("of very many headers that are not used, twenty are told and the others counted")
{
    std::vector<std::string> wide{"オーダ種別"};
    for (int i = 0; i < 20; ++i) wide.push_back("備考" + std::to_string(i));
    CHECK(read_header(wide).notes.size() == 20);
    wide.resize(1'021, "メモ");
    auto notes = read_header(wide).notes;
    REQUIRE(notes.size() == 21);
    CHECK(notes.back().find("1000") != std::string::npos);
}

TEST_CASE("a file without a header, without order_type or with a header twice cannot be read as rows")
{
    CHECK(read_header({"1", "2"}).errors.size() == 1);
    CHECK(read_header({"line_id"}).errors.size() == 1);
    CHECK(read_header({"order_type", "line_id", "回線ID"}).errors.size() == 1);
}

TEST_CASE("a file that is written to while it is read is not taken")
{
    namespace fs = std::filesystem;
    auto path = fs::temp_directory_path() / ("orderd-changing-" + std::to_string(::getpid()) + ".csv");
    auto write = [&](int rows, std::ios::openmode how) {
        std::ofstream out(path, std::ios::binary | how);
        if (how == std::ios::trunc) out << "order_type,line_id,line_access_key,product_codes\r\n";
        for (int i = 0; i < rows; ++i) out << "1,CAF1234567890,a1b2c3d4,p\r\n";
    };
    write(20'000, std::ios::trunc);
    judge_settings judging;
    judging.customer_code = "A1";
    auto now = orderd::tokyo_time(*orderd::parse_yyyymmdd("20261124"));
    bool written = false;
    auto append_once = [&](const orderd::store::intake_record&) {
        if (!written) write(1, std::ios::app);
        written = true;
    };
    CHECK_THROWS_AS(try_file(nullptr, path.string(), {}, judging, now, append_once), file_not_read);
    CHECK(std::holds_alternative<dry_run>(try_file(nullptr, path.string(), {}, judging, now, append_once)));
    fs::remove(path);
}

TEST_CASE("a last row without a line break may be unfinished, and is told so")
{
    auto unfinished = [](std::string_view text) {
        csv_reader reader(source_of(text), ',');
        csv_row row;
        std::int64_t at = 0;
        while (reader.next(row))
            if (row.unfinished) at = row.number;
        return at;
    };
    CHECK(unfinished("a,b\r\n1,2\r\n") == 0);
    CHECK(unfinished("a,b\r1,2\r") == 0);
    CHECK(unfinished("a,b\n1,2") == 2);
    CHECK(unfinished("a,b\n1,\"2") == 2);
    CHECK(unfinished("a,b\n1,\"2\"") == 2);
    CHECK(unfinished("") == 0);
}
