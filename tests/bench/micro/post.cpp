#include "micro.hpp"
#include "orderd/http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>

namespace orderd::bench {
namespace {

const std::string body =
    R"({"orderType":"1","startOrderPostData":{"customerSiteName":"東京第1店","lineId":"CAF1234567890","lineAccessKey":"a1b2c3d4","products":[{"productCode":"1-1-1-1-1"}]}})";

}

void post_orders(const arguments& given)
{
    boost::asio::io_context loop(1);
    http::client_options options;
    options.server.host = given.at(0);
    options.server.port = given.at(1);
    auto client = http::make_client(loop.get_executor(), options);
    auto count = std::stoll(given.at(2));
    std::int64_t begun = 0, answered = 0;
    std::string why;
    auto worker = [&]() -> boost::asio::awaitable<void> {
        while (begun < count && why.empty()) {
            ++begun;
            http::request ask;
            ask.method = "POST";
            ask.target = "/infoIpoE/v2/orders";
            ask.fields = {
                {"Authorization", "Bearer stub"}, {"Accept", "application/json"}, {"Content-Type", "application/json"}};
            ask.body = body;
            auto got = co_await client->send(std::move(ask));
            auto* answer = std::get_if<http::response>(&got);
            if (!answer)
                why = std::get<http::failure>(got).text;
            else if (answer->status != 201)
                why = "status " + std::to_string(answer->status);
            else
                ++answered;
        }
    };
    stopwatch since;
    for (int i = 0; i < std::stoi(given.at(3)); ++i) boost::asio::co_spawn(loop, worker(), boost::asio::detached);
    loop.run();
    if (!why.empty()) throw std::runtime_error(why);
    since.tell(answered);
}

}
