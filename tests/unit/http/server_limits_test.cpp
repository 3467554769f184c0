#include "orderd/http/server.hpp"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>

using namespace orderd;
namespace asio = boost::asio;
using asio::ip::tcp;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using namespace std::chrono_literals;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string last_get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

struct kept_log final : logger {
    std::vector<std::string> lines;
    void write(log_level, std::string_view message, std::initializer_list<log_field> fields) override
    {
        std::string line(message);
        for (const auto& f : fields) line += " " + std::string(f.name) + "=" + f.value;
        lines.push_back(line);
    }
};

/// 32 MiB, more than the sockets between server and client hold.
class big_body final : public http::body_source {
public:
    explicit big_body(bool& dropped) : dropped_(dropped) {}
    ~big_body() override { dropped_ = true; }
    std::uint64_t size() const override { return whole; }
    asio::awaitable<std::string> next() override { co_return std::string(1u << 20, 'x'); }
    static constexpr std::size_t whole = 32u << 20;

private:
    bool& dropped_;
};

/// Ends before it should: a file that was cut while it was read.
class short_body final : public http::body_source {
public:
    std::uint64_t size() const override { return 5; }
    asio::awaitable<std::string> next() override { co_return std::exchange(piece_, ""); }

private:
    std::string piece_ = "abc";
};

/// A server with limits and clients of it. "/slow" is answered when `let_go` is called, "/big" with 8 MiB, "/throws"
/// not.
class house {
public:
    explicit house(http::server_limits limits)
    {
        http::server_options options;
        options.limits = limits;
        options.log = &log;
        server = http::serve(loop.get_executor(), options, [this](http::request r) { return answer(std::move(r)); });
    }

    asio::awaitable<http::answer> answer(http::request r)
    {
        http::answer out;
        out.body = r.target + " " + r.body;
        if (r.target.starts_with("/throws")) throw std::runtime_error("a defect");
        if (r.target == "/big") out.pieces = std::make_shared<big_body>(dropped);
        if (r.target == "/short") out.pieces = std::make_shared<short_body>();
        if (r.target == "/slow") {
            ++working;
            co_await gate.async_wait(as_result);
        }
        co_return out;
    }
    void let_go() { gate.cancel(); }

    asio::awaitable<tcp::socket> connect()
    {
        tcp::socket socket(loop);
        co_await socket.async_connect({asio::ip::address_v4::loopback(), server->port()}, asio::use_awaitable);
        co_return socket;
    }
    asio::awaitable<void> write(tcp::socket& to, std::string text)
    {
        co_await asio::async_write(to, asio::buffer(text), as_result);
    }
    /// What comes until the connection ends.
    asio::awaitable<std::string> rest(tcp::socket& from)
    {
        std::string came;
        co_await asio::async_read(from, asio::dynamic_buffer(came), as_result);
        co_return came;
    }
    /// All that a server says to `text`; ends only when the server closes.
    asio::awaitable<std::string> ask(std::string text)
    {
        auto socket = co_await connect();
        co_await write(socket, text);
        co_return co_await rest(socket);
    }
    /// Runs the test's coroutine, and fails when the server leaves a client waiting.
    void run(std::function<asio::awaitable<void>()> test)
    {
        bool ended = false;
        asio::co_spawn(loop, test, [&](std::exception_ptr failed) {
            ended = true;
            server->stop();
            loop.stop();
            if (failed) std::rethrow_exception(failed);
        });
        loop.run_for(60s);
        INFO("a client was left waiting");
        REQUIRE(ended);
    }

    asio::io_context loop;
    asio::steady_timer gate{loop, asio::steady_timer::time_point::max()};
    int working = 0;
    bool dropped = false;
    kept_log log;
    std::unique_ptr<http::server> server;
};

http::server_limits short_limits()
{
    http::server_limits l;
    l.handshake = l.head = l.body = l.idle = l.taking = 100ms;
    return l;
}

http::server_limits room_for(std::size_t connections)
{
    http::server_limits l;
    l.connections = connections;
    return l;
}

std::string answer_to(const std::string& text, http::server_limits limits = {})
{
    house h(limits);
    std::string came;
    h.run([&]() -> asio::awaitable<void> { came = co_await h.ask(text); });
    return came;
}

}

TEST_CASE("a client that does not go on is let go: silent, in the midst of a head or body, between two requests")
{
    CHECK(answer_to("", short_limits()).empty());
    CHECK(answer_to("GET / HT", short_limits()).empty());
    CHECK(answer_to("GET / HTTP/1.1\r\nHost: x\r\n", short_limits()).empty());
    CHECK(answer_to("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", short_limits()).empty());
    CHECK(answer_to("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", short_limits()).empty());
    CHECK_THAT(answer_to(get, short_limits()), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a head that comes byte by byte has one time limit for all of it")
{
    house h(short_limits());
    h.run([&]() -> asio::awaitable<void> {
        auto socket = co_await h.connect();
        boost::system::error_code closed;
        std::size_t sent = 0;
        while (!closed && sent < 60'000'000) { // at a byte every 5 ms its end would not come today
            asio::steady_timer pause(h.loop, 5ms);
            co_await pause.async_wait(as_result);
            auto [error, size] = co_await socket.async_write_some(asio::buffer("G", 1), as_result);
            closed = error;
            sent += size;
        }
        CHECK(closed);
    });
}

TEST_CASE("a client that does not take its answer is let go")
{
    house h(short_limits());
    h.run([&]() -> asio::awaitable<void> {
        auto socket = co_await h.connect();
        co_await h.write(socket, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
        while (!h.dropped) co_await asio::post(h.loop, asio::use_awaitable);
        auto came = co_await h.rest(socket);
        CHECK(came.size() < big_body::whole);
    });
}

TEST_CASE("a slow client that goes on taking gets all of a big answer")
{
    house h(short_limits());
    h.run([&]() -> asio::awaitable<void> {
        auto socket = co_await h.connect();
        co_await h.write(socket, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        std::size_t came = 0;
        std::string piece(1u << 20, '\0');
        while (true) {
            asio::steady_timer pause(h.loop, 20ms);
            co_await pause.async_wait(as_result);
            auto [error, size] = co_await socket.async_read_some(asio::buffer(piece), as_result);
            came += size;
            if (error) break;
        }
        CHECK(came > big_body::whole);
    });
}

TEST_CASE("an answer in pieces has its length in the head, and one that ends too soon ends the connection")
{
    auto came = answer_to("GET /short HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    CHECK_THAT(came, Contains("Content-Length: 5\r\n"));
    CHECK(came.substr(came.size() - 7) == "\r\n\r\nabc");
    came = answer_to("HEAD /short HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK_THAT(came, Contains("Content-Length: 5\r\n"));
    CHECK(came.substr(came.size() - 4) == "\r\n\r\n");
}

TEST_CASE("what is no request is told so, and the connection is closed")
{
    for (auto text : {"hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET  HTTP/1.1\r\nHost: x\r\n\r\n",
                      "GET / HTTP/1.1\r\nHost x\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
                      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                      "\x16\x03\x01\x02 a TLS hello\r\n\r\n"}) {
        INFO(text);
        auto came = answer_to(text);
        CHECK_THAT(came, StartsWith("HTTP/1.1 400 Bad Request\r\n") && Contains("Connection: close\r\n"));
    }
}

TEST_CASE("a head or body that is too large is told so, also while the client still sends")
{
    http::server_limits limits;
    limits.head_size = 4096;
    limits.body_size = 1000;
    auto many = std::string(200'000, 'a');
    CHECK_THAT(answer_to("GET / HTTP/1.1\r\nHost: x\r\nX: " + many + "\r\n\r\n", limits),
               StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    CHECK_THAT(answer_to("GET /" + many + " HTTP/1.1\r\nHost: x\r\n\r\n", limits), StartsWith("HTTP/1.1 431"));
    CHECK_THAT(answer_to("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + many, limits),
               StartsWith("HTTP/1.1 413 Payload Too Large\r\n"));
    CHECK_THAT(
        answer_to("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" + many + "\r\n0\r\n\r\n",
                  limits),
        StartsWith("HTTP/1.1 413"));
    CHECK_THAT(answer_to("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n" +
                             std::string(1000, 'b'),
                         limits),
               StartsWith("HTTP/1.1 200"));
}

TEST_CASE("a client that waits for 100 Continue hears it, or that the body is not wanted")
{
    house h({});
    h.run([&]() -> asio::awaitable<void> {
        auto socket = co_await h.connect();
        co_await h.write(socket, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-Continue\r\n"
                                 "Content-Length: 2\r\n\r\n");
        std::string go_on;
        co_await asio::async_read_until(socket, asio::dynamic_buffer(go_on), "\r\n\r\n", as_result);
        CHECK(go_on == "HTTP/1.1 100 Continue\r\n\r\n");
        co_await h.write(socket, "ab");
        auto came = co_await h.rest(socket);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n") && Contains("/ ab"));
    });
    http::server_limits small;
    small.body_size = 10;
    auto expecting = [](const std::string& what, int length) {
        return "POST / HTTP/1.1\r\nHost: x\r\nExpect: " + what + "\r\nContent-Length: " + std::to_string(length) +
               "\r\n\r\n";
    };
    CHECK_THAT(answer_to(expecting("100-continue", 11), small), StartsWith("HTTP/1.1 413"));
    CHECK_THAT(answer_to(expecting("the unexpected", 2)), StartsWith("HTTP/1.1 417"));
}

TEST_CASE("requests that come in one piece are answered one after the other")
{
    auto came = answer_to("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
                          "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                          short_limits());
    auto first = came.find("/1 "), second = came.find("/2 ab"), third = came.find("/3 ");
    CHECK(first < second);
    CHECK(second < third);
    CHECK(third != came.npos);
}

TEST_CASE("an exception of a handler becomes an answer and a line, and the connection goes on")
{
    house h({});
    h.run([&]() -> asio::awaitable<void> {
        auto came = co_await h.ask("GET /throws?secret HTTP/1.1\r\nHost: x\r\n\r\n" + last_get);
        CHECK_THAT(came, StartsWith("HTTP/1.1 500 Internal Server Error\r\n") && Contains("HTTP/1.1 200 OK"));
        REQUIRE(h.log.lines.size() == 1);
        CHECK_THAT(h.log.lines[0], Contains("method=GET path=/throws why=a defect") && !Contains("secret"));
    });
}

TEST_CASE("when the house is full a new client takes the place of the one that is idle longest")
{
    house h(room_for(3));
    h.run([&]() -> asio::awaitable<void> {
        auto first = co_await h.connect();
        auto second = co_await h.connect();
        auto third = co_await h.connect();
        co_await h.write(first, get); // now the second is idle longest
        std::string head;
        co_await asio::async_read_until(first, asio::dynamic_buffer(head), "/ ", as_result);
        for (int i = 0; i < 2; ++i) {
            auto came = co_await h.ask(last_get);
            CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
        }
        auto came = co_await h.rest(second);
        CHECK(came.empty());
        co_await h.write(first, last_get);
        came = co_await h.rest(first);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
        REQUIRE(h.log.lines.size() == 1);
        CHECK_THAT(h.log.lines[0], Contains("connections=2 new_from=127.0.0.1"));
    });
}

TEST_CASE("clients that stall in the midst of a request make way as well, after the idle ones")
{
    house h(room_for(3));
    h.run([&]() -> asio::awaitable<void> {
        auto stalled = co_await h.connect();
        co_await h.write(stalled, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
        std::string head;
        co_await asio::async_read_until(stalled, asio::dynamic_buffer(head), "\r\n\r\n", as_result);
        auto idle = co_await h.connect();
        auto also_idle = co_await h.connect();
        auto one_more = co_await h.connect();
        auto came = co_await h.rest(idle);
        CHECK(came.empty());
        auto yet_one = co_await h.connect();
        came = co_await h.rest(also_idle);
        CHECK(came.empty());
        co_await h.write(stalled, "123456789");
        co_await asio::async_read_until(stalled, asio::dynamic_buffer(came), "123456789", as_result);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
    });
}

TEST_CASE("a client is refused when every request is being worked on, and those come to their end")
{
    house h(room_for(2));
    h.run([&]() -> asio::awaitable<void> {
        const std::string slow = "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        auto first = co_await h.connect();
        auto second = co_await h.connect();
        co_await h.write(first, slow);
        co_await h.write(second, slow);
        while (h.working < 2) co_await asio::post(h.loop, asio::use_awaitable);
        auto third = co_await h.connect();
        auto came = co_await h.rest(third);
        CHECK_THAT(came, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
        h.let_go();
        came = co_await h.rest(first);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
        came = co_await h.rest(second);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
        came = co_await h.ask(last_get);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
    });
}

TEST_CASE("without descriptors clients wait, idle ones give theirs back, and it is told once")
{
    house h(room_for(100));
    h.run([&]() -> asio::awaitable<void> {
        auto idle = co_await h.connect();
        auto came = co_await h.ask(last_get); // the idle one is taken by now
        tcp::socket probe(h.loop);
        probe.open(tcp::v4());
        rlimit before{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        std::vector<int> taken;
        rlimit few = before;
        few.rlim_cur = 256;
        ::setrlimit(RLIMIT_NOFILE, &few);
        for (int d; (d = ::open("/dev/null", O_RDONLY)) >= 0;) taken.push_back(d);
        co_await probe.async_connect({asio::ip::address_v4::loopback(), h.server->port()}, as_result);
        co_await h.write(probe, last_get);
        came = co_await h.rest(probe);
        for (int d : taken) ::close(d);
        ::setrlimit(RLIMIT_NOFILE, &before);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
        came = co_await h.rest(idle);
        CHECK(came.empty());
        REQUIRE(h.log.lines.size() == 1);
        CHECK_THAT(h.log.lines[0], StartsWith("the server could not take a connection") && Contains("connections=1"));
        came = co_await h.ask(last_get);
        CHECK_THAT(came, StartsWith("HTTP/1.1 200 OK\r\n"));
    });
}
