#include "orderd/provider/api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

// What is said when the API is not where api.base_url says.
using namespace orderd;
using what = provider::failure::what_happened;
namespace asio = boost::asio;
using Catch::Matchers::Contains;

namespace {

const std::string url = "https://api.example:8443/wrong";
const std::string page = "<!DOCTYPE html><html><body>Not Found</body></html>";
const std::string flat = R"({"errorCode":"404","errorMessage":"リソースが存在しません。","requestId":"r-1"})";
const std::string fault =
    R"({"fault":{"faultstring":"Unable to identify proxy","detail":{"errorcode":"messaging.adaptors.http.flow.ApplicationNotFound"}}})";
const std::string in_its_words = R"({"errors":[{"errorCode":"4000137","errorMessage":"ありません"}]})";

/// Answers everything alike.
class one_answer final : public provider::transport {
public:
    explicit one_answer(http::response always) : always_(std::move(always)) {}
    asio::awaitable<provider::result<http::response>> send(provider::call, std::function<bool()>) override
    {
        co_return always_;
    }
    asio::awaitable<provider::result<std::monostate>> authenticate() override { co_return std::monostate{}; }
    bool authenticated() const override { return true; }

private:
    http::response always_;
};

/// Why a question failed; nothing when it did not.
template <class F>
std::optional<provider::failure> why(int status, const std::string& body, F question)
{
    auto api = provider::make_api(std::make_unique<one_answer>(http::response{status, {}, body}), "/wrong", url);
    asio::io_context loop;
    std::optional<provider::failure> out;
    auto work = [&]() -> asio::awaitable<void> {
        auto got = co_await question(*api);
        if (!got) out = got.error();
    };
    asio::co_spawn(loop, work, [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    loop.run();
    return out;
}
auto products = [](provider::api& of) { return of.list_products(); };
auto sites = [](provider::api& of) { return of.list_sites({}); };
auto ended_sites = [](provider::api& of) { return of.list_sites({"2", {}, {}}); };
auto sweep = [](provider::api& of) { return of.list_orders({}); };
auto one_site = [](provider::api& of) { return of.get_site({"int-1"}); };
auto one_order = [](provider::api& of) { return of.get_order({"A1"}); };

}

TEST_CASE("a 403 or 404 that is not the API's names the URL that was asked for, and the key")
{
    for (int status : {403, 404})
        for (const auto& body : {page, flat, fault, std::string("not found"), std::string("{}")}) {
            INFO(status << " " << body);
            auto told = [&](auto question, const std::string& path) {
                auto failed = why(status, body, question);
                REQUIRE(failed);
                CHECK_THAT(provider::summary(*failed), Contains(url + path + ";") && Contains("api.base_url"));
                CHECK(provider::cannot_be_asked(*failed)); // nothing is told about the thing that was asked for
            };
            told(products, "/customerProducts");
            told(sites, "/customerSites");
            told(ended_sites, "/customerSites");
            told(sweep, "/orders");
            told(one_site, "/customerSites/int-1");
            told(one_order, "/orders/A1");
        }
    CHECK_THAT(provider::summary(*why(404, "", products)), Contains("HTTP 404") && Contains(url + "/customerProducts"));
    CHECK_THAT(provider::summary(*why(302, page, products)), Contains(url + "/customerProducts"));
    CHECK_THAT(provider::summary(*why(200, page, products)), Contains(url + "/customerProducts"));
    CHECK_THAT(provider::summary(*why(200, page, one_site)), Contains(url + "/customerSites/int-1"));
}

TEST_CASE("what the API says itself stays what it is, without a doubt about the address")
{
    for (int status : {400, 404}) {
        CHECK(why(status, in_its_words, one_site)->kind == what::not_found);
        CHECK(why(status, in_its_words, one_order)->kind == what::not_found);
        CHECK_FALSE(why(status, in_its_words, sweep)); // none, told by an error
        CHECK(provider::summary(*why(status, in_its_words, one_site)) == "4000137 ありません");
        CHECK(provider::summary(*why(status, in_its_words, products)) == "4000137 ありません");
    }
    CHECK(why(404, "", one_site)->kind == what::not_found);
    CHECK(provider::summary(*why(500, page, products)) == "HTTP 500");
    CHECK_THAT(provider::summary(*why(200, "{}", products)), !Contains("api.base_url"));
}

TEST_CASE("a search that is told \"none\" by a gateway's 404 is believed beside its controls, as before")
{
    auto search = [](provider::api& of) { return of.list_orders(provider::filter_by(order_type::start, "CAF1")); };
    for (const auto& body : {flat, in_its_words, std::string()}) CHECK_FALSE(why(404, body, search));
}
