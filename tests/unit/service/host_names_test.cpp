#include "service/host_names.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::service;

namespace {

http::request asking(const std::string& target, const std::vector<std::string>& hosts, int version = 11)
{
    http::request r;
    r.target = target;
    r.version = version;
    for (const auto& host : hosts) r.fields.emplace_back("hOsT", host);
    return r;
}

std::string host_of(const std::string& field)
{
    auto to = addressee_of(asking("/", {field}));
    return to ? to->host : "none";
}

}

TEST_CASE("a Host is compared in lower case, without port, brackets and last dot")
{
    CHECK(host_of("orders.example.jp") == "orders.example.jp");
    CHECK(host_of("Orders.EXAMPLE.jp:9464") == "orders.example.jp");
    CHECK(host_of("orders.example.jp.") == "orders.example.jp");
    CHECK(host_of("orders.example.jp.:443") == "orders.example.jp");
    CHECK(host_of("127.0.0.1:9464") == "127.0.0.1");
    CHECK(host_of("[::1]:9464") == "::1");
    CHECK(host_of("[2001:DB8::5]") == "2001:db8::5");
}

TEST_CASE("a request that names no host, several, or something that is none is not well made")
{
    CHECK_FALSE(addressee_of(asking("/", {})));
    CHECK_FALSE(addressee_of(asking("/", {"localhost", "evil.example"})));
    CHECK_FALSE(addressee_of(asking("/", {"localhost", "localhost"})));
    CHECK_FALSE(addressee_of(asking("http://localhost/", {"localhost", "localhost"})));
    for (auto wrong : {"", ":80", "a b", "user@localhost", "localhost/path", "%6cocalhost", "localhost,evil.example",
                       "[::1", "[::1]evil.example", "evil.example:80:80", "\xe5\x90\x8d.jp", ".", "localhost:x"})
        CHECK(host_of(wrong) == "none");
}

TEST_CASE("an old probe of HTTP/1.0 may name no host")
{
    auto to = addressee_of(asking("/healthz", {}, 10));
    REQUIRE(to);
    CHECK(to->host.empty());
    CHECK(host_names({"orders.example.jp"}, "").answers(*to));
}

TEST_CASE("where the target has a host, that one counts, and the path is what remains")
{
    auto to = addressee_of(asking("HTTP://Evil.Example:80/orders?state=ready", {"localhost"}));
    REQUIRE(to);
    CHECK(to->host == "evil.example");
    CHECK(to->target == "/orders?state=ready");
    to = addressee_of(asking("http://localhost", {"evil.example"}));
    REQUIRE(to);
    CHECK(to->host == "localhost");
    CHECK(to->target == "/");
    CHECK_FALSE(addressee_of(asking("*", {"localhost"})));
    CHECK_FALSE(addressee_of(asking("http:/orders", {"localhost"})));
    CHECK_FALSE(addressee_of(asking("file:///etc/passwd", {"localhost"})));
}

TEST_CASE("addresses, names of the loopback and the names of the page are answered, and no others")
{
    auto answered = [](const host_names& names, const std::string& host) {
        auto to = addressee_of(asking("/", {host}));
        return to && names.answers(*to);
    };
    host_names by_itself({}, "Orders1.corp.example.jp");
    for (auto host : {"localhost:9464", "LOCALHOST", "127.0.0.1", "192.0.2.7:9464", "[::1]:9464", "[2001:db8::1]",
                      "orders1", "orders1.corp.example.jp"})
        CHECK(answered(by_itself, host));
    for (auto host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "corp.example.jp",
                      "orders1.evil.example", "orders11", "127.1", "2130706433", "0x7f.0.0.1"})
        CHECK_FALSE(answered(by_itself, host));
    host_names told({"Orders.example.jp.", "orders"}, "machine");
    for (auto host : {"orders.example.jp", "ORDERS:80", "localhost", "10.0.0.1"}) CHECK(answered(told, host));
    CHECK_FALSE(answered(told, "machine"));
    CHECK_FALSE(answered(told, "example.jp"));
}
