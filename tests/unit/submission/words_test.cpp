#include "orderd/submission/reconcile.hpp"
#include "orderd/submission/words.hpp"
#include "searches.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::submission;
using Catch::Matchers::Contains;
using tests::judged_as;
using tests::search_of;

TEST_CASE("members are called as operators call them in Japanese, and as the provider does in English")
{
    CHECK(member_words("customerSiteName", true) == "拠点名");
    CHECK(member_words("lineId", true) == "回線ID");
    CHECK(member_words("lineAccessKey", true) == "アクセスキー");
    CHECK(member_words("customerSiteCode", true) == "保守番号");
    CHECK(member_words("hopeToStartAt", true) == "開通希望日");
    CHECK(member_words("hopeToEndAt", true) == "廃止希望日");
    CHECK(member_words("products", true) == "商品");
    CHECK(member_words("customerSiteName", false) == "customerSiteName");
    CHECK(member_words("somethingNew", true) == "somethingNew");
}

TEST_CASE("products of a change are told with what is added and what removed")
{
    CHECK(products_words("1:0-1-1-3-2|3:0-1-1-3-1", false) == "add 0-1-1-3-2, remove 0-1-1-3-1");
    CHECK(products_words("1:0-1-1-3-2|3:0-1-1-3-1", true) == "追加 0-1-1-3-2、廃止 0-1-1-3-1");
    CHECK(products_words("0-1-1-3-2", true) == "0-1-1-3-2");
    CHECK(products_words("", true) == "");
}

TEST_CASE("the products of two changes that add and remove the same differ for a person")
{
    CHECK(differs({"products", false, "1:a", "1:b"}));
    CHECK(differs({"products", true, "1:a|3:b", "3:a|1:b"}));
    CHECK_FALSE(differs({"products", true, "1:a", "1:a"}));
    CHECK_FALSE(differs({"products", true, "1:a", "a"})); // not told which
    CHECK_FALSE(differs({"customerSiteName", true, "東京", "東京 "}));
}

TEST_CASE("an order is told by its day, its site and its status")
{
    CHECK(facts_words("2026/11/26", "東京", "4", false) == "applied for on 2026-11-26, site \"東京\", cancelled");
    CHECK(facts_words("20261126", "東京", "2", true) == "申込日 2026-11-26、拠点名「東京」、完了");
    CHECK(facts_words("soon", "", "9", false) == "applied for on soon, 9");
    CHECK(facts_words("", "", "", true).empty());

    auto e = judged_as(verdict::perhaps, "A1", {{"lineAccessKey", false, "", ""}, {"lineId", true, "L", "L"}});
    e.application_date = "20261126";
    e.customer_site_name = "東京";
    e.status = "4";
    auto told = tell(search_of({judged_as(verdict::another, "Z1"), e, judged_as(verdict::ours, "B1")}));
    CHECK_THAT(told.english, Contains("applied for on 2026-11-26, site \"東京\", cancelled"));
    CHECK_THAT(told.japanese, Contains("不一致：アクセスキー") && Contains("一致：回線ID") && Contains("キャンセル済"));
    CHECK(told.english.find("B1") < told.english.find("A1"));
    CHECK(told.english.find("A1") < told.english.find("Z1"));
}
