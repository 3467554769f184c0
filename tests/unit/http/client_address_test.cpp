#include "http/client_address.hpp"

#include <catch2/catch.hpp>

TEST_CASE("connections are counted by IPv4 address and by /64 of IPv6, mapped addresses as what they are")
{
    auto counted = [](const char* address) {
        return orderd::http::counted_address(boost::asio::ip::make_address(address));
    };
    CHECK(counted("192.0.2.7") == "192.0.2.7");
    CHECK(counted("::ffff:192.0.2.7") == "192.0.2.7");
    CHECK(counted("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    CHECK(counted("2001:db8:1:2:ffff::1") == counted("2001:db8:1:2:3:4:5:6"));
    CHECK(counted("2001:db8:1:3::1") != counted("2001:db8:1:2::1"));
    CHECK(counted("::1") == "::1");
}
