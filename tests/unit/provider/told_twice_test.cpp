#include "orderd/provider/codec.hpp"
#include "provider/failure_from.hpp"
#include "provider/json_names.hpp"

#include <catch2/catch.hpp>

// What an object says that tells a member twice depends on who reads it.
using namespace orderd;
using namespace orderd::provider;
using what = failure::what_happened;

namespace {

std::string in_place_of(std::string text, const std::string& word, const std::string& by)
{
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + by.size()))
        text.replace(at, word.size(), by);
    return text;
}

}

TEST_CASE("a name that stands twice in one object is found, wherever and however it is written")
{
    CHECK(name_told_twice(R"({"a":1,"a":2})") == "a");
    CHECK(name_told_twice(R"({"a":1,"\u0061":2})") == "a");
    CHECK(name_told_twice(R"({"a":1,"b":[0,{"c":{},"d":1,"c":[]}]})") == "c");
    CHECK(name_told_twice(R"([{"a":1},{"":1,"":1}])") == "");
    CHECK(name_told_twice(R"({"東京":1,"東\u4eac":1})") == "東京");
    for (std::string text : {R"({"a":1,"b":2})", R"({"a":{"a":{"a":1}},"b":{"a":1}})", R"([{"a":1},{"a":1}])", "[]",
                             R"({"a":1,"A":2})", R"({"a":"a"})"}) {
        INFO(text);
        CHECK_FALSE(name_told_twice(text));
    }
}

TEST_CASE("an envelope that tells a member twice is no list, whatever either holds")
{
    const std::string ours = R"({"orderCode":"A1","orderType":1,"status":1})";
    for (std::string body :
         {R"({"orders":[OURS],"orders":[]})", R"({"orders":[],"orders":[OURS]})", R"({"orders":[],"orders":[]})",
          R"({"orders":OURS,"orders":[]})", R"({"orders":[1],"orders":[]})", R"({"orders":null,"orders":[]})",
          R"({"orders":[OURS],"\u006frders":[]})", R"({"\u006Frders":[OURS],"orders":[]})",
          R"({"orders":[OURS],"total":0,"orders":[]})", R"({"total":0,"orders":[],"total":1})",
          R"({"hasMore":true,"orders":[],"hasMore":false})", R"({"orders":[],"meta":{"total":1,"total":0}})",
          R"({"errors":[1],"orders":[],"errors":null})"}) {
        INFO(body);
        body = in_place_of(body, "OURS", ours);
        CHECK_FALSE(decode_orders(body));
        CHECK_FALSE(decode_orders(in_place_of(body, "rders\"", "rder\"")));
        CHECK_FALSE(decode_products(in_place_of(in_place_of(body, "orders", "products"), "\\u006frders", "data")));
        CHECK_FALSE(decode_sites(in_place_of(in_place_of(body, "orders", "data"), "\\u006frders", "d\\u0061ta")));
        CHECK_THAT(shape_of(body), Catch::Contains("twice"));
    }
}

TEST_CASE("an element that tells a member twice cannot be read, and the others can")
{
    auto page = decode_orders(R"([{"orderCode":"A1","x":{"y":1,"y":2}},{"orderCode":"B2","status":1,"status":2},)"
                              R"({"orderCode":"C3","orderType":1,"status":1}])");
    REQUIRE(page);
    REQUIRE(page->items.size() == 1);
    CHECK(page->items[0].code.text == "C3");
    REQUIRE(page->unreadable.size() == 2);
    CHECK(page->unreadable[0].why == "it tells \"y\" twice");
    auto sites = decode_sites(R"([{"customerSiteCode":"a","status":1,"customerSiteCode":"b"}])");
    REQUIRE(sites);
    CHECK((sites->items.empty() && sites->unreadable.size() == 1));
    auto products = decode_products(R"([{"productCode":"a","productType":2,"productType":1}])");
    REQUIRE(products);
    CHECK((products->items.empty() && products->unreadable.size() == 1));
}

TEST_CASE("an answer of one thing that tells a member twice is none")
{
    CHECK_FALSE(decode_created(R"({"orderCode":"A1","orderCode":"B2"})"));
    CHECK_FALSE(decode_created(R"({"orderCode":"A1","order\u0043ode":"A1"})"));
    CHECK_FALSE(decode_created(R"({"errors":[{"errorCode":"5000101"}],"orderCode":"A1","errors":null})"));
    CHECK_FALSE(decode_order(R"({"orderCode":"A1","status":"1","status":"2"})"));
    CHECK_FALSE(decode_order(R"({"orderCode":"A1","status":"1","contracts":[{"productCode":"a","productCode":"b"}]})"));
    CHECK_FALSE(decode_order(R"({"order":{"orderCode":"A1","status":"1"},"order":{"orderCode":"A1","status":"2"}})"));
    CHECK_FALSE(decode_site(R"({"customerSiteCode":"a","lineId":"x","lineId":"y"})"));
    const http::response refusal{400, {}, R"({"errors":[{"errorCode":"4000137"}],"errors":[{"errorCode":"4000110"}]})"};
    CHECK(failure_from(refusal).kind == what::unusable);
    CHECK(failure_from(refusal, true).kind == what::unusable); // and not "not found"
    CHECK(failure_from({400, {}, R"({"errors":[{"errorCode":"4000110","errorCode":"5000101"}]})"}).kind ==
          what::unusable);
}
