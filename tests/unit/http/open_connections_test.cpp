#include "http/open_connections.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <memory>

using orderd::http::open_connections;
using waiting_for = open_connections::waiting_for;
using boost::asio::ip::tcp;

namespace {

struct guest {
    tcp::socket socket;
    open_connections::entry entry;
    guest(boost::asio::io_context& loop, open_connections& all, const std::string& client, bool loopback = false)
        : socket(loop, tcp::v4()), entry(all, socket, client, loopback)
    {
    }
    bool open() const { return socket.is_open(); }
};

}

TEST_CASE("an address that has all it may have gives up one of its own, and none of another's")
{
    boost::asio::io_context loop;
    open_connections all(100, 2);
    guest other(loop, all, "192.0.2.1"), first(loop, all, "192.0.2.2"), second(loop, all, "192.0.2.2");
    REQUIRE(all.make_way_for("192.0.2.2", false));
    CHECK(other.open());
    CHECK_FALSE(first.open());
    CHECK(second.open());
    guest third(loop, all, "192.0.2.2");
    second.entry.waits_for(waiting_for::answer);
    third.entry.waits_for(waiting_for::answer);
    CHECK_FALSE(all.make_way_for("192.0.2.2", false));
    CHECK(all.make_way_for("192.0.2.3", false));
    CHECK(other.open());
    CHECK(all.size() == 3);
}

TEST_CASE("the loopback, behind which a reverse proxy may stand, has only the limit of all")
{
    boost::asio::io_context loop;
    open_connections all(3, 1);
    guest first(loop, all, "127.0.0.1", true), second(loop, all, "127.0.0.1", true);
    CHECK(all.make_way_for("127.0.0.1", true));
    guest third(loop, all, "127.0.0.1", true);
    CHECK(first.open());
    CHECK(all.make_way_for("127.0.0.1", true));
    CHECK_FALSE(first.open());
    CHECK(second.open());
}

TEST_CASE("one that was closed to make way is not counted, and not closed again")
{
    boost::asio::io_context loop;
    open_connections all(1, 0);
    guest first(loop, all, "192.0.2.1");
    CHECK(all.make_way_for("192.0.2.2", false));
    CHECK(all.size() == 0);
    CHECK_FALSE(all.close_longest_silent());
    {
        guest second(loop, all, "192.0.2.2");
        CHECK(all.size() == 1);
    }
    CHECK(all.size() == 0);
}
