#include "orderd/store/products.hpp"

#include <catch2/catch.hpp>

using namespace orderd::store;

TEST_CASE("thirty thousand changes of the catalogue are a line for each kind, with a count and some examples")
{
    std::vector<catalogue_change> changes;
    for (int i = 0; i < 30'000; ++i)
        changes.push_back({"P" + std::to_string(i), "name", i % 3 ? "price" : "missing", 1, 2, 3, 4});
    auto news = by_kind(changes);
    REQUIRE(news.size() == 2);
    CHECK(news[0].kind == "missing");
    CHECK(news[0].products == 10'000);
    CHECK(news[1].products == 20'000);
    CHECK(news[1].examples ==
          "P1 (name): price 1 + 2 a month -> 3 + 4 a month; P2 (name): price 1 + 2 a month -> 3 + 4 "
          "a month; P4 (name): price 1 + 2 a month -> 3 + 4 a month");
    CHECK(news[0].examples.find("P0 (name): not in the list") == 0);
    CHECK(by_kind({}).empty());
}
