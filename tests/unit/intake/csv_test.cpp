#include "orderd/intake/csv.hpp"
#include "orderd/intake/header.hpp"

#include <catch2/catch.hpp>

using namespace orderd::intake;

namespace {
std::vector<csv_row> rows(std::string_view bytes, char separator = ',')
{
    std::vector<csv_row> out;
    read_csv(bytes, separator, [&](csv_row&& r) {
        out.push_back(std::move(r));
        return true;
    });
    return out;
}
using cells = std::vector<std::string>;
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
    CHECK(got[1].broken);
    CHECK(got[1].cells == cells{"1", "x\"y"});
    CHECK_FALSE(got[2].broken);
    CHECK(got[2].cells == cells{"2", "ok"});
    CHECK(got[3].broken);
    CHECK(got[3].number == 4);
    CHECK(got[4].cells == cells{"4", "last"});
    CHECK_FALSE(got[4].broken);
}

TEST_CASE("the separator is what the first line has most of")
{
    CHECK(detect_separator("a,b;c,d\r\n") == ',');
    CHECK(detect_separator("a\tb\tc\n;;;;;") == '\t');
    CHECK(detect_separator("a;b\n") == ';');
    CHECK(detect_separator("") == ',');
}

TEST_CASE("reading stops when it is told to")
{
    int seen = 0;
    read_csv("a\nb\nc\n", ',', [&](csv_row&&) { return ++seen < 2; });
    CHECK(seen == 2);
    CHECK(rows("").empty());
    CHECK(rows("\r\n\n").empty());
}

TEST_CASE("a header may be Japanese; an unknown name is noted with the nearest known one")
{
    auto h = read_header({"オーダ種別", "回線ＩＤ", "備考", "アクセスキ"});
    CHECK(h.errors.empty());
    CHECK(h.japanese);
    REQUIRE(h.notes.size() == 2);
    CHECK(h.notes[1].find("「アクセスキー」") != std::string::npos);
    auto english = read_header({"order_type", "lineid", "row", "error_fields", "error_messages"});
    CHECK_FALSE(english.japanese);
    CHECK(english.notes.empty());
}

TEST_CASE("a file without a header, without order_type or with a header twice cannot be read as rows")
{
    CHECK(read_header({"1", "2"}).errors.size() == 1);
    CHECK(read_header({"line_id"}).errors.size() == 1);
    CHECK(read_header({"order_type", "line_id", "回線ID"}).errors.size() == 1);
}
