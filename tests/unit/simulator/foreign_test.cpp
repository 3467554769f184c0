#include "simulator/foreign.hpp"

#include <catch2/catch.hpp>

using namespace orderd::simulator;

namespace {

json::value start(std::string_view line)
{
    return json::object{
        {"orderType", "1"},
        {"startOrderPostData", json::object{{"customerCode", "A10000105"},
                                            {"customerSiteName", "東京拠点"},
                                            {"lineId", line},
                                            {"lineAccessKey", "a1b2c3d4"},
                                            {"products", json::array{json::object{{"productCode", "1-1-1-1-2"}}}}}}};
}
json::value change(std::string_view site, json::array products)
{
    return json::object{
        {"orderType", "2"},
        {"changeOrderPostData",
         json::object{{"customerCode", "A10000105"}, {"customerSiteCode", site}, {"products", std::move(products)}}}};
}
json::value cancel(std::string_view site, std::string_view end)
{
    return json::object{
        {"orderType", "3"},
        {"cancelOrderPostData",
         json::object{{"customerCode", "A10000105"}, {"customerSiteCode", site}, {"hopeToEndAt", end}}}};
}
json::object product(std::string_view change_type, std::string_view code)
{
    return {{"changeType", change_type}, {"productCode", code}};
}

settings in_company(double cancelled)
{
    settings with;
    with.foreign_orders = 1;
    with.foreign_cancelled = cancelled;
    return with;
}

}

TEST_CASE("somebody else's start is for the same line and has another name")
{
    std::mt19937_64 random(1);
    auto other = foreign_order(start("CAF1234567890"), random).value().at("startOrderPostData");
    CHECK(other.at("lineId") == "CAF1234567890");
    CHECK(other.at("customerSiteName") != "東京拠点");
}

TEST_CASE("somebody else's change of a site has the other change type or another product of the same kind")
{
    auto ours = change("int-10000001", {product("1", "0-1-1-3-1"), product("3", "0-1-1-3-2")});
    std::mt19937_64 random(1);
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        auto other = foreign_order(ours, random).value().at("changeOrderPostData");
        CHECK(other.at("customerSiteCode") == "int-10000001");
        REQUIRE(other.at("products").as_array().size() == 1);
        seen.insert(json::serialize(other.at("products").at(0)));
    }
    CHECK(seen == std::set<std::string>{R"({"changeType":"3","productCode":"0-1-1-3-1"})",
                                        R"({"changeType":"1","productCode":"0-1-1-3-2"})"});
}

TEST_CASE("somebody else's cancel of a site has another end day or month, and replaces nothing")
{
    std::mt19937_64 random(1);
    for (auto [ours, theirs] : {std::pair{"20281231", "20290101"}, {"202812", "202901"}, {"20280228", "20280229"}}) {
        auto other = foreign_order(cancel("int-10000001", ours), random).value().at("cancelOrderPostData");
        CHECK(other.at("hopeToEndAt") == theirs);
        CHECK(other.at("overwriteCheckFlag") == "0");
    }
}

TEST_CASE("nobody orders the like of a body that is no order")
{
    std::mt19937_64 random(1);
    for (auto text : {"[]", "7", R"({"orderType":"2","changeOrderPostData":{"products":[]}})",
                      R"({"orderType":"3","cancelOrderPostData":{"hopeToEndAt":7}})"})
        CHECK_FALSE(foreign_order(json::parse(text), random));
}

TEST_CASE("a line has one live order whoever came first; a foreign one that was cancelled at once blocks nobody")
{
    for (double cancelled : {0.0, 1.0}) {
        world provider(7);
        auto with = in_company(cancelled);
        int refused = 0, foreign = 0;
        for (int i = 0; i < 200; ++i) {
            auto placed = place_in_company(provider, start("CAF" + std::to_string(1000000000 + i)), with, clock::now());
            refused += std::holds_alternative<api_error>(placed);
        }
        std::map<std::string, int> live;
        for (const auto& o : provider.orders()) {
            if (o.status == "1") ++live[o.line_id];
            foreign += o.foreign;
            CHECK((o.status == "1" || o.foreign));
        }
        CHECK(live.size() == 200);
        for (const auto& [line, orders] : live) CHECK(orders == 1);
        CHECK(foreign > 50);
        CHECK(foreign < 150); // one that comes after ours is refused
        CHECK(refused == (cancelled > 0 ? 0 : foreign));
    }
}

TEST_CASE("without the guard of lines both orders are there, in either sequence")
{
    world provider(7);
    auto with = in_company(0);
    with.line_guard = false;
    int first = 0;
    for (int i = 0; i < 100; ++i) {
        auto placed = place_in_company(provider, start("CAF1234567890"), with, clock::now());
        first += provider.order(std::get<std::string>(placed)) == &provider.orders().back();
    }
    CHECK(provider.orders().size() == 200);
    CHECK(first > 20);
    CHECK(first < 80);
}

TEST_CASE("a change that adds and removes is one order, or one for each change type")
{
    auto ours = change("int-10000001", {product("3", "0-1-1-3-2"), product("1", "0-1-1-3-1")});
    for (bool split : {false, true}) {
        world provider(7);
        provider.add_sites(1, *find_product("1-1-1-1-1"));
        settings with;
        with.split_changes = split;
        auto code = std::get<std::string>(provider.place(ours, with, clock::now()));
        CHECK(code == provider.orders().front().code);
        REQUIRE(provider.orders().size() == (split ? 2 : 1));
        if (!split) continue;
        CHECK(provider.orders()[0].products.front().change_type == "1");
        CHECK(provider.orders()[1].products.front().change_type == "3");
        CHECK(json::serialize(provider.orders()[1].body.at("products")) ==
              R"([{"changeType":"3","productCode":"0-1-1-3-2"}])");
    }
}
