#include "orderd/provider/codec.hpp"
#include "orderd/provider/told.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::provider;
namespace json = boost::json;

namespace {

const std::string impossible[] = {"",
                                  "-",
                                  "..",
                                  ".",
                                  "=1+1",
                                  "X: y",
                                  "A1\n2",
                                  "A1\t",
                                  "A1\x7f",
                                  "A1/2",
                                  "A1?x",
                                  "A1#",
                                  "A1%2e",
                                  "A1;2",
                                  "A1 2",
                                  "A1+2",
                                  "@A1",
                                  "-A1",
                                  "A1-",
                                  "_",
                                  "A1_",
                                  "番号1",
                                  "Ａ１",
                                  "A1,B2",
                                  "\"A1\"",
                                  "null",
                                  "NULL",
                                  "None",
                                  "undefined",
                                  "NaN",
                                  "false",
                                  "0",
                                  "000",
                                  "0-0",
                                  std::string(65, 'A'),
                                  std::string("A1\0B", 4)};
const std::string possible[] = {"A1000010500000001", "1", "a", "null1", "10", "A0", "A-1", "A_1-2",
                                std::string(64, '9')};

std::string object_with(const std::string& code)
{
    return json::serialize(json::object{{"orderCode", code}, {"orderType", "1"}, {"status", "1"}});
}

}

TEST_CASE("only letters and digits, with - and _ inside, can be an order code")
{
    for (const auto& code : impossible) {
        INFO(code);
        CHECK_FALSE(can_be_order_code(code));
    }
    for (const auto& code : possible) {
        INFO(code);
        CHECK(can_be_order_code(code));
    }
}

TEST_CASE("an answer whose order code cannot be one is no answer that can be used")
{
    for (const auto& code : impossible) {
        INFO(code);
        auto created = decode_created(object_with(code));
        if (created) CHECK(can_be_order_code(created->text)); // outer white space is no part of it
        auto page = decode_orders("[" + object_with(code) + "]");
        REQUIRE(page);
        for (const auto& order : page->items) CHECK(can_be_order_code(order.code.text));
        CHECK(page->items.size() + page->unreadable.size() == 1);
    }
    for (const auto& code : {"-", "..", ".", "=1+1", "X: y"}) {
        INFO(code);
        CHECK_FALSE(decode_created(object_with(code)));
        CHECK(decode_orders("[" + object_with(code) + "]")->unreadable.size() == 1);
        CHECK_FALSE(decode_order(object_with(code)));
    }
    for (const auto& code : possible) {
        INFO(code);
        CHECK(decode_created(object_with(code))->text == code);
        CHECK(decode_orders("[" + object_with(code) + "]")->items.size() == 1);
    }
}

TEST_CASE("what was sent is no order code, however it is written")
{
    start_order start;
    start.customer_code = "B20000205";
    start.line_id = "CAF1234567890";
    start.line_access_key = "a1b2c3d4";
    start.product_codes = {"1-1-1-1-2", "0-1-1-3-1"};
    for (std::string code :
         {"CAF1234567890", "caf1234567890", "CAF-1234-567890", "a1b2c3d4", "B20000205", "0-1-1-3-1"}) {
        INFO(code);
        CHECK(repeats_request(code, start));
    }
    change_order change{"B20000205", "int-12345678", {{1, "0-1-1-3-1"}}};
    cancel_order cancel{"B20000205", "int-12345678", "20271231"};
    CHECK(repeats_request("int-12345678", change));
    CHECK(repeats_request("INT12345678", cancel));
    CHECK(repeats_request("0-1-1-3-1", change));
    CHECK(repeats_request("20271231", cancel));
    for (const order_request& sent : {order_request(start), order_request(change), order_request(cancel)}) {
        CHECK_FALSE(repeats_request("B2000020500000001", sent));
        CHECK_FALSE(repeats_request("1", sent));
    }
    CHECK_FALSE(repeats_request("A1", change_order{}));
}

TEST_CASE("a site code is what the document lets it be, and no way to another place")
{
    for (std::string code : {"int-12345678", "C0001", "a/b", "~=-[]{};\"<>?", "v1.2", "A..B"}) {
        INFO(code);
        CHECK(can_be_site_code(code));
    }
    CHECK(can_be_site_code(std::string(256, 'x')));
    for (std::string code : {"", "..", ".", "../../etc/passwd", "a/../b", "a\\..\\b", "/etc/passwd", "a//b", "a/",
                             "two words", "a\x01", "a\x7F", "a\n", "保守番号"}) {
        INFO(code);
        CHECK_FALSE(can_be_site_code(code));
    }
    CHECK_FALSE(can_be_site_code(std::string(257, 'x')));
}

TEST_CASE("an element of a list of sites whose code cannot be one is left out alone, with the reason")
{
    for (std::string code : {"../../etc/passwd", "two words", "a\x01"}) {
        INFO(code);
        json::array sites{json::object{{"customerSiteCode", "int-1"}, {"status", "1"}},
                          json::object{{"customerSiteCode", code}, {"status", "1"}}, json::value(nullptr)};
        auto page = decode_sites(json::serialize(json::object{{"customerSite", sites}}));
        REQUIRE(page);
        CHECK(page->items.size() == 1);
        REQUIRE(page->unreadable.size() == 2);
        CHECK(page->unreadable[0].told->code.text == code);
        CHECK_THAT(page->unreadable[0].why, Catch::Matchers::Contains("customerSiteCode"));
        CHECK_FALSE(page->unreadable[1].why.empty());
    }
}
