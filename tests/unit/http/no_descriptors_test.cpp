#include "orderd/http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <sys/resource.h>
#include <variant>

using namespace orderd;

namespace {

/// This process may open no file for as long as it lives.
class no_more_files {
public:
    no_more_files()
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit none{0, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    }
    ~no_more_files() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

/// What becomes of a request to a port at which nobody listens, while `run` runs the loop.
http::failure failed_request(const std::function<void(boost::asio::io_context&)>& run)
{
    boost::asio::io_context loop;
    http::client_options options;
    options.server = {false, "127.0.0.1", "9"};
    auto client = http::make_client(loop.get_executor(), options);
    http::request ask;
    ask.method = "GET";
    ask.target = "/";
    auto got = boost::asio::co_spawn(loop, client->send(ask), boost::asio::use_future);
    run(loop);
    auto outcome = got.get();
    REQUIRE(std::holds_alternative<http::failure>(outcome));
    return std::get<http::failure>(outcome);
}

}

TEST_CASE("no descriptor for a connection is told as that, and says nothing about the server")
{
    auto failed = failed_request([](auto& loop) {
        no_more_files limited;
        loop.run();
    });
    CHECK(failed.kind == http::failure::what_happened::not_sent);
    CHECK(failed.no_descriptors);
    CHECK_THAT(failed.text, Catch::Matchers::Contains("ulimit -n"));
}

TEST_CASE("a server that refuses connections is not told as a lack of descriptors")
{
    CHECK_FALSE(failed_request([](auto& loop) { loop.run(); }).no_descriptors);
}
