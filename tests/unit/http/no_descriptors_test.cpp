#include "orderd/http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>
#include <sys/resource.h>

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

}

TEST_CASE("no descriptor for a connection is told as that, and says nothing about the server")
{
    boost::asio::io_context loop;
    http::client_options options;
    options.server = {false, "127.0.0.1", "9"};
    auto client = http::make_client(loop.get_executor(), options);
    http::request ask;
    ask.method = "GET";
    ask.target = "/";
    auto got = boost::asio::co_spawn(loop, client->send(ask), boost::asio::use_future);
    {
        no_more_files limited;
        loop.run();
    }
    auto outcome = got.get();
    auto* failed = std::get_if<http::failure>(&outcome);
    REQUIRE(failed);
    CHECK(failed->kind == http::failure::what_happened::not_sent);
    CHECK(failed->no_descriptors);
    CHECK_THAT(failed->text, Catch::Matchers::Contains("ulimit -n"));
}

TEST_CASE("a server that refuses connections is not told as a lack of descriptors")
{
    boost::asio::io_context loop;
    http::client_options options;
    options.server = {false, "127.0.0.1", "9"};
    auto client = http::make_client(loop.get_executor(), options);
    http::request ask;
    ask.method = "GET";
    ask.target = "/";
    auto got = boost::asio::co_spawn(loop, client->send(ask), boost::asio::use_future);
    loop.run();
    auto outcome = got.get();
    REQUIRE(std::get_if<http::failure>(&outcome));
    CHECK_FALSE(std::get<http::failure>(outcome).no_descriptors);
}
