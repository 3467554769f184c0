#include "orderd/provider/api.hpp"
#include "orderd/provider/codec.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::provider;

namespace {

list_page<product> listed(const std::string& type, const std::string& detail, const std::string& prices = "1")
{
    auto page =
        decode_products(R"({"customerProduct": [{"productCode": "1-1", "productName": "P", "productType": )" + type +
                        R"(, "detail": )" + detail + R"(, "purchasePrice": )" + prices + R"(, "monthlyPrice": 5}]})");
    REQUIRE(page);
    return *page;
}

std::string why_not(const list_page<product>& page)
{
    listing<product> all;
    all.items = page.items;
    all.unreadable = page.unreadable;
    return why_no_catalogue(all);
}

}

TEST_CASE("what decides which columns an order needs is never guessed")
{
    for (auto cpe : {"1", "\"1\"", "1.0", "\"１\"", "\"専用CPE付き\"", "\"1:専用CPE付き\"", "\"1：専用CPE付き\""}) {
        CAPTURE(cpe);
        auto page = listed("1", R"({"cpe": )" + std::string(cpe) + R"(, "ipaddress": "2"})");
        REQUIRE(page.items.size() == 1);
        CHECK(page.items[0].dedicated_cpe());
        CHECK(page.items[0].ipaddress == "2");
    }
    CHECK(listed("1", R"({"cpe": "パートナーCPE"})").items.at(0).cpe == "2");
    for (auto nothing : {"null", "\"\"", "[]", "{}"})
        CHECK(listed("1", R"({"cpe": )" + std::string(nothing) + "}").items.at(0).cpe.empty());
    for (auto odd : {"[1]", "[1, 2]", R"({"value": 1})", "\"banana\"", "true", "-1", "1.5", "\"1 or 2\""})
        for (std::string member : {"cpe", "ipaddress"}) {
            CAPTURE(odd, member);
            auto page = listed("1", "{\"" + member + "\": " + odd + "}");
            CHECK(page.items.empty());
            REQUIRE(page.unreadable.size() == 1);
            CHECK(page.unreadable[0].why.find("product 1-1: its " + member + " cannot be read: ") == 0);
        }
    for (auto detail : {"[{\"cpe\": 1}]", "\"cpe=1\"", "7"})
        CHECK(listed("1", detail).unreadable.at(0).why == "product 1-1: its detail cannot be read");
}

TEST_CASE("types of products are read in the document's words")
{
    for (auto type : {"1", "\"1\"", "\"主商品\"", "\"1:主商品\"", "\"1：主商品\"", "\" 主商品 \"", "\"Main\""})
        CHECK(listed(type, "null").items.at(0).type == 1);
    for (auto type : {"2", "\"オプション\"", "\"ｵﾌﾟｼｮﾝ\"", "\"2:オンサイト保守オプション\"", "\"option\""})
        CHECK(listed(type, "null").items.at(0).type == 2);
    for (auto type : {"\"1:オプション\"", "3", "\"福袋\"", "null"}) CHECK(listed(type, "null").items.empty());
}

TEST_CASE("a list without a main product is no catalogue, and why is said")
{
    CHECK(why_not(listed("\"主商品\"", "null")).empty());
    CHECK(why_not(listed("\"福袋\"", "null")) ==
          "no main product can be recognised among the 1 products that the provider "
          "lists: product 1-1 has the productType \"福袋\"");
    CHECK(why_not(listed("2", "null")).find("none has the productType 1") != std::string::npos);
    CHECK(why_not({}) == "the provider lists no product for this customer; check the contract with it");
}

TEST_CASE("a price that is none, or of which sums would overflow, is not known")
{
    for (auto price :
         {"\"3,000円\"", "-1", "1e30", "\"1e30\"", "10000000000", "999999999999999", "[3000, 1]", "null", "\"\""})
        CHECK(listed("1", "null", price).items.at(0).purchase_price == std::nullopt);
    CHECK(listed("1", "null", "\"3000\"").items.at(0).purchase_price == 3000);
    CHECK(listed("1", "null", "0").items.at(0).purchase_price == 0);
}
