#include "orderd/provider/told.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <limits>

using namespace orderd;
using namespace orderd::provider;

namespace {

/// "20261126", "20261126?" where it may be the day beside it, "" for what names none.
std::string day(std::string_view told)
{
    auto d = day_told(told);
    return d ? to_yyyymmdd(d->day) + (d->certain ? "" : "?") : "";
}

}

TEST_CASE("a whole number is told in many hands")
{
    const struct {
        std::string_view told;
        std::int64_t is;
    } rows[] = {
        {"0", 0},
        {"1", 1},
        {"00", 0},
        {"01", 1},
        {"0001", 1},
        {" 1 ", 1},
        {"\t1\r\n", 1},
        {"\u30001\u3000", 1},
        {"\u00a01", 1},
        {"1.0", 1},
        {"1.000", 1},
        {"0.0", 0},
        {"01.0", 1},
        {"1e0", 1},
        {"1E0", 1},
        {"1E+0", 1},
        {"1.0E0", 1},
        {"1e2", 100},
        {"1.5e1", 15},
        {"2.0261126E7", 20261126},
        {"2.0261126e+07", 20261126},
        {"1.7956512E9", 1795651200},
        {"\uff11", 1},
        {"\uff10\uff11", 1},
        {"\uff11\uff0e\uff10", 1},
        {"\uff11\uff25\uff10", 1},
        {"\uff11\uff12\uff13", 123},
        {"1\uff10", 10},
        {"999999999999999999", 999999999999999999},
        {"1e17", 100000000000000000},
    };
    for (const auto& row : rows) {
        INFO(row.told);
        CHECK(told_number(row.told) == row.is);
    }
}

TEST_CASE("what is no whole number, is negative or too long is none")
{
    for (std::string_view told : {"",
                                  " ",
                                  "\u3000",
                                  "-",
                                  "+",
                                  ".",
                                  "e",
                                  "E0",
                                  "e1",
                                  "1e",
                                  "1e+",
                                  "1e-",
                                  "1.5",
                                  "1.01",
                                  "1.5e0",
                                  "15e-2",
                                  "1.23e1",
                                  "-1",
                                  "-1.0",
                                  "\uff0d\uff11",
                                  "−1",
                                  "1-",
                                  "1 2",
                                  "1,2",
                                  "1_000",
                                  "0x1",
                                  "0b1",
                                  "1a",
                                  "a1",
                                  "1e1e",
                                  "1e1.0",
                                  "1..0",
                                  "1.0.0",
                                  "NaN",
                                  "nan",
                                  "inf",
                                  "Infinity",
                                  "null",
                                  "true",
                                  "一",
                                  "進行中",
                                  "1:進行中",
                                  "1）",
                                  "1e19",
                                  "1e99",
                                  "1e400",
                                  "1e9999999999999999999",
                                  "1E2147483648",
                                  "1e-2147483649",
                                  "1000000000000000000",
                                  "9223372036854775807",
                                  "9223372036854775808",
                                  "18446744073709551617",
                                  "99999999999999999999999999999999999999"}) {
        INFO(told);
        CHECK_FALSE(told_number(told));
    }
    CHECK_FALSE(told_number(std::string_view("1\0", 2)));
    CHECK_FALSE(told_number(std::string_view("\0", 1)));
    CHECK_FALSE(told_number("\xff\xfe"));
    CHECK_FALSE(told_number("1\xff"));
    CHECK_FALSE(told_number("\xef\xbc"));
    CHECK_FALSE(told_number(std::string(1'000'000, '9')));
}

TEST_CASE("a number that boost.json writes as a double is still the number")
{
    for (std::int64_t n : {0l, 1l, 5l, 10l, 15l, 20261126l, 1795651200l, 1795651200000l}) {
        auto written = boost::json::serialize(boost::json::value(static_cast<double>(n)));
        INFO(written);
        CHECK(told_number(written) == n);
    }
    for (double x : {0.5, 1.25, 1e300, -1.0, std::numeric_limits<double>::max(), std::numeric_limits<double>::min()}) {
        auto written = boost::json::serialize(boost::json::value(x));
        INFO(written);
        CHECK_FALSE(told_number(written));
    }
}

TEST_CASE("digits are plain, and nothing else is lost")
{
    const struct {
        std::string_view told, is;
    } rows[] = {
        {"1", "1"},
        {"01", "1"},
        {"1.0", "1"},
        {" 1 ", "1"},
        {"1E0", "1"},
        {"\uff11", "1"},
        {"0", "0"},
        {"00", "0"},
        {"", ""},
        {"進行中", "進行中"},
        {" x ", " x "},
        {"1.5", "1.5"},
        {"-1", "-1"},
        {"1e", "1e"},
        {"1:進行中", "1:進行中"},
        {"12345678901234567890", "12345678901234567890"},
    };
    for (const auto& row : rows) {
        INFO(row.told);
        CHECK(told_digits(std::string(row.told)) == row.is);
    }
}

TEST_CASE("a day is told in many hands")
{
    for (std::string_view told :
         {"20261126", " 20261126 ", "\uff12\uff10\uff12\uff16\uff11\uff11\uff12\uff16", "2.0261126E7", "2.0261126e+07",
          "20261126.0", "2026-11-26", "2026/11/26", "2026.11.26", "2026年11月26日",
          "\uff12\uff10\uff12\uff16年\uff11\uff11月\uff12\uff16日", "2026-11-26", "2026/11/26",
          "\u30002026/11/26\u3000", "2026‐11‐26", "2026−11−26"}) {
        INFO(told);
        CHECK(day(told) == "20261126");
    }
    for (std::string_view told : {"2026-1-6", "2026/1/6", "2026.1.6", "2026年1月6日",
                                  "\uff12\uff10\uff12\uff16年\uff11月\uff16日", "2026/01/6"}) {
        INFO(told);
        CHECK(day(told) == "20260106");
    }
    for (std::string_view told : {"2026/11/26(木)", "2026年11月26日(木)", "2026年11月26日（木）", "20261126(木)"}) {
        INFO(told);
        CHECK(day(told) == "20261126");
    }
}

TEST_CASE("a day that does not exist is none")
{
    const struct {
        std::string_view told, is;
    } rows[] = {
        {"20240229", "20240229"}, {"20230229", ""},
        {"20280229", "20280229"}, {"20000229", "20000229"},
        {"21000229", ""},         {"2100-02-29", ""},
        {"2028-02-30", ""},       {"2028年2月29日", "20280229"},
        {"2027年2月29日", ""},    {"20261301", ""},
        {"20260001", ""},         {"20261100", ""},
        {"20261131", ""},         {"20261132", ""},
        {"20261199", ""},         {"00000000", ""},
        {"0000-00-00", ""},       {"99999999", ""},
        {"2026-13-01", ""},       {"2026/00/10", ""},
        {"2026年11月31日", ""},   {"2027-02-29T10:00:00+09:00", ""},
    };
    for (const auto& row : rows) {
        INFO(row.told);
        CHECK(day(row.told) == row.is);
    }
}

TEST_CASE("a time with a zone names the day in Tokyo")
{
    const struct {
        std::string_view told, is;
    } rows[] = {
        {"2026-11-26T00:00:00+09:00", "20261126"},     {"2026-11-26T23:59:59+09:00", "20261126"},
        {"2026-11-26T23:59:59.999+09:00", "20261126"}, {"2026-11-26T14:59:59Z", "20261126"},
        {"2026-11-26T15:00:00Z", "20261127"},          {"2026-11-26T15:00Z", "20261127"},
        {"2026-11-26T14:59:59.999Z", "20261126"},      {"2026-11-26T15:00:00.000Z", "20261127"},
        {"2026-11-26T15:00:00z", "20261127"},          {"2026-11-26T15:00:00+00:00", "20261127"},
        {"2026-11-26T15:00:00-00:00", "20261127"},     {"2026-11-26T23:30:00-05:00", "20261127"},
        {"2026-11-26T09:59:59-05:00", "20261126"},     {"2026-11-26T10:00:00-05:00", "20261127"},
        {"2026-11-26T00:30:00+14:00", "20261125"},     {"2026-11-26T00:30:00+10:00", "20261125"},
        {"2026-11-26T23:30:00-12:00", "20261127"},     {"2026-11-26T20:29:59+05:30", "20261126"},
        {"2026-11-26T20:30:00+05:30", "20261127"},     {"2026-11-26T15:00:00+0000", "20261127"},
        {"2026-11-26T00:00:00+0900", "20261126"},      {"2026-11-26T00:00:00+09", "20261126"},
        {"2026-11-26 15:00:00Z", "20261127"},          {"2026-11-26 15:00:00 +00:00", "20261127"},
        {"2026/11/26 15:00:00 +0000", "20261127"},     {"2026-11-26T15:00:00 UTC", "20261127"},
        {"2026-12-31T15:00:00Z", "20270101"},          {"2028-02-28T15:00:00Z", "20280229"},
        {"2027-02-28T15:00:00Z", "20270301"},          {"2027-01-01T00:30:00+10:00", "20261231"},
    };
    for (const auto& row : rows) {
        INFO(row.told);
        CHECK(day(row.told) == row.is);
    }
}

TEST_CASE("a time without a zone leaves the day uncertain")
{
    for (std::string_view told :
         {"2026-11-26T00:00:00", "2026-11-26T23:59:59", "2026-11-26 10:00:00", "2026-11-26 10:00",
          "2026/11/26 10:00:00.123", "2026年11月26日 10:00", "2026年11月26日 10時30分", "2026.11.26 9:05"}) {
        INFO(told);
        CHECK(day(told) == "20261126?");
    }
}

TEST_CASE("seconds and milliseconds of Unix time name the day in Tokyo")
{
    const struct {
        std::string_view told, is;
    } rows[] = {
        {"1795618799", "20261125"},    // 2026-11-25T23:59:59+09:00
        {"1795618800", "20261126"},    // 2026-11-26T00:00:00+09:00
        {"1795618799999", "20261125"}, // the same in milliseconds
        {"1795618800000", "20261126"},
        {"1795651200", "20261126"},
        {"1.7956512E9", "20261126"},
        {"1.7956512E12", "20261126"},
        {"1.795651200123E12", "20261126"},
        {" 1795651200 ", "20261126"},
        {"\uff11\uff17\uff19\uff15\uff16\uff15\uff11\uff12\uff10\uff10", "20261126"},
    };
    for (const auto& row : rows) {
        INFO(row.told);
        CHECK(day(row.told) == row.is);
    }
}

TEST_CASE("what does not surely name one day is unknown")
{
    for (std::string_view told :
         {// nothing at all
          "", " ", "\u3000", "-", "null", "未定", "soon", "即日", "?", "********", "yyyymmdd",
          // no day, or only a part of one
          "2026", "202611", "2026-11", "2026/11", "2026年11月", "11/26", "11月26日", "1126", "2026年", "20261",
          "2026112",
          // two digits for the year, or the year behind
          "261126", "26/11/26", "26-11-26", "26.11.26", "26年11月26日", "11/26/2026", "26/11/2026", "26.11.2026",
          "26112026",
          // more than one day
          "2026-11-26/2026-12-01", "2026-11-26/P1D", "20261126-20261201", "20261126/20261201", "2026/11/26～2026/12/01",
          "2026/11/26〜12/01", "2026年11月26日～2026年12月1日", "2026-11-26 - 2026-12-01", "20261126,20261201",
          "20261126 20261201", "2026-11-26 2026-12-01",
          // behind a day, what is no time
          "20261126x", "2026-11-26x", "202611261", "2026-11-267", "2026-11-26以降", "2026-11-26頃", "2026/11/26 まで",
          // times and zones that do not exist
          "2026-11-26T25:00:00Z", "2026-11-26T10:60:00Z", "2026-11-26T10:00:00+99:00",
          // out of all range
          "99999999999999999999", "1e400", "1E18", "-20261126", "-1795651200", "10000-01-01", "0x13512F6"}) {
        INFO(told);
        CHECK(day(told) == "");
    }
    CHECK(day("2026-11-26\xff") == "");
    CHECK(day("\xff\xfe\xfd") == "");
    CHECK(day(std::string_view("20261126\0", 9)) == "");
    CHECK(day(std::string(100'000, '2')) == "");
}

TEST_CASE("the years of a Japanese era are counted right or not at all")
{
    for (std::string_view told : {"令和8年11月26日", "令和８年１１月２６日", "R8.11.26", "R08.11.26", "R8/11/26",
                                  "㋿8年11月26日", "令和八年十一月二十六日", "令和08年11月26日"}) {
        INFO(told);
        CHECK((day(told) == "" || day(told) == "20261126"));
    }
    CHECK((day("平成元年1月8日") == "" || day("平成元年1月8日") == "19890108"));
}

TEST_CASE("a placeholder for no day is no day long ago")
{
    for (std::string_view told : {"0", "00000000", "0001-01-01", "0001-01-01T00:00:00", "00010101", "1", "1970-01-01",
                                  "1970-01-01T00:00:00Z", "19700101", "0.0", "0E0"}) {
        INFO(told);
        CHECK(day(told) == "");
    }
}

TEST_CASE("ten digits that may be a day with an hour behind are not taken for Unix time")
{
    for (std::string_view told : {"2026112610", "2026112600", "2026112623"}) {
        INFO(told);
        auto d = day(told);
        CHECK((d == "" || d == "20261126?"));
    }
    for (std::string_view told : {"202611261030", "20261126103000", "20261126103000123"}) { // nor longer ones
        INFO(told);
        auto d = day(told);
        CHECK((d == "" || d == "20261126?"));
    }
}

TEST_CASE("a day is plain, and what is none comes back as it was")
{
    const struct {
        std::string_view told, is;
    } rows[] = {
        {"20261126", "20261126"},
        {"2026/11/26", "20261126"},
        {"2026年11月26日", "20261126"},
        {"2026-11-26T15:00:00Z", "20261127"},
        {"", ""},
        {"202612", "202612"},
        {"未定", "未定"},
        {" x ", " x "},
        {"20261131", "20261131"},
        {"2026-11-26x", "2026-11-26x"},
        {"2026-11-26T10:00:00", "20261126"},
        {"1795651200", "20261126"},
    };
    for (const auto& row : rows) {
        INFO(row.told);
        CHECK(plain_day(std::string(row.told)) == row.is);
    }
}
