#include "orderd/provider/codec.hpp"
#include "provider/failure_from.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::provider;
using what = failure::what_happened;

namespace {

using texts = std::vector<std::string>;

const std::string an_order = R"({"orderCode":"A1","orderType":1,"customerSiteCode":"int-1","status":"1"})";

/// What one order in a list is told as.
std::optional<order_summary> one_order(const std::string& members)
{
    auto page = decode_orders(R"([{"orderCode":"A1","orderType":"1","status":"1",)" + members + "}]");
    if (!page || page->items.size() != 1) return std::nullopt;
    return page->items[0];
}

http::response answer(int status, std::string body = {}, http::headers fields = {})
{
    return {status, std::move(fields), std::move(body)};
}
std::string errors(const std::string& code)
{
    return R"({"errors":[{"errorCode":")" + code + R"(","errorMessage":"words","requestId":"r"}]})";
}
std::string fault(const std::string& code)
{
    return R"({"fault":{"faultstring":"words","detail":{"errorcode":")" + code + R"("}}})";
}
what kind(int status, const std::string& body = {}, bool one_thing = false)
{
    return failure_from(answer(status, body), one_thing).kind;
}

}

TEST_CASE("a bare array, or an object with one array under a name that says so, is a list")
{
    const struct {
        std::string before, after;
    } rows[] = {
        {"[", "]"},
        {" \r\n[", "]\n "},
        {R"({"orders":[)", "]}"},
        {R"({"order":[)", "]}"},
        {R"({"list":[)", "]}"},
        {R"({"result":[)", "]}"},
        {R"({"orders":[)", R"(],"limit":500,"offset":null,"page":{"number":1}})"},
        {R"({"errors":null,"orders":[)", "]}"}, // RULINGS R2: null and "" are absent
        {R"({"errorCode":"","errorMessage":null,"message":"","orders":[)", "]}"},
        {R"({"fault":null,"result":[)", "]}"},
    };
    for (const auto& row : rows) {
        INFO(row.before);
        auto none = decode_orders(row.before + row.after);
        REQUIRE(none);
        CHECK(none->items.empty());
        CHECK(none->unreadable.empty());
        auto one = decode_orders(row.before + an_order + row.after);
        REQUIRE(one);
        REQUIRE(one->items.size() == 1);
        CHECK(one->items[0].code.text == "A1");
        CHECK(one->unreadable.empty());
    }
    for (auto text :
         {"[]", R"({"customerProduct":[]})", R"({"customerProducts":[]})", R"({"result":[]})", R"({"list":[]})"})
        CHECK(decode_products(text));
    for (auto text : {"[]", R"({"customerSite":[]})", R"({"customerSites":[]})", R"({"result":[]})", R"({"list":[]})"})
        CHECK(decode_sites(text));
}

TEST_CASE("everything else is no list, and never an empty one")
{
    const std::string bodies[] = {
        "",
        " ",
        "\r\n",
        "null",
        "true",
        "0",
        "\"\"",
        "\"[]\"",
        "{}",
        "<html></html>",
        "[",
        "[]]",
        "[],",
        "[] []",
        "[" + an_order,
        "[" + an_order + ",",
        R"({"orders":[)",
        R"({"orders":null})",
        R"({"orders":{}})",
        R"({"orders":""})",
        R"({"orders":"[]"})",
        R"({"orders":0})",
        R"({"total":0})",
        R"({"something":[]})",
        R"({"warnings":[]})",
        R"({"orders":null,"warnings":[]})",
        R"({"orders":[],"result":[]})",
        R"({"orders":[],"warnings":["x"]})",
        R"({"errors":[]})",
        R"({"errors":{}})",
        R"({"errors":[{"errorCode":"5000102"}]})",
        R"({"errors":[{"errorCode":"5000102"}],"orders":[]})",
        R"({"orders":[],"errors":[{"errorCode":"5000102"}]})",
        R"({"orders":[],"errors":"x"})",
        R"({"orders":[],"errors":{"errorCode":"x"}})",
        R"({"errorCode":"5000102","errorMessage":"words"})",
        R"({"errorCode":"5000102","orders":[]})",
        R"({"errorCode":5000102,"orders":[]})",
        R"({"fault":{"faultstring":"x"}})",
        R"({"fault":{"faultstring":"x"},"orders":[]})",
        R"({"message":"maintenance"})",
        R"({"message":"maintenance","orders":[]})",
        R"({"message":"maintenance","result":[]})",
    };
    for (const auto& body : bodies) {
        INFO(body);
        CHECK_FALSE(decode_orders(body));
        CHECK_FALSE(decode_products(body));
        CHECK_FALSE(decode_sites(body));
        CHECK_FALSE(shape_of(body).empty());
    }
    CHECK_FALSE(decode_orders(an_order)); // one order is no list of orders
    CHECK_FALSE(decode_orders(R"({"customerSite":[]})"));
    CHECK_FALSE(decode_products(R"({"orders":[]})"));
    CHECK_FALSE(decode_sites(R"({"customerProduct":[]})"));
}

TEST_CASE("what is no answer is named in words")
{
    CHECK_THAT(shape_of(R"({"errors":[]})"), Catch::Contains("errors"));
    CHECK_THAT(shape_of(R"({"fault":{}})"), Catch::Contains("fault"));
    CHECK_THAT(shape_of(R"({"message":"x"})"), Catch::Contains("message"));
    CHECK(shape_of("") != shape_of("{}"));
    CHECK(shape_of("null") != shape_of("<html>"));
    CHECK(shape_of(std::string(1'000'000, 'x')).size() < 1000);
}

TEST_CASE("an element without its key, or that is no object, is not left out in silence")
{
    for (std::string_view element :
         {"1", "null", "\"A1\"", "[]", "true", "{}", R"({"orderType":"1","status":"1"})", R"({"orderCode":null})",
          R"({"orderCode":""})", R"({"orderCode":" "})", R"({"orderCode":{}})", R"({"orderCode":["A1"]})",
          R"({"orderCode":"A\u0000"})", R"({"orderCode":"\u0000"})", R"({"orderCode":"A\ufffd1"})"}) {
        INFO(element);
        auto page = decode_orders("[" + an_order + "," + std::string(element) + "]");
        REQUIRE(page);
        CHECK(page->items.size() == 1);
        REQUIRE(page->unreadable.size() == 1);
        CHECK_FALSE(page->unreadable[0].why.empty());
    }
    for (std::string_view element : {"1", "null", "{}", R"({"customerSiteCode":null,"customerSiteName":"x"})",
                                     R"({"customerSiteCode":""})", R"({"customerSiteCode":"a\u0000"})"}) {
        INFO(element);
        auto page = decode_sites(R"([{"customerSiteCode":"int-1","status":"1"},)" + std::string(element) + "]");
        REQUIRE(page);
        CHECK(page->items.size() == 1);
        CHECK(page->unreadable.size() == 1);
    }
    for (std::string_view element :
         {"1", "null", "{}", R"({"productCode":null,"productType":1})", R"({"productCode":"","productType":1})",
          R"({"productCode":"b","productType":"福袋"})", R"({"productCode":"b","productType":9})",
          R"({"productCode":"b","productType":1.5})", R"({"productCode":"b"})",
          R"({"productCode":"b","productType":null})"}) {
        INFO(element);
        auto page = decode_products(R"([{"productCode":"a","productType":1},)" + std::string(element) + "]");
        REQUIRE(page);
        CHECK(page->items.size() == 1);
        CHECK(page->unreadable.size() == 1);
    }
}

TEST_CASE("an order of an unknown type or status is kept, by its words or as unreadable")
{
    for (std::string_view members : {R"("orderType":"9","status":"1")", R"("orderType":"申込","status":"1")",
                                     R"("orderType":"1","status":"7")", R"("orderType":"1","status":"受付中")",
                                     R"("orderType":"1.5","status":"1")", R"("status":"1")", R"("orderType":"1")"}) {
        INFO(members);
        auto page = decode_orders(R"([{"orderCode":"A1",)" + std::string(members) + "}]");
        REQUIRE(page);
        CHECK(page->items.size() + page->unreadable.size() == 1);
    }
    auto odd =
        decode_orders(R"([{"orderCode":"A1","orderType":"1","status":"受付中"}])"); // RULINGS R6: in progress still
    if (!odd->items.empty()) CHECK(odd->items[0].status == "受付中");
}

TEST_CASE("types and statuses are plain digits, however they are written")
{
    for (std::string one : {"1", "1.0", "1e0", "1E0", "1E+0", R"("1")", R"("01")", R"(" 1 ")", R"("1.0")", R"("1e0")",
                            "\"\uff11\"", R"("\u3000１")"}) {
        INFO(one);
        auto page = decode_orders(R"([{"orderCode":"A1","orderType":)" + one + R"(,"changeType":)" + one +
                                  R"(,"status":)" + one + "}]");
        REQUIRE(page);
        REQUIRE(page->items.size() == 1);
        CHECK(page->items[0].order_type == "1");
        CHECK(page->items[0].change_type == "1");
        CHECK(page->items[0].status == "1");
        auto detail = decode_order(R"({"orderCode":"A1","orderType":)" + one + R"(,"changeType":)" + one +
                                   R"(,"status":)" + one + R"(,"contracts":[{"productCode":"a","productType":)" + one +
                                   R"(,"changeType":)" + one + "}]}");
        REQUIRE(detail);
        CHECK(detail->order_type == "1");
        CHECK(detail->status == "1");
        CHECK(detail->change_type == "1");
        REQUIRE(detail->contracts.size() == 1);
        CHECK(detail->contracts[0].product_type == "1");
        CHECK(detail->contracts[0].change_type == "1");
        auto products = decode_products(R"([{"productCode":"a","productType":)" + one + "}]");
        REQUIRE(products);
        REQUIRE(products->items.size() == 1);
        CHECK(products->items[0].main());
    }
}

TEST_CASE("null, an empty text and a missing member are the same")
{
    for (std::string members : {R"("customerSiteName":null,"applicationDate":null,"changeType":null)",
                                R"("customerSiteName":"","applicationDate":"","changeType":"")", R"("x":1)"}) {
        INFO(members);
        auto o = one_order(members);
        REQUIRE(o);
        CHECK(o->customer_site_name == "");
        CHECK(o->application_date == "");
        CHECK(o->change_type == "");
    }
}

TEST_CASE("a day that is a number in JSON is still a day")
{
    auto o = one_order(R"("applicationDate":20261126,"hopeToStartAt":2.0261126e7,"hopeToEndAt":"20261126")");
    REQUIRE(o);
    CHECK(o->application_date == "20261126");
    CHECK_FALSE(o->hope_to_start_at.empty());
    CHECK(o->hope_to_end_at == "20261126");
}

TEST_CASE("an answer in CP932 is read as such, also where a character's second byte is a backslash")
{
    // 東京拠点, then ソ and 表 whose second byte is '\'
    const std::string tokyo = "\x93\x8c\x8b\x9e\x8b\x92\x93\x5f", so = "\x83\x5c", hyo = "\x95\x5c";
    auto page = decode_orders(R"([{"orderCode":"A1","orderType":1,"status":1,"customerSiteName":")" + tokyo + so + hyo +
                              R"("},{"orderCode":"A2","orderType":1,"status":1,"customerSiteName":")" + hyo + R"("}])");
    REQUIRE(page);
    REQUIRE(page->items.size() == 2);
    CHECK(page->items[0].customer_site_name == "東京拠点ソ表");
    CHECK(page->items[1].customer_site_name == "表");
    auto told = decode_errors(R"({"errors":[{"errorCode":"4000139","errorMessage":")" + tokyo + hyo + R"("}]})");
    REQUIRE(told.size() == 1);
    CHECK(told[0].code == "4000139");
    CHECK(told[0].message == "東京拠点表");
    auto detail = decode_order(R"({"orderCode":"A1","orderType":"1","status":"1","caseName":")" + so + R"("})");
    REQUIRE(detail);
    CHECK(detail->case_name == "ソ");
}

TEST_CASE("what the database cannot hold is replaced in texts")
{
    for (std::string name : {R"(東\u0000京)", "東\xff京"}) {
        auto o = one_order(R"("customerSiteName":")" + name + "\"");
        REQUIRE(o);
        INFO(o->customer_site_name);
        CHECK(o->customer_site_name.find('\0') == std::string::npos);
        CHECK(o->customer_site_name.find('\xff') == std::string::npos);
    }
    auto e =
        decode_errors(R"({"errors":[{"errorCode":"40\u000001","errorMessage":"a\u0000b","requestId":"r\u0000"}]})");
    REQUIRE(e.size() == 1);
    CHECK(e[0].message == "a\ufffdb");
    CHECK(e[0].code.find('\0') == std::string::npos);
    CHECK(e[0].request_id.find('\0') == std::string::npos);
}

TEST_CASE("an order is told bare or in an envelope")
{
    const std::string whole = R"({"orderCode":"A1","orderType":"1","status":"1","lineId":"CAF1",)"
                              R"("contracts":[{"productCode":"a","productType":1,"errorMessage":"words"}]})";
    for (std::string text : {whole, R"({"order":)" + whole + "}", R"({"result":)" + whole + "}",
                             R"({"errors":null,"message":"","order":)" + whole + "}"}) {
        INFO(text);
        auto o = decode_order(text);
        REQUIRE(o);
        CHECK(o->code.text == "A1");
        CHECK(o->line_id == "CAF1");
        REQUIRE(o->contracts.size() == 1);
        CHECK(o->contracts[0].product_code == "a");
        CHECK(o->contracts[0].error_message == "words"); // of a product: no error of the answer
    }
}

TEST_CASE("an answer that tells an error, or names no order, is no order")
{
    for (std::string_view text :
         {"", "null", "{}", "[]", R"({"order":null})", R"({"order":{}})", R"({"order":[]})", R"({"orderCode":null})",
          R"({"orderCode":"A\u0000","orderType":"1","status":"1"})",
          R"({"orderCode":"A1","orderType":"1","status":"1","errors":[{"errorCode":"5000102"}]})",
          R"({"orderCode":"A1","errorCode":"5000102"})", R"({"orderCode":"A1","fault":{"faultstring":"x"}})",
          R"({"order":{"orderCode":"A1","orderType":"1","status":"1"},"errors":[{"errorCode":"5000102"}]})",
          R"({"errors":[{"errorCode":"4000137"}]})", R"({"orderCode":"A1","orderType":"1","status":"1")"}) {
        INFO(text);
        CHECK_FALSE(decode_order(text));
    }
}

TEST_CASE("a code that was created can be used, or there is none")
{
    const struct {
        std::string_view told, code;
    } rows[] = {
        {R"({"orderCode":"A1000010100000001"})", "A1000010100000001"},
        {R"({"orderCode":1000010100000001})", "1000010100000001"},
        {R"({"orderCode":"A1","errors":null})", "A1"},
        {R"({"orderCode":"A1","errorCode":null,"errorMessage":""})", "A1"},
        {R"({"orderCode":"A1","requestId":"r"})", "A1"},
        {R"({"orderCode":"A1","errors":[{"errorCode":"5000102","errorMessage":"x"}]})", ""},
        {R"({"errors":[{"errorCode":"5000102"}],"orderCode":"A1"})", ""},
        {R"({"orderCode":"A1","errorCode":"5000102"})", ""},
        {R"({"orderCode":"A1","fault":{"faultstring":"x"}})", ""},
        {R"({"orderCode":"A\u0000"})", ""},
        {R"({"orderCode":"A\ufffd"})", ""},
        {"{\"orderCode\":\"A\xff\"}", ""},
        {R"({"orderCode":""})", ""},
        {R"({"orderCode":" "})", ""},
        {R"({"orderCode":null})", ""},
        {R"({"orderCode":{}})", ""},
        {R"({"orderCode":["A1"]})", ""},
        {R"({"orderCode":"A1"}x)", ""},
        {R"({"orderCode":"A1")", ""},
        {R"("A1")", ""},
        {"", ""},
    };
    for (const auto& row : rows) {
        INFO(row.told);
        auto code = decode_created(row.told);
        CHECK((code ? code->text : "") == row.code);
    }
}

TEST_CASE("errors are told in three shapes")
{
    auto several = decode_errors(
        R"({"errors":[{"errorCode":"4000139","errorMessage":"m","developerMessage":"d","moreInfo":"i","requestId":"r"},)"
        R"({"errorCode":4000137,"errorMessage":null}]})");
    REQUIRE(several.size() == 2);
    CHECK(several[0].code == "4000139");
    CHECK(several[0].message == "m");
    CHECK(several[0].developer_message == "d");
    CHECK(several[0].more_info == "i");
    CHECK(several[0].request_id == "r");
    CHECK(several[1].code == "4000137");
    CHECK(several[1].message == "");

    auto flat =
        decode_errors(R"({"errorCode":"401","errorMessage":"{ \"ErrorCode\" : \"invalid_client\" }","requestId":"r"})");
    REQUIRE(flat.size() == 1);
    CHECK(flat[0].code == "401");
    CHECK_THAT(flat[0].message, Catch::Contains("invalid_client"));
    CHECK(flat[0].request_id == "r");

    auto gateway = decode_errors(fault("policies.ratelimit.QuotaViolation"));
    REQUIRE(gateway.size() == 1);
    CHECK(gateway[0].code == "policies.ratelimit.QuotaViolation");
    CHECK(gateway[0].message == "words");

    auto bare = decode_errors(R"({"fault":{"faultstring":"words"}})");
    REQUIRE(bare.size() == 1);
    CHECK(bare[0].code == "");
    CHECK(bare[0].message == "words");
    CHECK(decode_errors(R"({"fault":{"faultstring":"words","detail":null}})").size() == 1);
}

TEST_CASE("what tells no error has none")
{
    for (std::string_view text :
         {"", "{}", "[]", "null", "<html>", "[1]", R"({"orderCode":"A1"})", R"({"errors":[]})", R"({"errors":null})",
          R"({"errors":[{"errorCode":"4000139"}])", R"({"fault":null})"}) {
        INFO(text);
        CHECK(decode_errors(text).empty());
    }
}

TEST_CASE("the status says what an answer means")
{
    const struct {
        int status;
        what is, of_one_thing;
    } rows[] = {
        {300, what::redirected, what::redirected},     {301, what::redirected, what::redirected},
        {302, what::redirected, what::redirected},     {303, what::redirected, what::redirected},
        {304, what::redirected, what::redirected},     {307, what::redirected, what::redirected},
        {308, what::redirected, what::redirected},     {400, what::unusable, what::unusable},
        {401, what::unauthorized, what::unauthorized}, {403, what::forbidden, what::forbidden},
        {404, what::forbidden, what::not_found},       {408, what::throttled, what::throttled},
        {409, what::unusable, what::unusable},         {410, what::unusable, what::unusable},
        {422, what::unusable, what::unusable},         {499, what::unusable, what::unusable},
        {429, what::throttled, what::throttled},       {500, what::server_error, what::server_error},
        {501, what::server_error, what::server_error}, {502, what::server_error, what::server_error},
        {503, what::server_error, what::server_error}, {504, what::server_error, what::server_error},
        {599, what::server_error, what::server_error},
    };
    for (const auto& row : rows) {
        INFO(row.status);
        for (std::string body : {"", "<html></html>", "{}", "null"}) {
            CHECK(kind(row.status, body) == row.is);
            CHECK(kind(row.status, body, true) == row.of_one_thing);
            CHECK(failure_from(answer(row.status, body)).status == row.status);
        }
    }
}

TEST_CASE("a status that no standard knows may have been processed")
{
    for (int status : {101, 199, 600, 999}) {
        INFO(status);
        auto k = kind(status);
        CHECK((k == what::unusable || k == what::unknown || k == what::server_error));
    }
}

TEST_CASE("not found is told by a code or a status, of one thing")
{
    CHECK(kind(400, errors("4000137"), true) == what::not_found);
    CHECK(kind(400, errors("4000137")) == what::refused);
    CHECK(kind(404, errors("4000137"), true) == what::not_found);
    CHECK(kind(400, errors("4000110"), true) == what::refused);
    CHECK(kind(400, errors("4000139"), true) == what::refused);
    CHECK(kind(500, errors("4000137"), true) == what::server_error);
    CHECK(kind(400, R"({"errors":[{"errorCode":4000137}]})", true) == what::not_found);
}

TEST_CASE("the gateway's limit means not processed, whatever the status")
{
    for (int status : {400, 403, 404, 429, 500, 503})
        for (std::string code : {"policies.ratelimit.QuotaViolation", "policies.ratelimit.SpikeArrestViolation"}) {
            INFO(status << " " << code);
            CHECK(kind(status, fault(code)) == what::throttled);
            CHECK(kind(status, fault(code), true) == what::throttled);
        }
}

TEST_CASE("other faults of the gateway say nothing of what became of the order")
{
    for (std::string code :
         {"policies.ratelimit.FailedToResolveQuotaIntervalReference", "policies.ratelimit.DistributedCacheFailed",
          "keymanagement.service.Timeout", "oauth.v2.Unavailable", "messaging.adaptors.http.flow.GatewayTimeout"}) {
        INFO(code);
        for (int status : {500, 503, 504}) CHECK(kind(status, fault(code)) == what::server_error);
        CHECK(kind(400, fault(code)) == what::unusable);
    }
}

TEST_CASE("a 400 refuses where the API says why, and nowhere else")
{
    for (std::string code : {"4000102", "4000110", "4000137", "4000139", "4000144", "4000999"}) {
        INFO(code);
        CHECK(kind(400, errors(code)) == what::refused);
        CHECK(kind(422, errors(code)) == what::unusable);
    }
    for (std::string body : {errors("5000102"), errors("400"), errors(""), errors("40001391"), errors("E4000139"),
                             std::string(R"({"errors":[{"errorCode":null,"errorMessage":null}]})"),
                             std::string(R"({"orderCode":"A1","errors":[{"errorCode":"4000110"}]})"),
                             std::string(R"({"errors":[{"errorCode":"4000139"},{"errorCode":"5000101"}]})")}) {
        INFO(body);
        CHECK(kind(400, body) == what::unusable);
    }
}

TEST_CASE("the gateway's no to a token is a 401, whatever the status")
{
    for (int status : {400, 401, 403, 404, 500})
        for (std::string code : {"oauth.v2.InvalidAccessToken", "oauth.v2.AccessTokenExpired",
                                 "keymanagement.service.invalid_access_token"}) {
            INFO(status << " " << code);
            CHECK(kind(status, fault(code)) == what::unauthorized);
            CHECK(refuses_token(answer(status, fault(code))));
        }
    CHECK(refuses_token(answer(401)));
    CHECK(refuses_token(answer(401, "<html>")));
    for (int status : {200, 201, 400, 403, 404, 429, 500, 503}) {
        CHECK_FALSE(refuses_token(answer(status)));
        CHECK_FALSE(refuses_token(answer(status, errors("4000139"))));
        CHECK_FALSE(refuses_token(answer(status, fault("policies.ratelimit.QuotaViolation"))));
    }
}

TEST_CASE("every other fault of the gateway with a 5xx leaves open what happened")
{
    for (std::string code :
         {"messaging.adaptors.http.flow.GatewayTimeout", "messaging.adaptors.http.flow.UnexpectedEOFAtTarget",
          "messaging.adaptors.http.flow.ServiceUnavailable", "steps.javascript.ScriptExecutionFailed",
          "policies.ratelimited", "not.policies.ratelimit.QuotaViolation", "x.oauth.v2", ""})
        for (int status : {500, 502, 503, 504}) {
            INFO(status << " " << code);
            CHECK(kind(status, fault(code)) == what::server_error);
        }
}

TEST_CASE("words that an order brought cannot turn a refusal into anything else")
{
    // The provider's own error that repeats what was sent is no fault of the gateway.
    CHECK(kind(400, R"({"errors":[{"errorCode":"4000102","errorMessage":"policies.ratelimit.QuotaViolation"}]})") ==
          what::refused);
    CHECK(kind(500, R"({"errors":[{"errorCode":"5000102","errorMessage":"policies.ratelimit.QuotaViolation"}]})") ==
          what::server_error);
    CHECK(kind(500, R"(<html>{"fault":{"detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}</html>)") ==
          what::server_error);
}

TEST_CASE("how long to wait is told with a 429 and a 503, and nothing of the body is lost")
{
    for (int status : {429, 503}) {
        auto f = failure_from(answer(status, "", {{"Retry-After", "30"}}));
        CHECK(f.retry_after == std::chrono::seconds(30));
    }
    CHECK(failure_from(answer(500, fault("policies.ratelimit.QuotaViolation"), {{"retry-after", "30"}})).retry_after ==
          std::chrono::seconds(30));
    auto raw = failure_from(answer(502, "<html>" + std::string(10'000, 'x')));
    CHECK(raw.raw.starts_with("<html>"));
    CHECK(raw.raw.size() <= 4096);
    CHECK(raw.errors.empty());
    auto told = failure_from(answer(400, errors("4000139")));
    REQUIRE(told.errors.size() == 1);
    CHECK(told.errors[0].code == "4000139");
    CHECK(request_id(told) == "r");
    CHECK_THAT(summary(told), Catch::Contains("4000139"));
    for (std::string body : {std::string("a\0b", 3), std::string("\xff\xfe")}) {
        auto f = failure_from(answer(500, body));
        CHECK(f.raw.find('\0') == std::string::npos);
        CHECK(f.raw.find('\xff') == std::string::npos);
        CHECK_FALSE(f.raw.empty());
    }
}

TEST_CASE("whether something is added or removed is told in numbers or in words, for the order or for each product")
{
    struct row {
        const char* told;
        const char* is;
    };
    for (const auto& r : {row{"追加", "1"}, row{"1:追加", "1"}, row{"1：追加", "1"}, row{"新規", "1"}, row{"廃止", "3"},
                          row{"3:廃止", "3"}, row{"3.廃止", "3"}, row{" 削除 ", "3"}, row{"解約", "3"}, row{"add", "1"},
                          row{"Remove", "3"}, row{"３", "3"},
                          // What contradicts itself, or is none of these, stays as it is.
                          row{"1:廃止", "1:廃止"}, row{"3:追加", "3:追加"}, row{"1,3", "1,3"}, row{"変更", "変更"}}) {
        INFO(r.told);
        auto text = "\"" + std::string(r.told) + "\"";
        auto page = decode_orders(R"([{"orderCode":"A1","orderType":"2","changeType":)" + text + "}]");
        REQUIRE(page);
        CHECK(page->items.at(0).change_type == r.is);
        auto detail = decode_order(R"({"orderCode":"A1","status":"1","contracts":[{"productCode":"P1","changeType":)" +
                                   text + "}]}");
        REQUIRE(detail);
        CHECK(detail->contracts.at(0).change_type == r.is);
    }
}

TEST_CASE("a type or status in a list is told in a form that nobody can read")
{
    for (std::string member : {"orderType", "changeType", "status"})
        for (std::string odd : {R"(["1"])", "[1]", R"(["2"])", R"(["1","2"])", R"({"code":"1"})"}) {
            INFO(member << " " << odd);
            auto page = decode_orders(R"([{"orderCode":"A1",")" + member + "\":" + odd + "}]");
            REQUIRE(page);
            REQUIRE(page->items.size() == 1);
            const auto& o = page->items[0];
            CHECK((o.order_type.empty() && o.change_type.empty() && o.status.empty()));
            CHECK(o.unreadable == texts{member});
            auto detail = decode_order(R"({"orderCode":"A1",")" + member + "\":" + odd + "}");
            REQUIRE(detail);
            CHECK(detail->unreadable == texts{member});
        }
    CHECK(one_order(R"("changeType":[])")->unreadable.empty());
}

TEST_CASE("a site or an order has a handful of contracts, and blank ones are none")
{
    auto contracts = [](int count, const std::string& each) {
        std::string out = "[" + each;
        for (int i = 1; i < count; ++i) out += "," + each;
        return out + "]";
    };
    auto site = [&](const std::string& list) {
        return decode_site(R"({"customerSiteCode":"a","contract":)" + list + "}");
    };
    const std::string one = R"({"productCode":"p","startAt":"20260401"})";
    for (std::string blank : {"{}", R"({"productCode":null,"productName":""})", R"({"x":1})", "null", "1"}) {
        INFO(blank);
        auto some = site("[" + blank + "," + one + "," + blank + "]");
        REQUIRE(some);
        CHECK(some->contracts.size() == 1);
        CHECK_FALSE(some->too_many_contracts);
    }
    auto most = site(contracts(500, one));
    REQUIRE(most);
    CHECK((most->contracts.size() == 500 && !most->too_many_contracts));
    auto more = site(contracts(501, one));
    REQUIRE(more);
    CHECK((more->contracts.size() == 500 && more->too_many_contracts));
    CHECK_FALSE(site(contracts(330'000, "{}")));

    auto order = [&](const std::string& list) {
        return decode_order(R"({"orderCode":"A1","status":"1","contracts":)" + list + "}");
    };
    CHECK_FALSE(order(contracts(500, one))->contracts_unreadable);
    auto long_one = order(contracts(501, one));
    REQUIRE(long_one);
    CHECK((long_one->contracts.size() == 500 && long_one->contracts_unreadable));
    CHECK_FALSE(order(contracts(330'000, "{}")));
    CHECK_THAT(shape_of(contracts(330'000, "{}")), Catch::Contains("more than 20000 values"));
}
