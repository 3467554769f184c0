#include "orderd/core/column.hpp"
#include "orderd/core/csv_line.hpp"
#include "orderd/core/encoding.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/core/text.hpp"

#include <catch2/catch.hpp>

using namespace orderd;

TEST_CASE("lengths are counted in characters, not bytes")
{
    CHECK(code_points("東京拠点") == 4);
    CHECK(code_points("𠮷野家") == 3);
    CHECK(display_width("東京 ab") == 7);
}

TEST_CASE("full-width letters, digits and dashes become half width; a long vowel does not become a dash")
{
    CHECK(half_width("ＣＡＦ１２３") == "CAF123");
    CHECK(half_width("０３−３３８８‐１６４８") == "03-3388-1648");
    CHECK(half_width("03ー3388") == "03-3388");
    CHECK(half_width("サーバー") == "サーバー");
    CHECK(half_width("03︱3388") == "03-3388"); // U+FE31: a dash only after NFKC
}

TEST_CASE("space of every kind is trimmed")
{
    CHECK(trimmed("　 東京 　") == "東京");
    CHECK(trimmed(" \t") == "");
    CHECK(trimmed("\xC2\xA0x") == "x");
}

TEST_CASE("any bytes can be shown")
{
    CHECK(printable("a\xFF\x01z", 10) == "a??z");
    CHECK(printable("東京", 4) == "東");
}

TEST_CASE("a typing error finds the word that was meant, and nonsense finds nothing")
{
    std::vector<std::string> words{"line_id", "order_type"};
    CHECK(nearest("lineid", words) == "line_id");
    CHECK(nearest("zzzzzzzzzzzz", words) == "");
}

TEST_CASE("a header names a column in Japanese, in English or by the API's name, whatever its form")
{
    CHECK(column_from_header("line_id") == column::line_id);
    CHECK(column_from_header("ＬＩＮＥ　ＩＤ") == column::line_id);
    CHECK(column_from_header(" lineId ") == column::line_id);
    CHECK(column_from_header("回線ID") == column::line_id);
    CHECK(column_from_header("回線ｉｄ") == column::line_id);
    CHECK(column_from_header("LAN側インターフェースアドレス") == column::lan_interface_address);
    CHECK(column_from_header("LAN側インタフェースアドレス") == column::lan_interface_address);
    CHECK(column_from_header("オーダー種別") == column::order_type);
    CHECK(column_from_header("アクセスｷｰ") == column::line_access_key);
    CHECK_FALSE(column_from_header("ー"));
    CHECK_FALSE(column_from_header("備考"));
    CHECK(nearest_header("line_di") == "line_id");
    CHECK(nearest_header("回線番号ID") == "回線ID");
}

TEST_CASE("CP932 with its extensions goes to UTF-8 and back")
{
    std::string text = "①㈱髙﨑ｱｲｳ～－";
    auto bytes = from_utf8(text, encoding::cp932);
    CHECK(detect(bytes) == encoding::cp932);
    CHECK(to_utf8(bytes, encoding::cp932) == text);
    // What other systems write where Windows has a twin.
    CHECK(to_utf8(from_utf8("11〜16−¥", encoding::cp932), encoding::cp932) == "11～16－￥");
    CHECK(from_utf8("é", encoding::cp932) == "?");
    CHECK_FALSE(to_utf8("\x81", encoding::cp932));
    CHECK(detect("\xEF\xBB\xBFx") == encoding::utf8_bom);
    CHECK(detect("東京") == encoding::utf8);
}

TEST_CASE("a CSV line quotes what must be quoted")
{
    CHECK(csv_line({"a", "b,c", "say \"hi\"", "two\nlines", ""}, ',') ==
          "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n");
    CHECK(csv_line({"b,c", "d;e"}, ';') == "b,c;\"d;e\"\r\n");
}

TEST_CASE("today is today in Tokyo")
{
    using namespace std::chrono;
    orderd::utc_time evening{sys_days{2026y / 11 / 23} + 15h}; // midnight in Tokyo
    CHECK(to_yyyymmdd(tokyo_day(evening)) == "20261124");
    CHECK(to_yyyymmdd(tokyo_day(evening - 1ms)) == "20261123");
    CHECK(to_iso_tokyo(evening) == "2026-11-24T00:00:00+09:00");
    CHECK(tokyo_time(tokyo_day(evening)) == evening);
}

TEST_CASE("only days that exist are dates")
{
    CHECK(parse_yyyymmdd("20280229"));
    CHECK_FALSE(parse_yyyymmdd("20270229"));
    CHECK_FALSE(parse_yyyymmdd("2027022"));
    CHECK_FALSE(parse_yyyymmdd("2027x229"));
    CHECK(to_yyyymmdd(*parse_yyyymm("202802")) == "20280229");
    CHECK_FALSE(parse_yyyymm("202713"));
    CHECK(days_between(*parse_yyyymmdd("20270228"), *parse_yyyymmdd("20270301")) == 1);
}

TEST_CASE("UTF-16 goes to UTF-8 and back; what is no character in it is found in its cell")
{
    const std::string text = "拠点\t髙①㈱ 𠮷\r\n";
    for (auto e : {encoding::utf16le, encoding::utf16be}) {
        auto coded = from_utf8(text, e);
        CHECK(coded.size() == 22);
        CHECK(to_utf8(coded, e) == text);
        CHECK(detect(std::string(byte_order_mark(e)) + coded) == e);
        CHECK(encoding_from(name(e)) == e);
        CHECK_FALSE(to_utf8(coded + "x", e)); // half a unit
    }
    CHECK(from_utf8("A", encoding::utf16le) == std::string("A\0", 2));
    CHECK_FALSE(to_utf8(std::string_view("\x3D\xD8", 2), encoding::utf16le));
    CHECK_FALSE(to_utf8(std::string_view("\x3D\xD8\x41\x00", 4), encoding::utf16le));
}

TEST_CASE("a text is decoded alike however it is cut into pieces")
{
    const std::string text = "拠点,髙①㈱\"ソ表\"\r\nｱ～é𠮷\n";
    for (auto e : {encoding::utf8, encoding::cp932, encoding::utf16le, encoding::utf16be}) {
        auto bytes = from_utf8(text, e);
        if (e != encoding::utf8) bytes += "\x81"; // half a character, or half a unit
        std::string whole;
        decoder at_once(e);
        at_once.add(bytes, whole);
        at_once.end(whole);
        CHECK(valid_utf8(whole) == (e == encoding::utf8));
        for (std::size_t size = 1; size <= 5; ++size) {
            std::string pieces;
            decoder decoding(e);
            encoding_detector looking;
            for (std::size_t i = 0; i < bytes.size(); i += size) {
                decoding.add(std::string_view(bytes).substr(i, size), pieces);
                looking.add(std::string_view(bytes).substr(i, size));
            }
            decoding.end(pieces);
            CHECK(pieces == whole);
            CHECK(looking.end() == detect(bytes));
        }
    }
}

TEST_CASE("the encoding of a broken text does not depend on its pieces either")
{
    const std::string text = "k\xBA.\xE3"
                             "A\xE3\x80\xF0\x9F,\xFF\xE6\x9C\xC3";
    for (std::size_t n = 1; n <= text.size(); ++n)
        for (std::size_t size = 1; size <= 5; ++size) {
            encoding_detector looking;
            auto part = std::string_view(text).substr(0, n);
            for (std::size_t i = 0; i < n; i += size) looking.add(part.substr(i, size));
            CHECK(looking.end() == detect(part));
        }
    // One broken byte among many good characters is a broken file in UTF-8.
    CHECK(detect("東京都港区西新橋一丁目\xE6\x9C,") == encoding::utf8);
    CHECK(detect("東京都\xE6\x9C,") == encoding::cp932);
}

TEST_CASE("a byte that CP932 does not have swallows no separator")
{
    std::string out;
    decoder decoding(encoding::cp932);
    decoding.add("a\x81,b\xFD\"c\xA0\n", out);
    decoding.end(out);
    auto cells = split(out, ',');
    REQUIRE(cells.size() == 2);
    CHECK_FALSE(valid_utf8(cells[0]));
    CHECK(cells[1].back() == '\n');
    CHECK(std::count(out.begin(), out.end(), '"') == 1);
}
