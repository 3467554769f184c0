#include "orderd/provider/codec.hpp"
#include "provider/around_list.hpp"

#include <catch2/catch.hpp>

// What an answer tells beside its list: an empty list proves that there is none only where nothing says otherwise.
using namespace orderd;
using namespace orderd::provider;

namespace {

const std::string an_order = R"({"orderCode":"A1","orderType":1,"status":1})";

std::string orders(const std::string& elements, const std::string& beside)
{
    return R"({"orders":[)" + elements + "]," + beside + "}";
}

std::string refused(const std::string& body)
{
    auto reader = read_orders();
    reader->begin();
    reader->take(body);
    auto page = reader->end();
    return page ? "a list" : reader->refused();
}

}

TEST_CASE("an empty list beside a member that does not say that there is none is no list")
{
    for (std::string beside : {R"("success":false)",
                               R"("success":"false")",
                               R"("success":0)",
                               R"("ok":false)",
                               R"("result":"NG")",
                               R"("result":false)",
                               R"("resultCode":"500")",
                               R"("resultCode":1)",
                               R"("code":500)",
                               R"("code":"E1001")",
                               R"("status":"error")",
                               R"("status":503)",
                               R"("statusCode":206)",
                               R"("exception":"java.lang.Error")",
                               R"("exception":{"code":0})",
                               R"("failed":true)",
                               R"("hasErrors":true)",
                               R"("warning":"stale")",
                               R"("timed_out":true)",
                               R"("hasMore":true)",
                               R"("has_more":1)",
                               R"("hasMore":"yes")",
                               R"("hasNext":true)",
                               R"("moreRecords":true)",
                               R"("next":"/orders?offset=1")",
                               R"("next":1)",
                               R"("nextToken":"abc")",
                               R"("nextPageToken":"abc")",
                               R"("@odata.nextLink":"/x")",
                               R"("cursor":"abc")",
                               R"("links":{"next":"/x"})",
                               R"("_links":{"self":{"href":"/a"},"next":{"href":"/b"}})",
                               R"("links":"x")",
                               R"("last":false)",
                               R"("isLast":false)",
                               R"("complete":false)",
                               R"("truncated":true)",
                               R"("partial":true)",
                               R"("incomplete":true)",
                               R"("count":1)",
                               R"("count":"1")",
                               R"("count":-1)",
                               R"("count":"many")",
                               R"("total":1)",
                               R"("totalCount":1)",
                               R"("totalItems":3)",
                               R"("totalElements":3)",
                               R"("total_records":3)",
                               R"("orderCount":2)",
                               R"("numberOfElements":2)",
                               R"("totalPages":2)",
                               R"("size":1)",
                               R"("件数":1)",
                               R"("meta":{"total":1})",
                               R"("meta":{"page":{"total":1}})",
                               R"("pagination":{"total":1})",
                               R"("pagination":{"hasMore":true})",
                               R"("page":{"totalElements":1,"size":0})",
                               R"("status":{"code":500})",
                               R"("remaining":4)",
                               R"("empty":false)",
                               R"("first":false)",
                               R"("last":"/orders?page=7")",
                               R"("note":"see the other list")",
                               R"("order":{"orderCode":"A1"})",
                               R"("data":{"orderCode":"A1"})",
                               R"("other":{"total":0})",
                               R"("":1)",
                               R"("meta":{"note":"x"})",
                               R"("requestId":{"a":1})"}) {
        INFO(beside);
        CHECK_FALSE(decode_orders(orders("", beside)));
        CHECK_FALSE(decode_orders("{" + beside + R"(,"Orders":[]})"));
        CHECK_FALSE(decode_sites(R"({"customerSites":[],)" + beside + "}"));
        CHECK_FALSE(decode_products(R"({"items":[],)" + beside + "}"));
        CHECK(refused(orders("", beside)).starts_with("an empty list, but what is told as \""));
    }
    CHECK(refused(orders("", R"("meta":{"page":{"total":1}})")) ==
          "an empty list, but what is told as \"meta.page.total\" does not say that there is none");
}

TEST_CASE("an empty list beside members that fit it says that there is none")
{
    for (std::string beside : {R"("total":0)",
                               R"("totalCount":"0")",
                               R"("count":0.0)",
                               R"("success":true)",
                               R"("success":"true")",
                               R"("ok":1)",
                               R"("code":0)",
                               R"("code":"0000")",
                               R"("code":200)",
                               R"("resultCode":"200")",
                               R"("result":"OK")",
                               R"("status":"success")",
                               R"("status":{"code":"0"})",
                               R"("resultStatus":"正常終了")",
                               R"("hasMore":false)",
                               R"("hasMore":"false")",
                               R"("next":null)",
                               R"("nextToken":"")",
                               R"("next":{})",
                               R"("truncated":false)",
                               R"("last":true)",
                               R"("first":true,"last":true,"empty":true)",
                               R"("offset":0,"limit":9999)",
                               R"("page":1,"perPage":"20")",
                               R"("exception":null)",
                               R"("failed":false)",
                               R"("links":{"self":"/orders","next":null,"prev":""})",
                               R"("_links":{"self":{"href":"/orders"}})",
                               R"("meta":{"total":0,"page":{"number":0}})",
                               R"("pagination":{"total_count":0,"has_next":false})",
                               R"("requestId":"r","timestamp":1764201600)",
                               R"("anything":null)",
                               R"("anything":"")",
                               R"("other":{})"}) {
        INFO(beside);
        auto page = decode_orders(orders("", beside));
        REQUIRE(page);
        CHECK(page->items.empty());
        CHECK(page->against_whole.empty());
    }
}

TEST_CASE("an empty page behind others may tell how many those had")
{
    for (auto [beside, received, list] : {std::tuple(R"("total":7)", 7, true),
                                          {R"("total":7)", 6, false},
                                          {R"("count":3,"total":7)", 7, true},
                                          {R"("first":false,"total":7)", 7, true},
                                          {R"("hasMore":true,"total":7)", 7, false}}) {
        INFO(beside << " " << received);
        auto reader = read_orders({}, static_cast<std::size_t>(received));
        reader->take(orders("", beside));
        CHECK(reader->end().has_value() == list);
    }
}

TEST_CASE("a list whose envelope tells a failure, or that there is more, is not whole")
{
    for (auto [beside, member] : {std::pair(R"("hasMore":true)", "hasMore"),
                                  {R"("success":false)", "success"},
                                  {R"("resultCode":"500")", "resultCode"},
                                  {R"("result":"NG")", "result"},
                                  {R"("exception":"x")", "exception"},
                                  {R"("links":{"next":"/x"})", "links.next"},
                                  {R"("last":false)", "last"},
                                  {R"("meta":{"truncated":true})", "meta.truncated"},
                                  {R"("hasMore":false,"requestId":"r","other":"x","page":{"size":1})", ""},
                                  {R"("first":false,"last":true,"note":{"a":[1]})", ""}}) {
        INFO(beside);
        auto page = decode_orders(orders(an_order, beside));
        REQUIRE(page);
        CHECK(page->items.size() == 1);
        CHECK(page->against_whole == member);
    }
    CHECK(decode_orders(orders(an_order, R"("meta":{"total":5})"))->total == 5);
    CHECK(decode_orders(orders(an_order, R"("totalItems":"6")"))->total == 6);
    CHECK(decode_orders(orders(an_order, R"("total":null)"))->total == std::nullopt);
}

TEST_CASE("an answer's head may tell of more than its list has")
{
    auto none = [](std::string name, std::string value) {
        return around_list(
                   http::headers{{"Date", "Fri, 27 Nov 2026 00:00:00 GMT"}, {std::move(name), std::move(value)}}, 0)
            .against_none;
    };
    for (auto [name, value] : {std::pair("X-Total-Count", "1"),
                               {"x-total", "7"},
                               {"X-Pagination-Total-Count", "1"},
                               {"X-Has-More", "true"},
                               {"Link", R"(</orders?offset=1>; rel="next")"},
                               {"Link", "</a>; rel=prev, </b>; rel=next"},
                               {"link", R"(</b>; title="x"; rel="last next")"},
                               {"X-Next-Page", "2"},
                               {"Content-Range", "items 0-0/1"},
                               {"X-Pagination", R"({"totalCount":1,"pageSize":20})"},
                               {"X-Total-Count", "many"}}) {
        INFO(name << ": " << value);
        CHECK(none(name, value) == name + std::string(name == std::string("X-Pagination") ? ".totalCount" : ""));
    }
    for (auto [name, value] : {std::pair("X-Total-Count", "0"),
                               {"X-Total-Count", ""},
                               {"Link", R"(</orders>; rel="self")"},
                               {"Link", R"(</a>; rel="first", </a>; rel="last")"},
                               {"X-Has-More", "false"},
                               {"X-Next-Page", ""},
                               {"Content-Range", "items */0"},
                               {"Content-Range", "items 0-0/*"},
                               {"X-RateLimit-Remaining", "99"},
                               {"X-Response-Time", "12"},
                               {"X-Request-Id", "next"},
                               {"X-Pagination", R"({"totalCount":0})"},
                               {"X-Pagination", "20"}}) {
        INFO(name << ": " << value);
        CHECK(none(name, value) == "");
    }
    CHECK(around_list(http::headers{{"X-Total-Count", "8"}}, 8).against_none.empty());
    CHECK(around_list(http::headers{{"X-Total-Count", "8"}}, 0).total == 8);
    CHECK(around_list(http::headers{{"Link", "</b>; rel=next"}}, 8).against_whole == "Link");
}
