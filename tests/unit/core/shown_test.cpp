#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace orderd;

namespace {

/// Characters that command a terminal or set the direction of writing, each.
std::vector<std::string> commands()
{
    std::vector<std::string> all;
    for (char c = 1; c < 0x20; ++c)
        if (c != '\n' && c != '\t') all.emplace_back(1, c);
    all.emplace_back("\x7F");
    for (int c = 0x80; c < 0xA0; ++c) all.push_back({'\xC2', static_cast<char>(c)});
    for (auto c : {"\u2028", "\u2029", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068",
                   "\u2069", "\u200E", "\u200F", "\u061C"})
        all.emplace_back(c);
    return all;
}

}

TEST_CASE("no text that is shown commands a terminal or turns the direction of writing")
{
    for (const auto& c : commands()) {
        CAPTURE(c);
        auto text = "前" + c + "後";
        CHECK(shown(text).find(c) == std::string::npos);
        CHECK(shown_lines(text).find(c) == std::string::npos);
        CHECK(shown(text).starts_with("前"));
        CHECK(shown(text).ends_with("後"));
        CHECK(shown(text).size() > std::string("前後").size()); // visible, not gone
        auto json = shown_json(boost::json::serialize(boost::json::string(text)));
        CHECK(json.find(c) == std::string::npos);
        CHECK(boost::json::parse(json).as_string() == text);
    }
}

TEST_CASE("a text that is shown stays on its line")
{
    CHECK(shown("unknown line\r\nlevel=error msg=fake") == "unknown line / level=error msg=fake");
    CHECK(shown("a\nb\tc") == "a / b c");
    CHECK(shown("a\rb") == "a␍b"); // would write over what stands there
    CHECK(shown_lines("a\r\nb\tc") == "a\nb\tc");
    CHECK(shown("\x1B[2J") == "␛[2J");
    CHECK(shown("a\u202Eb") == "a<U+202E>b");
    CHECK(shown("a\xFF"
                "b") == "a?b");
}

TEST_CASE("what people write is shown as it is")
{
    for (auto text : {"", "回線ID", "ｶﾞｰﾄﾞ㈱～東京拠点－1号館&髙橋", "👨‍👩‍👧", "שלום", "a b"})
        CHECK(shown(text) == text);
    CHECK(shown("あいう", 4) == "あ"); // cut at a character
    CHECK(shown("abc", 2) == "ab");
}

TEST_CASE("a cell goes back to its author as it came, but for what no row may hold")
{
    for (auto cell : {"二行\nある\tセル\r\n", "a\u202Eb", "\u200E拠点", "=1+1"}) CHECK(returned_cell(cell) == cell);
    CHECK(returned_cell("a\x1B[2Jb\x7F") == "a␛[2Jb␡");
    CHECK(pictures_control(returned_cell("a\x1B[2Jb")));
    CHECK(pictures_control(returned_cell("\x7F")));
    CHECK_FALSE(pictures_control("拠点␣①"));
}
