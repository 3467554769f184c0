#include "orderd/provider/api.hpp"
#include "orderd/provider/codec.hpp"
#include "provider/failure_from.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::provider;

namespace {

const std::string words = "接続エラー：回線IDが無効です";

std::string message_in(std::string body, std::string content_type)
{
    auto f = failure_from(http::response{400, {{"Content-Type", std::move(content_type)}}, std::move(body)});
    return f.errors.empty() ? f.raw : f.errors.front().message;
}

// An error of the API that says `words`.
const std::string in_euc = "\x7B\x22\x65\x72\x72\x6F\x72\x73\x22\x3A\x5B\x7B\x22\x65\x72\x72"
                           "\x6F\x72\x43\x6F\x64\x65\x22\x3A\x22\x34\x30\x30\x30\x31\x30\x31"
                           "\x22\x2C\x22\x65\x72\x72\x6F\x72\x4D\x65\x73\x73\x61\x67\x65\x22"
                           "\x3A\x22\xC0\xDC\xC2\xB3\xA5\xA8\xA5\xE9\xA1\xBC\xA1\xA7\xB2\xF3"
                           "\xC0\xFE\x49\x44\xA4\xAC\xCC\xB5\xB8\xFA\xA4\xC7\xA4\xB9\x22\x7D"
                           "\x5D\x7D";
const std::string in_jis = "\x7B\x22\x65\x72\x72\x6F\x72\x73\x22\x3A\x5B\x7B\x22\x65\x72\x72"
                           "\x6F\x72\x43\x6F\x64\x65\x22\x3A\x22\x34\x30\x30\x30\x31\x30\x31"
                           "\x22\x2C\x22\x65\x72\x72\x6F\x72\x4D\x65\x73\x73\x61\x67\x65\x22"
                           "\x3A\x22\x1B\x24\x42\x40\x5C\x42\x33\x25\x28\x25\x69\x21\x3C\x21"
                           "\x27\x32\x73\x40\x7E\x1B\x28\x42\x49\x44\x1B\x24\x42\x24\x2C\x4C"
                           "\x35\x38\x7A\x24\x47\x24\x39\x1B\x28\x42\x22\x7D\x5D\x7D";
const std::string in_cp932 = "\x7B\x22\x65\x72\x72\x6F\x72\x73\x22\x3A\x5B\x7B\x22\x65\x72\x72"
                             "\x6F\x72\x43\x6F\x64\x65\x22\x3A\x22\x34\x30\x30\x30\x31\x30\x31"
                             "\x22\x2C\x22\x65\x72\x72\x6F\x72\x4D\x65\x73\x73\x61\x67\x65\x22"
                             "\x3A\x22\x90\xDA\x91\xB1\x83\x47\x83\x89\x81\x5B\x81\x46\x89\xF1"
                             "\x90\xFC\x49\x44\x82\xAA\x96\xB3\x8C\xF8\x82\xC5\x82\xB7\x22\x7D"
                             "\x5D\x7D";
// The same words alone, as a proxy tells them.
const std::string page_in_euc = "\xC0\xDC\xC2\xB3\xA5\xA8\xA5\xE9\xA1\xBC\xA1\xA7\xB2\xF3\xC0\xFE"
                                "\x49\x44\xA4\xAC\xCC\xB5\xB8\xFA\xA4\xC7\xA4\xB9";
// Half-width katakana.
const std::string katakana_in_cp932 = "\xBB\xD8\xC4\xB1\xB8\xBE\xBD\xB4\xD7\xB0\xC3\xDE\xBD";
const std::string katakana_in_euc = "\x8E\xB4\x8E\xD7\x8E\xB0";
// Kanji without kana, and a short word of katakana.
const std::string kanji_in_euc = "\xB2\xF3\xC0\xFE\xCC\xB5\xB8\xFA";
const std::string order_in_euc = "\xA5\xAA\xA1\xBC\xA5\xC0";

}

TEST_CASE("error texts in EUC-JP, ISO-2022-JP and CP932 are read, whether their charset is told or not")
{
    const struct {
        const std::string& body;
        std::string charset;
    } rows[] = {{in_euc, "EUC-JP"},
                {in_euc, "x-euc-jp"},
                {in_jis, "ISO-2022-JP"},
                {in_cp932, "Shift_JIS"},
                {in_cp932, "windows-31j"}};
    for (const auto& row : rows) {
        CAPTURE(row.charset);
        CHECK(message_in(row.body, "application/json; charset=" + row.charset) == words);
        CHECK(message_in(row.body, "application/json;Charset=\"" + row.charset + "\"; x=y") == words);
        CHECK(message_in(row.body, "application/json") == words);
        CHECK(message_in(row.body, "text/html; charset=ISO-8859-1") == words); // what servers say of everything
        CHECK(message_in(row.body, "application/json; charset=utf-8") == words);
        // What is told and is not so: what it looks like counts.
        CHECK(message_in(row.body, "application/json; charset=UTF-16") == words);
    }
    CHECK(message_in(page_in_euc, "text/html") == words);
    CHECK(message_in("{\"errorMessage\":\"" + words + "\"}", "application/json; charset=EUC-JP") == words);
}

TEST_CASE("EUC-JP is told from half-width katakana in CP932")
{
    CHECK(message_in(katakana_in_cp932, "text/plain") == "ｻﾘﾄｱｸｾｽｴﾗｰﾃﾞｽ");
    CHECK(message_in(katakana_in_euc, "text/plain; charset=euc-jp") == "ｴﾗｰ");
    CHECK(message_in(kanji_in_euc, "text/plain") == "回線無効");
    CHECK(message_in(order_in_euc, "text/plain") == "オーダ");
}

TEST_CASE("a 3xx says what can be said of it")
{
    auto told = [](int status, http::headers fields) { return failure_from(http::response{status, fields, ""}).text; };
    CHECK(told(302, {{"Location", "https://b/"}}) == "HTTP 302: a redirect, which is not followed, to https://b/");
    CHECK(told(304, {}) == "HTTP 304: \"not modified\", which answers nothing that was asked");
    for (auto status : {300, 302, 307}) {
        CHECK(told(status, {}) == "HTTP " + std::to_string(status) + ": a redirect that does not say where to");
        CHECK(told(status, {{"Location", " "}}) == told(status, {}));
    }
}
