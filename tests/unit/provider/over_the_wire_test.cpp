#include "orderd/core/encoding.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/simulator/packed.hpp"
#include "orderd/submission/decide.hpp"
#include "submission/failure_json.hpp"
#include "unit/http/scripted_server.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

// What the provider says, from its bytes to what is kept of it.
using namespace orderd;
using namespace orderd::tests;
using simulator::packed;
using what = provider::failure::what_happened;
using Catch::Matchers::Contains;

namespace {

struct no_log final : logger {
    void write(log_level, std::string_view, std::initializer_list<log_field>) override {}
};
struct no_figures final : metrics {
    void api_request(std::string_view, int, std::chrono::nanoseconds) override {}
    void order_moved(std::string_view, long) override {}
    void search_controlled(std::string_view, std::string_view) override {}
    void rows_judged(std::string_view, long) override {}
    void catalogue_changed(std::string_view) override {}
};

std::string http_answer(int status, const std::string& body, const std::string& fields = {})
{
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

const std::string gzip_field = "Content-Encoding: gzip\r\n";

/// What comes of a question to the API that is answered so; the token call goes well.
template <class F>
auto answered(std::vector<std::string> answers, F ask)
{
    asio::io_context loop;
    auto token = http_answer(200, packed(R"({"accessToken":"t","expiresIn":"3599"})"));
    scripted_server tokens(loop, {token, token});
    scripted_server orders(loop, std::move(answers));
    no_log log;
    no_figures figures;
    provider::api_options options;
    options.connection.server = {false, "127.0.0.1", orders.port()};
    options.token_connection.server = {false, "127.0.0.1", tokens.port()};
    auto api = provider::make_api(loop.get_executor(), options, log, figures);
    std::optional<typename decltype(ask(*api))::value_type> got;
    auto work = [&]() -> asio::awaitable<void> {
        got = co_await ask(*api);
        tokens.stop();
        orders.stop();
    };
    asio::co_spawn(loop, work, asio::detached);
    loop.run();
    REQUIRE(got.has_value());
    return *got;
}

provider::result<order_code> post_answered(const std::string& answer)
{
    return answered({answer, answer},
                    [](provider::api& api) { return api.post_order(start_order{}, [] { return true; }); });
}

provider::result<provider::listing<provider::order_summary>> list_answered(std::vector<std::string> answers)
{
    return answered(std::move(answers), [](provider::api& api) { return api.list_orders({}); });
}

}

TEST_CASE("an empty list proves nothing where its head, its type or its length says otherwise")
{
    const struct {
        std::string answer, why;
    } rows[] = {
        {http_answer(200, "[]", "X-Total-Count: 1\r\n"), "X-Total-Count"},
        {http_answer(200, R"({"orders":[]})", "Link: </orders?offset=1>; rel=\"next\"\r\n"), "Link"},
        {http_answer(200, R"({"orders":[],"hasMore":true})"), "hasMore"},
        {http_answer(200, R"({"orders":[],"orders":[]})"), "\"orders\" twice"},
        {http_answer(200, "[]", "Content-Type: text/html; charset=utf-8\r\n"), "of the type \"text/html\""},
        {http_answer(200, "[]", "Content-Type: application/XML\r\n"), "of the type \"application/xml\""},
        {http_answer(200, "[]", "Content-Encoding: br\r\n"), "encoded as \"br\""},
        {http_answer(200, "[]", gzip_field), "encoded as \"gzip\", and is not"},
        {http_answer(200, packed("[]") + "garbage", gzip_field), "follows the compressed answer"},
        {http_answer(200, "[]") + R"([{"orderCode":"A1"}])", "more came than the answer says"},
        {http_answer(200, "[]") + "]", "more came than the answer says"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n[{}]",
         "more came than the answer says"},
    };
    for (const auto& row : rows) {
        INFO(row.answer);
        auto got = list_answered({row.answer});
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().kind == what::unusable);
        CHECK_THAT(got.error().text, Contains(row.why));
    }
    for (std::string type : {"", "Content-Type: application/json\r\n", "Content-Type: text/plain\r\n",
                             "Content-Type: application/hal+json;charset=UTF-8\r\n", "X-Total-Count: 0\r\n"}) {
        INFO(type);
        auto got = list_answered({http_answer(200, "[]", type)});
        REQUIRE(got.has_value());
        CHECK((got->complete && got->items.empty()));
    }
    auto next = list_answered({http_answer(200, "[]") + http_answer(200, "[1]")}); // another answer is none of this one
    CHECK((next.has_value() && next->complete));
}

TEST_CASE("a list is whole when its last page says no more, and brings what the others tell of")
{
    const std::string one = R"({"orderCode":"A1","orderType":1,"status":1})", two = R"({"orderCode":"B2"})";
    auto listed = [](const std::vector<std::string>& bodies, const std::string& fields = {}) {
        std::vector<std::string> answers;
        for (const auto& body : bodies) answers.push_back(http_answer(200, body, fields));
        auto got = list_answered(answers);
        REQUIRE(got.has_value());
        return *got;
    };
    auto paged = listed({R"({"orders":[)" + one + R"(],"hasMore":true,"total":2})",
                         R"({"orders":[)" + two + R"(],"hasMore":false,"total":2})", R"({"orders":[],"total":2})"});
    CHECK((paged.complete && paged.items.size() == 2));
    auto more = listed({R"({"orders":[)" + one + R"(],"hasMore":true})", R"({"orders":[],"hasMore":false})"});
    CHECK((!more.complete && more.items.size() == 1));
    CHECK_THAT(more.not_whole, Contains("hasMore"));
    auto counted = listed({"[" + one + "]", "[]", "[]"}, "X-Total-Count: 1\r\n");
    CHECK(counted.complete);
    auto of_five = listed({"[" + one + "," + two + "]", R"({"orders":[],"total":0})"}, "X-Total-Count: 2\r\n");
    CHECK(of_five.complete);
    auto missing = listed({R"({"orders":[)" + one + R"(],"meta":{"total":5}})", "[]", "[]"});
    CHECK((!missing.complete && missing.beyond_reach));
    auto failed = listed({R"({"orders":[)" + one + R"(],"success":false})", "[]", "[]"});
    CHECK((!failed.complete && !failed.not_whole.empty()));
}

TEST_CASE("elements without a key do not end a list, and a page that comes again does not make them more")
{
    auto listed = [](const std::vector<std::string>& pages) {
        std::vector<std::string> answers;
        for (const auto& page : pages) answers.push_back(http_answer(200, "[" + page + "]"));
        auto got = list_answered(answers);
        REQUIRE(got.has_value());
        return *got;
    };
    auto named = [](const std::string& code) { return R"({"orderCode":")" + code + R"("})"; };
    auto unnamed = [](const std::string& site) { return R"({"customerSiteCode":")" + site + R"("})"; };
    struct {
        std::string what;
        std::vector<std::string> pages;
        std::size_t named, unnamed;
        bool whole = true;
    } const cases[] = {
        {"a page of such alone", {named("A"), unnamed("1"), named("B"), ""}, 2, 1},
        {"several", {named("A"), unnamed("1"), unnamed("2"), unnamed("3"), named("B"), ""}, 2, 3},
        {"a server that does not page", {named("A") + "," + unnamed("1"), named("A") + "," + unnamed("1")}, 1, 1},
        {"offsets from one, the last of a page again",
         {named("A") + "," + unnamed("1"), unnamed("1") + "," + named("B"), named("B")},
         2,
         1},
        {"offsets from one, and it is the last of all", {named("A") + "," + unnamed("1"), unnamed("1"), ""}, 1, 1},
        {"offsets from one, a page of one", {unnamed("1"), unnamed("1"), named("B"), named("C"), ""}, 2, 1},
        {"the same again and again: nobody can tell",
         {unnamed("1") + "," + unnamed("2"), unnamed("1") + "," + unnamed("2"), unnamed("1") + "," + unnamed("2")},
         0,
         2,
         false},
    };
    for (const auto& c : cases) {
        INFO(c.what);
        auto got = listed(c.pages);
        CHECK(got.items.size() == c.named);
        CHECK(got.unreadable.size() == c.unnamed);
        CHECK((got.not_whole.empty() && !got.beyond_reach) == c.whole);
        CHECK_FALSE(got.complete);
    }
}

TEST_CASE("what came of a list before it broke off is not lost where orders are compared with it")
{
    const std::string one = R"({"orderCode":"A1"})";
    const std::string first = http_answer(200, "[" + one + "]");
    const std::string cut = "[" + one + R"(,{"orderCo)";
    const struct {
        std::string what;
        std::vector<std::string> answers;
        std::string why;
    } cases[] = {
        {"the next page fails", {first, http_answer(500, "{}")}, "behind 1 element"},
        {"the next page is refused",
         {first, http_answer(400, R"({"errors":[{"errorCode":"4000102"}]})")},
         "behind 1 element"},
        {"the next page is none",
         {first, http_answer(200, "<html>", "Content-Type: text/html\r\n")},
         "behind 1 element"},
        {"errors beside it",
         {http_answer(200, R"({"orders":[)" + one + R"(],"errors":[{"errorCode":"x"}]})")},
         "not a list"},
        {"an error with a list", {http_answer(500, "[" + one + "]")}, ""},
        {"cut", {http_answer(200, "[" + one)}, "not a list"},
        {"cut in an element", {http_answer(200, cut)}, "not a list"},
        {"its connection broke",
         {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + cut + "close",
          "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + cut + "close"},
         ""},
    };
    provider::order_filter by;
    by.line_id = "CAF1234567890";
    auto listed = [&](const std::vector<std::string>& answers) {
        return answered(answers, [&](provider::api& api) { return api.list_orders(by); });
    };
    for (const auto& c : cases) {
        INFO(c.what);
        by.compared = true;
        auto got = listed(c.answers);
        REQUIRE(got.has_value());
        REQUIRE(got->broke_off.has_value());
        REQUIRE(got->items.size() == 1);
        CHECK(got->items[0].code.text == "A1");
        CHECK_FALSE(got->complete);
        CHECK_THAT(got->broke_off->text, Contains(c.why));
        by.compared = false; // nobody is to take half a list for a whole one
        CHECK_FALSE(listed(c.answers).has_value());
    }
    by.compared = true;
    for (const auto& none :
         {http_answer(500, R"({"errors":[{"errorCode":"5000102","errorMessage":"x"}]})"), http_answer(502, "<html>")})
        CHECK_FALSE(listed({none, none}).has_value());
}

TEST_CASE("a page behind the last may be told by having no content")
{
    for (const auto& end : {std::string("HTTP/1.1 204 X\r\n\r\n"), http_answer(416, "")}) {
        auto got = list_answered({http_answer(200, R"([{"orderCode":"A1"}])"), end});
        REQUIRE(got.has_value());
        CHECK((got->complete && got->items.size() == 1));
        CHECK_FALSE(list_answered({end, end}).has_value());
    }
}

TEST_CASE("a compressed success is a success")
{
    auto got = post_answered(http_answer(201, packed(R"({"orderCode":"A1"})"), gzip_field));
    REQUIRE(got.has_value());
    CHECK(got->text == "A1");
}

TEST_CASE("the gateway's rate limit told as a 500, compressed or not, means slow down and nothing else")
{
    const std::string fault = R"({"fault":{"faultstring":"Spike arrest violation. Allowed rate : 10ps","detail":)"
                              R"({"errorcode":"policies.ratelimit.SpikeArrestViolation"}}})";
    for (const auto& answer : {http_answer(500, fault), http_answer(500, packed(fault), gzip_field),
                               http_answer(500, packed(fault)), http_answer(429, packed(fault), gzip_field)}) {
        auto got = post_answered(answer);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().kind == what::throttled);
        auto decided = submission::decide(got, {}, {}, 0.5);
        CHECK(decided.event == order_event::not_processed);
        CHECK(decided.on_sending == submission::effect::slow_down);
        CHECK(decided.attempt_given_back);
    }
}

TEST_CASE("a success that cannot be read leaves the order in doubt, and says why")
{
    const struct {
        std::string answer, why;
    } rows[] = {
        {http_answer(201, "\x0b\x02\x80{}\x03", "Content-Encoding: br\r\n"), "encoded as \"br\""},
        {http_answer(201, packed(R"({"orderCode":"A1"})").substr(0, 20), gzip_field), "cut short"},
        {http_answer(201, R"({"orderCode":"A1"})", "Content-Encoding: br\r\n"), "encoded as \"br\""},
        {http_answer(201, R"({"orderCode":"A1"})", gzip_field), "and is not"},
        {http_answer(201, R"({"orderCode":"A1"})", "Content-Type: text/html\r\n"), "of the type \"text/html\""},
        {http_answer(201, R"({"orderCode":"A1"})") + "}", "more came than the answer says"},
        {http_answer(201, R"({"orderCode":"A1","orderCode":"B2"})"), "without a usable orderCode"},
        {http_answer(201, R"({"orderCode":"A1","padding":")" + std::string(1 << 20, ' ') + "\"}"), "longer than 1 MiB"},
        {http_answer(201, packed(R"({"orderCode":"A1","padding":")" + std::string(1 << 20, ' ') + "\"}"), gzip_field),
         "longer than 1 MiB"},
    };
    for (const auto& row : rows) {
        INFO(row.why);
        auto got = post_answered(row.answer);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().kind == what::unusable);
        CHECK_THAT(got.error().text, Contains(row.why));
        CHECK(submission::decide(got, {}, {}, 0.5).event == order_event::outcome_unknown);
    }
}

TEST_CASE("of an error that is too long the status counts where it speaks for itself; a refusal needs its words")
{
    const std::string much(8 << 20, 'x');
    const struct {
        int status;
        what kind;
    } rows[] = {{400, what::unusable},   {422, what::unusable},     {403, what::forbidden},
                {429, what::throttled},  {500, what::server_error}, {503, what::server_error},
                {302, what::redirected}, {401, what::unauthorized}};
    for (const auto& row : rows) {
        INFO(row.status);
        auto got = post_answered(http_answer(row.status, "{\"errors\":[" + much));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().kind == row.kind);
        CHECK(got.error().status == row.status);
        CHECK(got.error().raw.starts_with("{\"errors\":[xxx"));
        CHECK(got.error().raw.size() <= 4096);
    }
}

TEST_CASE("the provider's words are kept in whatever they are written")
{
    // この回線は使えません
    const std::string words = "\xE3\x81\x93\xE3\x81\xAE\xE5\x9B\x9E\xE7\xB7\x9A\xE3\x81\xAF\xE4\xBD\xBF\xE3\x81\x88\xE3"
                              "\x81\xBE\xE3\x81\x9B\xE3\x82\x93";
    const std::string utf8 =
        R"({"errors":[{"errorCode":"4000102","errorMessage":")" + words + R"(","requestId":"r-1"}]})";
    const std::string bom = "\xEF\xBB\xBF";
    for (const auto& body :
         {utf8, bom + utf8, from_utf8(utf8, encoding::cp932), "\xFF\xFE" + from_utf8(utf8, encoding::utf16le),
          "\xFE\xFF" + from_utf8(utf8, encoding::utf16be), from_utf8(utf8, encoding::utf16le),
          from_utf8(utf8, encoding::utf16be), packed(from_utf8(utf8, encoding::cp932)), utf8 + std::string(1, '\0')}) {
        auto got = post_answered(http_answer(400, body));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().kind == what::refused);
        store::order_move move;
        submission::add_failure(move, got.error());
        CHECK(move.error_code == "4000102");
        CHECK(move.error_message == words);
        CHECK(move.request_id == "r-1");
        CHECK_THAT(move.errors_json, Contains(words));
    }
    // What is no JSON is kept as it reads.
    const std::string page = "<html>" + words + "</html>";
    for (const auto& body : {page, from_utf8(page, encoding::cp932), "\xFF\xFE" + from_utf8(page, encoding::utf16le),
                             packed(from_utf8(page, encoding::cp932))}) {
        auto got = post_answered(http_answer(502, body));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().raw == page);
    }
}

TEST_CASE("no error is too long to be kept, or has a name that is")
{
    auto long_text = std::string(100'000, 'r'), kanji = std::string();
    while (kanji.size() < 100'000) kanji += "\xE5\x9B\x9E";
    std::string many = R"({"errors":[)";
    for (int i = 0; i < 5000; ++i) many += R"({"errorCode":"4000102","errorMessage":"m"},)";
    many += R"({"errorCode":"4000139"}]})";
    CHECK(provider::decode_errors(many).size() == 100);
    auto one = provider::decode_errors(R"({"errors":[{"errorCode":")" + long_text + R"(","errorMessage":")" + kanji +
                                       R"(","moreInfo":")" + kanji + R"(","requestId":")" + long_text + "\"}]}");
    REQUIRE(one.size() == 1);
    CHECK(one[0].code.size() == 256);
    CHECK(one[0].request_id.size() == 256);
    CHECK(one[0].message.size() == 4095); // of whole characters
    CHECK(one[0].more_info.size() == 4095);
    auto fault = provider::decode_errors(R"({"fault":{"faultstring":")" + kanji + R"(","detail":{"errorcode":")" +
                                         long_text + "\"}}}");
    REQUIRE(fault.size() == 1);
    CHECK(fault[0].code.size() == 256);
    CHECK(fault[0].message.size() == 4095);
}

TEST_CASE("what holds more values than any list is no list")
{
    std::string much = "[0";
    while (much.size() < 9'000'000) much += ",0";
    CHECK_FALSE(provider::decode_orders(much + "]"));
    CHECK(provider::decode_errors(R"({"errors":)" + much + "]}").empty());
    std::string elements = "[{}";
    for (int i = 0; i < 500'000; ++i) elements += ",{}";
    CHECK_FALSE(provider::decode_orders(elements + "]"));
    CHECK(provider::decode_orders("[{},{}]")->unreadable.size() == 2);
}
