#include "http/unpacker.hpp"
#include "orderd/simulator/packed.hpp"
#include "unit/http/scripted_server.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::tests;
using Catch::Matchers::Contains;
using simulator::packed;
using simulator::packing;

namespace {

const std::string json = R"({"orderCode":"A1000010100000001","customerSiteName":"渋谷支店"})";

std::string answer(const std::string& codings, const std::string& body, int status = 201)
{
    auto field = codings.empty() ? "" : "Content-Encoding: " + codings + "\r\n";
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + field + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

struct unpacked {
    std::string text, problem;
};
unpacked unpack(const std::string& codings, const std::string& body, std::size_t piece, std::size_t limit = 1 << 20)
{
    unpacked out;
    http::unpacker from(codings, limit);
    bool more = true;
    auto take = [&](std::string_view came) {
        out.text.append(came);
        return std::string();
    };
    for (std::size_t at = 0; at < body.size() && more; at += piece)
        more = from.add(std::string_view(body).substr(at, piece), take);
    if (more) from.end(take);
    out.problem = from.problem();
    return out;
}

}

TEST_CASE("a compressed answer is read as what it holds, however its encoding is told, and its connection goes on")
{
    const struct {
        std::string codings, body;
    } rows[] = {
        {"gzip", packed(json)},
        {"x-gzip", packed(json)},
        {"GZip", packed(json)},
        {" gzip ,", packed(json)},
        {"identity, gzip", packed(json)},
        {"deflate", packed(json, packing::zlib)},
        {"deflate", packed(json, packing::raw_deflate)},
        {"deflate", packed(json)},            // called by another's name
        {"gzip, gzip", packed(packed(json))}, // in order
        {"deflate, gzip", packed(packed(json, packing::zlib))},
        {"gzip, deflate", packed(packed(json), packing::raw_deflate)},
        {"gzip", packed(packed(json))}, // one of the two was not told
        {"", packed(json)},             // a gateway has dropped the field
        {"identity", packed(json)},
        {"identity", json},
        {"", json},
        {"UTF-8", json}, // no encoding at all
        {"utf8, gzip", packed(json)},
        {"gzip", packed(json.substr(0, 20)) + packed(json.substr(20))}, // two members
        {"gzip", packed(json) + std::string(7, '\0')},                  // padding
    };
    for (const auto& row : rows)
        for (std::size_t piece : {std::size_t(1) << 20, std::size_t(1)}) {
            INFO(row.codings << ", " << row.body.size() << " bytes, in pieces of " << piece);
            asio::io_context loop;
            scripted_server server(loop, {answer(row.codings, row.body), ok + "abc"}, piece);
            auto got = outcomes(server, loop, post(), 2);
            CHECK(text(got.at(0)) == "201 " + json);
            REQUIRE(std::holds_alternative<http::response>(got[0]));
            CHECK(std::get<http::response>(got[0]).unusable.empty());
            CHECK(text(got.at(1)) == "201 abc");
            CHECK(server.connections == 1);
        }
}

TEST_CASE("a compressed answer may be chunked, or end with its connection")
{
    auto body = packed(json);
    char size[16];
    std::snprintf(size, sizeof size, "%zx", body.size());
    asio::io_context loop;
    scripted_server server(loop, {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                      std::string(size) + "\r\n" + body + "\r\n0\r\n\r\n",
                                  "HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\n\r\n" + body + "close"});
    auto got = outcomes(server, loop, post(), 2);
    CHECK(text(got.at(0)) == "200 " + json);
    CHECK(text(got.at(1)) == "500 " + json);
}

TEST_CASE("an answer that says it is compressed may be empty")
{
    for (std::string codings : {"gzip", "deflate", "br", "gzip, gzip"}) {
        asio::io_context loop;
        scripted_server server(loop, {answer(codings, "")});
        auto got = outcomes(server, loop, post(), 1);
        CHECK(text(got.at(0)) == "201 ");
        REQUIRE(std::holds_alternative<http::response>(got[0]));
        CHECK(std::get<http::response>(got[0]).unusable.empty());
    }
}

TEST_CASE("an answer that cannot be unpacked says why, and its status is told")
{
    auto gzip = packed(json), wrong_sum = gzip, broken = packed(std::string(50'000, 'x') + json);
    wrong_sum[wrong_sum.size() - 6] ^= 1;
    broken[broken.size() / 2] ^= 0x55;
    const struct {
        std::string codings, body, why;
    } rows[] = {
        {"br", "\x0b\x02\x80{}\x03", "encoded as \"br\", which was not asked for"},
        {"ZSTD", "\x28\xb5\x2f\xfd\x20", "encoded as \"zstd\", which was not asked for"},
        {"compress", "\x1f\x9d\x90", "encoded as \"compress\", which was not asked for"},
        {"gzip, br", "\x0b\x02\x80{}\x03", "encoded as \"br\""},
        {"br", json, "encoded as \"br\", which was not asked for"}, // whatever a plain body may be
        {"br", "[]", "encoded as \"br\", which was not asked for"},
        {"br", "x", "encoded as \"br\", which was not asked for"},
        {"br", gzip, "encoded as \"br\", which was not asked for"},
        {"dcb, gzip", gzip, "encoded as \"dcb\", which was not asked for"},
        {"gzip", json, "says that it is encoded as \"gzip\", and is not"},
        {"gzip", "[]", "says that it is encoded as \"gzip\", and is not"},
        {"x-gzip", "[", "says that it is encoded as \"x-gzip\", and is not"},
        {"gzip, gzip", gzip, "says that it is encoded as \"gzip\", and is not"},
        {"deflate", "[]", "cut short"},
        {"gzip", gzip + "trailing", "something else follows the compressed answer"},
        {"gzip", gzip + "]", "something else follows the compressed answer"},
        {"gzip", gzip + std::string(9, '\0') + "x", "something else follows the compressed answer"},
        {"gzip", gzip + std::string(3, '\0') + gzip, "something else follows the compressed answer"},
        {"", gzip + "trailing", "something else follows the compressed answer"},
        {"deflate", packed(json, packing::zlib) + "trailing", "something else follows the compressed answer"},
        {"deflate", packed(json, packing::raw_deflate) + "]", "something else follows the compressed answer"},
        {"gzip,gzip,gzip,gzip,gzip", gzip, "encoded too many times"},
        {"gzip", gzip.substr(0, gzip.size() - 1), "cut short"},
        {"gzip", gzip.substr(0, gzip.size() - 9), "cut short"},
        {"gzip", gzip.substr(0, 10), "cut short"},
        {"gzip", gzip.substr(0, 2), "cut short"},
        {"deflate", packed(json, packing::zlib).substr(0, 30), "cut short"},
        {"deflate", packed(json, packing::raw_deflate).substr(0, 30), "cut short"},
        {"", gzip.substr(0, 30), "cut short"},
        {"gzip", packed(gzip.substr(0, 30)), "cut short"},
        {"gzip", gzip + gzip.substr(0, 30), "cut short"},
        {"gzip", wrong_sum, "broken"},
        {"gzip", broken, "broken"},
        {"deflate", std::string("\xff\xff\xff\xff"), "broken"},
    };
    for (const auto& row : rows)
        for (std::size_t piece : {std::size_t(1) << 20, std::size_t(1)}) {
            INFO(row.why << ", in pieces of " << piece);
            asio::io_context loop;
            scripted_server server(loop, {answer(row.codings, row.body, 503), ok + "abc"}, piece);
            auto got = outcomes(server, loop, post(), 2);
            REQUIRE(std::holds_alternative<http::response>(got.at(0)));
            CHECK(std::get<http::response>(got[0]).status == 503);
            CHECK_THAT(std::get<http::response>(got[0]).unusable, Contains(row.why));
            CHECK(text(got.at(1)) == "201 abc");
        }
}

TEST_CASE("what unpacks to more than the limit costs no more than that")
{
    const std::size_t limit = 64 * 1024;
    auto bomb = packed(std::string(100'000'000, '0'));
    REQUIRE(bomb.size() < 100'000);
    for (const auto& [codings, body] : std::initializer_list<std::pair<std::string, std::string>>{
             {"gzip", bomb},
             {"", bomb},
             {"deflate", packed(std::string(10'000'000, '0'), packing::raw_deflate)},
             {"gzip, gzip", packed(bomb)},
             {"gzip", packed(bomb)}}) {
        auto got = unpack(codings, body, 1000, limit);
        INFO(codings << " " << body.size());
        CHECK_THAT(got.problem, Contains("longer than 64 KiB"));
        CHECK(got.text.size() <= limit);
        CHECK(got.text.capacity() <= 2 * limit);
    }
    // Much that holds nothing.
    std::string empty = packed(""), members;
    while (members.size() < 2 * limit) members += empty;
    CHECK_THAT(unpack("gzip", members, 1000, limit).problem, Contains("longer than 64 KiB"));
    CHECK(unpack("gzip", packed(std::string(limit, '0')), 1000, limit).problem.empty());
    CHECK_THAT(unpack("gzip", packed(std::string(limit + 1, '0')), 1000, limit).problem, Contains("longer"));
}

TEST_CASE("an answer in two members is whole wherever a piece of it ends")
{
    auto body = packed("first ") + packed("second");
    for (std::size_t piece = 1; piece < body.size(); ++piece) {
        INFO(piece);
        auto got = unpack("gzip", body, piece);
        CHECK(got.text == "first second");
        CHECK(got.problem.empty());
    }
}
