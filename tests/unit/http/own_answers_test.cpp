#include "http/connection.hpp"
#include "unit/http/certificate.hpp"
#include "unit/http/scripted_server.hpp"

#include <boost/asio/ssl.hpp>
#include <catch2/catch.hpp>
#include <linux/sockios.h>
#include <map>
#include <random>
#include <sys/ioctl.h>
#include <thread>

// An answer is only ever given to the request that it belongs to.
using namespace orderd;
using namespace orderd::tests;
using namespace std::chrono_literals;
namespace ssl = asio::ssl;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
const std::string foreign = "HTTP/1.1 201 Created\r\nContent-Length: 7\r\n\r\nforeign";

/// How a server misbehaves around one answer.
enum class manner {
    plain,
    split,      // in pieces, with pauses
    early,      // before the request's body was read
    informed,   // behind 1xx
    chunked,    // with trailers
    closing,    // Connection: close
    old,        // HTTP/1.0
    no_content, // 204, and a body all the same
    doubled,    // twice, in one piece
    doubled_later,
    unasked_later,   // another's answer, when nothing is asked
    timed_out_later, // 408, as servers say to connections that lie idle
    half,            // and then the connection ends
    none,            // and then the connection ends
    two_lengths,     // ends in two places
    last = two_lengths,
};

std::string whole_answer(manner how, const std::string& id)
{
    auto length = "Content-Length: " + std::to_string(id.size()) + "\r\n";
    auto own = "HTTP/1.1 201 Created\r\n" + length + "\r\n" + id;
    switch (how) {
    case manner::informed: return "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + own;
    case manner::chunked:
        return "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n" + std::to_string(id.size()) + "\r\n" + id +
               "\r\n0\r\nX-Sum: 1\r\n\r\n";
    case manner::closing: return "HTTP/1.1 201 Created\r\nConnection: close\r\n" + length + "\r\n" + id;
    case manner::old: return "HTTP/1.0 201 Created\r\n" + length + "\r\n" + id;
    case manner::no_content: return "HTTP/1.1 204 No Content\r\n\r\n" + foreign;
    case manner::doubled: return own + own;
    case manner::half: return own.substr(0, own.size() - 2);
    case manner::none: return "";
    case manner::two_lengths:
        return "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n" + length + "\r\n1\r\nx\r\n0\r\n\r\n" + foreign;
    default: return own;
    }
}

/// What must come of a request that was answered so: its own answer, a failure, or no content.
enum class due { own, failure, nothing };
due due_of(manner how)
{
    switch (how) {
    case manner::half:
    case manner::none:
    case manner::two_lengths: return due::failure;
    case manner::no_content: return due::nothing;
    default: return due::own;
    }
}

/// Nothing is said unasked while something is asked, and the other way round.
struct gate {
    int asking = 0, saying = 0;
};

/// Answers each request with its target, in a manner by chance.
template <class Stream>
class wild_server {
public:
    wild_server(asio::io_context& loop, ssl::context& tls, gate& g, unsigned seed)
        : loop_(loop), tls_(tls), gate_(g), chance_(seed), acceptor_(loop, {asio::ip::address_v4::loopback(), 0})
    {
        asio::co_spawn(loop_, accept(), asio::detached);
    }
    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
    void stop()
    {
        acceptor_.close();
        for (auto& line : lines_) line->lowest_layer().close();
    }
    std::map<std::string, manner> answered; // by the request
    int connections = 0, unasked = 0;

private:
    static constexpr bool secure = !std::is_same_v<Stream, tcp::socket>;

    asio::awaitable<void> accept()
    {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(as_result);
            if (error) co_return;
            ++connections;
            if constexpr (secure)
                lines_.push_back(std::make_shared<Stream>(std::move(socket), tls_));
            else
                lines_.push_back(std::make_shared<Stream>(std::move(socket)));
            asio::co_spawn(loop_, serve(lines_.back()), asio::detached);
        }
    }
    asio::awaitable<void> serve(std::shared_ptr<Stream> line)
    {
        if constexpr (secure) {
            auto [error] = co_await line->async_handshake(ssl::stream_base::server, as_result);
            if (error) co_return;
        }
        for (bool more = true; more;) more = co_await answer_one(*line);
        line->lowest_layer().close();
    }
    /// Whether the connection goes on.
    asio::awaitable<bool> answer_one(Stream& line)
    {
        std::string head;
        std::size_t head_size = 0;
        while (head_size == 0) {
            char some[4096];
            auto [error, n] = co_await line.async_read_some(asio::buffer(some), as_result);
            if (error) co_return false;
            head.append(some, n);
            if (auto end = head.find("\r\n\r\n"); end != head.npos) head_size = end + 4;
        }
        auto id = head.substr(head.find('/'), head.find(" HTTP") - head.find('/'));
        auto how = static_cast<manner>(below(static_cast<int>(manner::last) + 1));
        answered[id] = how;
        auto text = whole_answer(how, id);
        if (how == manner::early && !co_await write(line, text)) co_return false;
        auto length = std::stoul(head.substr(head.find("Content-Length: ") + 16));
        for (auto missing = head_size + length - head.size(); missing > 0;) {
            std::string body(missing, '\0');
            auto [broken, n] = co_await line.async_read_some(asio::buffer(body), as_result);
            if (broken) co_return false;
            missing -= n;
        }
        if (how == manner::split) {
            for (std::size_t at = 0, size; at < text.size(); at += size) {
                size = 1 + below(30);
                auto part = text.substr(at, size);
                if (!co_await write(line, part)) co_return false;
                co_await pause(below(2));
            }
        } else if (how != manner::early && !co_await write(line, text))
            co_return false;
        if (how == manner::doubled_later || how == manner::unasked_later || how == manner::timed_out_later)
            co_return co_await say_unasked(line, how, text);
        bool ends = how == manner::closing || how == manner::old || how == manner::half || how == manner::none;
        co_return !ends;
    }
    /// What is said while nothing is asked, and has arrived before anything is. (What crosses a request on its way, no
    /// client can always tell from its answer.)
    asio::awaitable<bool> say_unasked(Stream& line, manner how, const std::string& own)
    {
        ++gate_.saying;
        while (gate_.asking > 0) co_await pause(1);
        auto said = how == manner::doubled_later   ? own
                    : how == manner::unasked_later ? foreign
                                                   : "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
                                                     "Content-Length: 0\r\n\r\n";
        bool sent = co_await write(line, said);
        int on_its_way = sent;
        while (on_its_way > 0) {
            co_await pause(1);
            if (::ioctl(line.lowest_layer().native_handle(), SIOCOUTQ, &on_its_way) != 0) on_its_way = 0;
        }
        --gate_.saying;
        unasked += sent;
        co_return sent&& how != manner::timed_out_later;
    }
    asio::awaitable<bool> write(Stream& line, const std::string& text)
    {
        auto [error, n] = co_await asio::async_write(line, asio::buffer(text), as_result);
        static_cast<void>(n);
        co_return !error;
    }
    asio::awaitable<void> pause(int milliseconds)
    {
        asio::steady_timer timer(loop_, std::chrono::milliseconds(milliseconds));
        co_await timer.async_wait(as_result);
    }
    int below(int n) { return static_cast<int>(chance_() % static_cast<unsigned>(n)); }

    asio::io_context& loop_;
    ssl::context& tls_;
    gate& gate_;
    std::mt19937 chance_;
    tcp::acceptor acceptor_;
    std::vector<std::shared_ptr<Stream>> lines_;
};

template <class Stream>
void check_seed(unsigned seed, const certificate_file& certificate)
{
    INFO("seed " << seed);
    asio::io_context loop;
    ssl::context tls(ssl::context::tls_server);
    tls.use_certificate_chain_file(certificate.path());
    tls.use_private_key_file(certificate.path(), ssl::context::pem);
    gate turns;
    wild_server<Stream> server(loop, tls, turns, seed);
    http::client_options options;
    options.server = {!std::is_same_v<Stream, tcp::socket>, "localhost", server.port()};
    options.ca_file = certificate.path();
    options.names = [](const std::string&) { return http::found_addresses{{asio::ip::address_v4::loopback()}}; };
    auto client = http::make_client(loop.get_executor(), options);

    constexpr int at_once = 3, each = 40;
    std::map<std::string, http::outcome> came;
    int running = at_once;
    std::mt19937 chance(seed + 1'000'000);
    auto ask = [&](int worker) -> asio::awaitable<void> {
        for (int i = 0; i < each; ++i) {
            http::request what = post();
            what.target = "/" + std::to_string(worker) + "-" + std::to_string(i);
            what.body = std::string(chance() % 3000, 'b');
            auto id = what.target;
            asio::steady_timer later(loop);
            do {
                later.expires_after(std::chrono::milliseconds(chance() % 3));
                co_await later.async_wait(as_result);
            } while (turns.saying > 0);
            ++turns.asking;
            auto got = co_await client->send(std::move(what));
            --turns.asking;
            came.emplace(id, std::move(got));
        }
        if (--running == 0) server.stop();
    };
    for (int worker = 0; worker < at_once; ++worker) asio::co_spawn(loop, ask(worker), asio::detached);
    loop.run();

    REQUIRE(came.size() == at_once * each);
    CHECK(server.connections < at_once * each); // some were used again
    CHECK(server.unasked > 0);
    for (const auto& [id, outcome] : came) {
        REQUIRE(server.answered.contains(id));
        auto how = server.answered.at(id);
        INFO(id << " manner " << static_cast<int>(how) << ": " << text(outcome));
        auto* failed = std::get_if<http::failure>(&outcome);
        if (due_of(how) == due::own) {
            CHECK(text(outcome) == "201 " + id);
        } else if (due_of(how) == due::nothing) {
            CHECK(text(outcome) == "204 ");
        } else {
            REQUIRE(failed);
            CHECK(failed->kind == http::failure::what_happened::unknown);
        }
    }
}

}

TEST_CASE("an answer is only ever given to the request that it belongs to")
{
    certificate_file certificate("localhost");
    for (unsigned seed = 1; seed <= 12; ++seed) check_seed<tcp::socket>(seed, certificate);
}

TEST_CASE("an answer is only ever given to the request that it belongs to, under TLS")
{
    certificate_file certificate("localhost");
    for (unsigned seed = 1; seed <= 6; ++seed) check_seed<ssl::stream<tcp::socket>>(seed, certificate);
}

TEST_CASE("what the server's machine has not acknowledged is unheard")
{
    asio::io_context loop;
    tcp::acceptor acceptor(loop);
    tcp::endpoint here(asio::ip::address_v4::loopback(), 0);
    acceptor.open(here.protocol());
    acceptor.set_option(asio::socket_base::receive_buffer_size(4096));
    acceptor.bind(here);
    acceptor.listen();
    http::connection line(loop.get_executor());
    line.plain.connect(acceptor.local_endpoint());
    auto server = acceptor.accept();
    auto heard = [&](std::size_t size) {
        for (int i = 0; i < 10'000 && line.unheard(size); ++i) std::this_thread::sleep_for(1ms);
        return !line.unheard(size);
    };
    asio::write(line.plain, asio::buffer("request", 7));
    CHECK(heard(7));

    // The server's machine takes no more: what is written then waits here.
    line.plain.non_blocking(true);
    std::string much(100'000, 'x');
    boost::system::error_code full;
    std::size_t written = 0;
    while (!full) written += line.plain.write_some(asio::buffer(much), full);
    CHECK(line.unheard(7));
    std::string taken(written + 7, '\0');
    asio::read(server, asio::buffer(taken));
    CHECK(heard(7));
}
