#include "orderd/provider/codec.hpp"

#include <catch2/catch.hpp>

// Lists as they come over the wire: in pieces, and of any size.
using namespace orderd;
using namespace orderd::provider;

namespace {

std::string words_of(const std::optional<list_page<order_summary>>& page)
{
    if (!page) return "no list";
    std::string out = page->total ? "of " + std::to_string(*page->total) + ": " : "";
    for (const auto& o : page->items) out += o.code.text + "=" + o.customer_site_name + ";";
    for (const auto& e : page->unreadable) out += "(" + e.why + ")";
    return out;
}

std::string read_in_pieces(std::string_view body, std::size_t piece)
{
    auto reader = read_orders();
    reader->begin();
    std::string refused;
    for (std::size_t at = 0; at < body.size() && refused.empty(); at += piece)
        refused = reader->take(body.substr(at, piece));
    return refused.empty() ? words_of(reader->end()) : "no list";
}

std::string utf16(std::string_view ascii)
{
    std::string out;
    for (char c : ascii) out += {c, '\0'};
    return out;
}

std::string element_with(const std::string& members) { return R"({"orderCode":"A1","status":1,)" + members + "}"; }

}

TEST_CASE("a list says the same wherever its pieces are cut")
{
    const std::string one = R"({"orderCode":"A1","customerSiteName":"東京, [1] \"{\\"})";
    const struct {
        std::string body, read;
    } rows[] = {
        {"[" + one + " , " + R"({ "orderCode" : "B2" } ])", "A1=東京, [1] \"{\\;B2=;"},
        {"\xEF\xBB\xBF[" + one + "]", "A1=東京, [1] \"{\\;"},
        {"\xEF\xBB\xBF", "no list"},
        {" [ ] ", ""},
        {"[]x", "no list"},
        {"[{},]", "no list"},
        {"[" + one, "no list"},
        {"", "no list"},
        {"[1,\"x\",null,[],{}]", "(it is no object)(it is no object)(it is no object)(it is no object)"
                                 "(it has no orderCode)"},
        {R"({"orders":[{"orderCode":"A1"}],"total":7})", "of 7: A1=;"},
        {R"({"total":7,"page":{"orders":[1]},"orders":[{"orderCode":"A1"}]})", "of 7: A1=;"},
        {R"({"orders":[{"orderCode":"A1"}],"orders":[{"orderCode":"B2"}]})", "no list"}, // which of the two?
        {R"({"orders":[{"orderCode":"A1"}],"orders":1})", "no list"},
        {R"({"orders":1,"orders":[{"orderCode":"A1"}]})", "no list"},
        {R"({"orders":[{"orderCode":"A1"}],"data":[{"orderCode":"B2"}]})", "no list"},
        {R"({"data":[{"orderCode":"B2"}],"orders":[{"orderCode":"A1"}],"data":1})", "no list"},
        {R"({"orders":[{"orderCode":"A1"}],"data":[{"orderCode":"B2"}],"data":1})", "no list"},
        {R"({"\u006frders":[{"orderCode":"A1"}]})", "A1=;"},
        {R"({"orders":[{"orderCode":"A1"}],"\u006frders":[]})", "no list"},
        {R"({"orders":[{"orderCode":"A1"}],"errors":[{"errorCode":"5000101"}]})", "no list"},
        {R"({"errors":[],"orders":[{"orderCode":"A1"}]})", "no list"},
        {R"({"things":[{"orderCode":"A1"}]})", "no list"},
        {R"([{"orderCode":"A1","orderCode":"B2"},{"orderCode":"C3"}])", "C3=;(it tells \"orderCode\" twice)"},
        {"[{\"orderCode\":\"A1\",\"customerSiteName\":\"\x95\x5C\x8E\xA6\"}]",
         "A1=表示;"}, // CP932, with a backslash in it
        {R"([{"orderCode":"A1","customerSiteName":"a\uD83D"}])", "A1=a\uFFFD;"},
        {utf16(R"([{"orderCode":"A1"}])"), "A1=;"},
        {"<html>", "no list"},
    };
    for (const auto& row : rows) {
        INFO(row.body);
        CHECK(words_of(decode_orders(row.body)) == row.read);
        for (std::size_t piece : {1, 2, 3, 5, 16}) CHECK(read_in_pieces(row.body, piece) == row.read);
    }
}

TEST_CASE("an answer that broke off leaves nothing in the one that is read after it")
{
    auto reader = read_orders();
    reader->begin();
    reader->take(R"([{"orderCode":"A1"},{"ord)");
    reader->begin();
    reader->take(R"([{"orderCode":"B2"}])");
    CHECK(words_of(reader->end()) == "B2=;");
}

TEST_CASE("a list with more elements than any is none, and is read no further")
{
    std::string body = "[{}";
    for (int i = 1; i < 100'000; ++i) body += ",{}";
    auto most = decode_orders(body + "]");
    REQUIRE(most);
    CHECK(most->unreadable.size() == 100'000);
    auto reader = read_orders();
    reader->begin();
    CHECK(reader->take(body + ",{}]") == "a list too long: it has more than 100000 elements");
    CHECK_FALSE(reader->end());
    auto wrapped = "{\"orders\":" + body + ",{}],\"orders\":[]}"; // a later one does not make up for it
    CHECK_FALSE(decode_orders(wrapped));
}

TEST_CASE("a list of which too much would have to be kept is none")
{
    auto name = std::string(4'000, 'n');
    std::string body = "[";
    for (int i = 0; i < 7'000; ++i) body += (i ? "," : "") + element_with("\"customerSiteName\":\"" + name + "\"");
    auto reader = read_orders();
    reader->begin();
    CHECK(reader->take(body + "]") == "a list too long: more than 24 MiB of it would have to be kept");
    CHECK(reader->cost() < 40u << 20);
    CHECK_FALSE(reader->end());
}

TEST_CASE("blanks cost nothing, in a list and around it")
{
    const std::string blanks(1 << 20, ' ');
    auto reader = read_orders();
    reader->begin();
    for (int i = 0; i < 20; ++i) REQUIRE(reader->take(blanks).empty());
    REQUIRE(reader->take("[{").empty());
    for (int i = 0; i < 20; ++i) REQUIRE(reader->take(blanks).empty());
    CHECK(reader->cost() < 1u << 20);
    REQUIRE(reader->take("\"orderCode\" : \"A1\"}]").empty());
    CHECK(words_of(reader->end()) == "A1=;");
}

TEST_CASE("one element that is too long, or has too long a text, is unreadable by itself")
{
    auto longer = std::string(1 << 20, 'x');
    auto page = decode_orders("[" + element_with("\"other\":\"" + longer + "\"") + R"(,{"orderCode":"B2"}])");
    CHECK(words_of(page) == "B2=;(it is longer than 1 MiB)");
    auto text = std::string(5'000, 'x');
    page =
        decode_orders("[" + element_with("\"applicationDate\":\"20261126" + text + "\"") + R"(,{"orderCode":"B2"}])");
    CHECK(words_of(page) == "B2=;(order A1 has a text of more than 4 KiB)");
    page = decode_orders("[" + element_with("\"customerSiteName\":\"" + text + "\"") + "]");
    REQUIRE(page->items.size() == 1);
    CHECK(page->items[0].customer_site_name == text.substr(0, 4096));
    page = decode_orders("[" + element_with("\"other\":\"" + text + "\"") + "]"); // which is not read
    CHECK(words_of(page) == "A1=;");
}

TEST_CASE("what is long and no JSON in any encoding is read no further")
{
    auto reader = read_orders();
    reader->begin();
    REQUIRE(reader->take("[\"\xFF\"").empty()); // may be in another encoding
    std::string refused;
    for (int i = 0; i < 9 && refused.empty(); ++i) refused = reader->take(std::string(1 << 20, ' '));
    CHECK(refused == "it is no JSON");
    CHECK(reader->beginning().size() <= 16'384);
    CHECK(reader->cost() < 1u << 20);
    CHECK_FALSE(reader->end());
}

TEST_CASE("an envelope that is longer than any is no list")
{
    auto much = std::string(2 << 20, 'x');
    CHECK_FALSE(decode_orders(R"({"orders":[{"orderCode":"A1"}],"other":")" + much + "\"}"));
}
