#include "http/connector.hpp"
#include "orderd/http/server.hpp"
#include "unit/http/certificate.hpp"
#include "unit/http/scripted_server.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <sys/socket.h>
#include <thread>

using namespace orderd;
using namespace orderd::tests;
using namespace std::chrono_literals;
using asio::ip::make_address;
using Catch::Matchers::Contains;

namespace {

http::found_addresses at(std::initializer_list<const char*> addresses)
{
    http::found_addresses out;
    for (auto* address : addresses) out.addresses.push_back(make_address(address));
    return out;
}

/// A name service that is silent until it may speak. What the threads that ask need is shared with them.
class slow_names {
    struct shared {
        std::mutex guard;
        std::condition_variable changed;
        bool silent = false;
        http::found_addresses answer;
        int asked = 0, waiting = 0, most_at_once = 0;
    };

public:
    explicit slow_names(http::found_addresses answer) { all_->answer = std::move(answer); }
    ~slow_names() { speak(); }
    http::name_service service() const
    {
        return [all = all_](const std::string&) {
            std::unique_lock lock(all->guard);
            ++all->asked;
            all->changed.notify_all();
            all->most_at_once = std::max(all->most_at_once, ++all->waiting);
            all->changed.wait(lock, [&] { return !all->silent; });
            --all->waiting;
            all->changed.notify_all();
            return all->answer;
        };
    }
    void be_silent()
    {
        set([](auto& s) { s.silent = true; });
    }
    void speak()
    {
        set([](auto& s) { s.silent = false; });
    }
    void answer(http::found_addresses a)
    {
        set([&](auto& s) { s.answer = a; });
    }
    int asked() const { return get(&shared::asked); }
    int most_at_once() const { return get(&shared::most_at_once); }
    /// Until it has been asked, and no thread is within it.
    void wait_for_threads() const
    {
        std::unique_lock lock(all_->guard);
        all_->changed.wait(lock, [&] { return all_->asked > 0 && all_->waiting == 0; });
    }

private:
    template <class F>
    void set(F f)
    {
        std::lock_guard hold(all_->guard);
        f(*all_);
        all_->changed.notify_all();
    }
    int get(int shared::*which) const
    {
        std::lock_guard hold(all_->guard);
        return (*all_).*which;
    }
    std::shared_ptr<shared> all_ = std::make_shared<shared>();
};

http::client_options named(const std::string& port, http::name_service names)
{
    http::client_options options;
    options.server.host = "api.example";
    options.server.port = port;
    options.names = std::move(names);
    return options;
}

/// An address on which connections are neither taken nor refused: its queue is full.
class silent_address {
public:
    silent_address(asio::io_context& loop, const std::string& address, const std::string& port) : acceptor_(loop)
    {
        tcp::endpoint here(make_address(address), static_cast<unsigned short>(std::stoi(port)));
        acceptor_.open(here.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(here);
        acceptor_.listen(1);
        for (int i = 0; i < 4; ++i) {
            auto& filling = fillings_.emplace_back(loop);
            filling.open(here.protocol());
            filling.native_non_blocking(true);
            ::connect(filling.native_handle(), here.data(), static_cast<socklen_t>(here.size()));
        }
    }

private:
    tcp::acceptor acceptor_;
    std::vector<tcp::socket> fillings_;
};

/// Sends one request after the other.
std::vector<std::string> ask(asio::io_context& loop, http::client& client, int times)
{
    std::vector<std::string> told;
    auto work = [&]() -> asio::awaitable<void> {
        for (int i = 0; i < times; ++i) told.push_back(text(co_await client.send(post())));
    };
    asio::co_spawn(loop, work, asio::detached);
    while (static_cast<int>(told.size()) < times && loop.run_one()) {
    }
    return told;
}

const std::string closing = "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc";

}

TEST_CASE("a silent name service ends with the connect time-out: nothing was sent, and nobody waits for it")
{
    slow_names names(at({"127.0.0.1"}));
    names.be_silent();
    {
        asio::io_context loop;
        auto options = named("1", names.service());
        options.connect_timeout = 100ms;
        auto client = http::make_client(loop.get_executor(), options);
        std::vector<http::outcome> got;
        auto one = [&]() -> asio::awaitable<void> { got.push_back(co_await client->send(post())); };
        for (int i = 0; i < 20; ++i) asio::co_spawn(loop, one, asio::detached);
        loop.run(); // ends though the look-up has not
        REQUIRE(got.size() == 20);
        for (auto& o : got) {
            REQUIRE(std::holds_alternative<http::failure>(o));
            CHECK(std::get<http::failure>(o).kind == http::failure::what_happened::not_sent);
            CHECK(text(o) == "the name api.example cannot be resolved: the name service did not answer in time");
        }
    }
    names.speak(); // when client and loop are gone
    names.wait_for_threads();
    CHECK(names.asked() == 1); // one question for all
}

TEST_CASE("a client may go while its name is looked up")
{
    slow_names names(at({"127.0.0.1"}));
    names.be_silent();
    {
        asio::io_context loop;
        auto client = http::make_client(loop.get_executor(), named("1", names.service()));
        auto work = [&]() -> asio::awaitable<void> { co_await client->send(post()); };
        asio::co_spawn(loop, work, asio::detached);
        loop.poll();
        client.reset();
    }
    names.speak();
    names.wait_for_threads();
    CHECK(names.asked() == 1);
}

TEST_CASE("all who need an address at once share one look-up")
{
    asio::io_context loop;
    scripted_server server(loop, std::vector<std::string>(20, ok + "abc"));
    slow_names names(at({"127.0.0.1"}));
    names.be_silent();
    auto client = http::make_client(loop.get_executor(), named(server.port(), names.service()));
    std::vector<std::string> told;
    auto one = [&]() -> asio::awaitable<void> {
        told.push_back(text(co_await client->send(post())));
        if (told.size() == 20) server.stop();
    };
    for (int i = 0; i < 20; ++i) asio::co_spawn(loop, one, asio::detached);
    loop.poll();
    names.speak();
    loop.run();
    CHECK(told == std::vector<std::string>(20, "201 abc"));
    CHECK(names.asked() == 1);
}

TEST_CASE("while the name service is silent or fails, the last good answer serves")
{
    asio::io_context loop;
    slow_names names(at({"127.0.0.1"}));
    auto lookup = std::make_shared<http::name_lookup>(loop.get_executor(), "api.example", names.service());
    auto found = [&] {
        std::optional<http::found_addresses> out;
        auto work = [&]() -> asio::awaitable<void> {
            out = co_await lookup->addresses(http::name_lookup::clock::now() + 10s);
        };
        asio::co_spawn(loop, work, asio::detached);
        while (!out) loop.restart(), loop.run_one();
        return *out;
    };
    const std::vector<asio::ip::address> first{make_address("127.0.0.1")};
    CHECK(found().addresses == first);
    CHECK(found().addresses == first);
    CHECK(names.asked() == 1); // it is fresh

    names.answer({{}, "server failure"});
    lookup->doubt();
    CHECK(found().addresses == first);
    CHECK(names.asked() == 2);

    names.be_silent();
    for (int i = 0; i < 5; ++i) CHECK(found().addresses == first);
    CHECK(names.asked() == 3); // one question is enough
    CHECK(names.most_at_once() == 1);

    names.answer(at({"127.0.0.2"}));
    names.speak();
    names.wait_for_threads();
    while (found().addresses == first) {
    }
    CHECK(found().addresses == std::vector{make_address("127.0.0.2")});
}

TEST_CASE("a name that has no address says why")
{
    for (const auto& [answer, why] : std::initializer_list<std::pair<http::found_addresses, std::string>>{
             {{{}, "Name or service not known"}, "Name or service not known"}, {{}, "it has no address"}}) {
        asio::io_context loop;
        auto found = answer;
        auto client = http::make_client(loop.get_executor(), named("1", [found](const std::string&) { return found; }));
        CHECK(ask(loop, *client, 1).at(0) == "the name api.example cannot be resolved: " + why);
    }
    asio::io_context loop;
    auto client = http::make_client(loop.get_executor(), named("1", [](const std::string&) -> http::found_addresses {
                                        throw std::runtime_error("out of memory");
                                    }));
    CHECK_THAT(ask(loop, *client, 1).at(0), Contains("out of memory"));
}

TEST_CASE("an address needs no name service")
{
    asio::io_context loop;
    scripted_server server(loop, {closing});
    slow_names names(at({"127.0.0.9"}));
    auto options = named(server.port(), names.service());
    options.server.host = "127.0.0.1";
    auto client = http::make_client(loop.get_executor(), options);
    CHECK(ask(loop, *client, 1).at(0) == "201 abc");
    CHECK(names.asked() == 0);
}

TEST_CASE("a host whose first addresses are dead is reached by the next, again and again")
{
    asio::io_context loop;
    scripted_server server(loop, {closing, closing, closing});
    silent_address dead(loop, "127.0.0.2", server.port());
    // Nobody listens on 127.0.0.3, which is told at once; 127.0.0.2 is silent.
    for (const auto& addresses : {at({"127.0.0.2", "127.0.0.1"}), at({"127.0.0.3", "127.0.0.2", "127.0.0.1"}),
                                  at({"::1", "127.0.0.2", "127.0.0.1"})}) {
        slow_names names(addresses);
        auto options = named(server.port(), names.service());
        options.connect_timeout = 30s;
        auto client = http::make_client(loop.get_executor(), options);
        CHECK(ask(loop, *client, 1).at(0) == "201 abc");
    }
    server.stop();
}

TEST_CASE("an address that takes connections and never shakes hands does not keep the next from being tried")
{
    asio::io_context loop;
    certificate_file certificate("api.example");
    http::server_options listen;
    listen.certificate_file = certificate.path();
    listen.private_key_file = certificate.path();
    http::handler handle = [](http::request) -> asio::awaitable<http::answer> { co_return http::answer{}; };
    auto server = http::serve(loop.get_executor(), listen, handle);
    tcp::acceptor mute(loop, {make_address("127.0.0.2"), server->port()});
    slow_names names(at({"127.0.0.2", "127.0.0.1"}));
    auto options = named(std::to_string(server->port()), names.service());
    options.server.tls = true;
    options.ca_file = certificate.path();
    options.connect_timeout = 30s;
    auto client = http::make_client(loop.get_executor(), options);
    CHECK(ask(loop, *client, 1).at(0) == "200 ");
    server->stop();
}

TEST_CASE("a handshake that never ends ends with the connect time-out")
{
    asio::io_context loop;
    tcp::acceptor mute(loop, {asio::ip::address_v4::loopback(), 0});
    auto port = std::to_string(mute.local_endpoint().port());
    auto options = named(port, slow_names(at({"127.0.0.1"})).service());
    options.server.tls = true;
    options.connect_timeout = 200ms;
    auto client = http::make_client(loop.get_executor(), options);
    CHECK(ask(loop, *client, 1).at(0) == "TLS with api.example:" + port + " failed: the time-out is over");
}

TEST_CASE("a host with dead addresses only ends with the connect time-out")
{
    asio::io_context loop;
    scripted_server port_of(loop, {});
    silent_address one(loop, "127.0.0.2", port_of.port()), other(loop, "127.0.0.3", port_of.port());
    slow_names names(at({"127.0.0.2", "127.0.0.3"}));
    auto options = named(port_of.port(), names.service());
    options.connect_timeout = 400ms;
    auto client = http::make_client(loop.get_executor(), options);
    CHECK(ask(loop, *client, 1).at(0) == "no connection to api.example:" + port_of.port() + ": the time-out is over");
    port_of.stop();
}

TEST_CASE("addresses that all refuse are told at once")
{
    asio::io_context loop;
    std::string port;
    {
        tcp::acceptor nobody(loop, {asio::ip::address_v4::loopback(), 0});
        port = std::to_string(nobody.local_endpoint().port());
    }
    slow_names names(at({"127.0.0.1", "127.0.0.2", "127.0.0.3"}));
    auto options = named(port, names.service());
    options.connect_timeout = 1h;
    auto client = http::make_client(loop.get_executor(), options);
    CHECK(ask(loop, *client, 1).at(0) == "no connection to api.example:" + port + ": Connection refused");
}

TEST_CASE("addresses of two families are tried in turn")
{
    auto in = at({"::1", "::2", "::3", "127.0.0.1", "127.0.0.2"}).addresses;
    CHECK(http::interleaved(in) == at({"::1", "127.0.0.1", "::2", "127.0.0.2", "::3"}).addresses);
    CHECK(http::interleaved(at({"127.0.0.1", "::1"}).addresses) == at({"127.0.0.1", "::1"}).addresses);
    CHECK(http::interleaved({}).empty());
}
