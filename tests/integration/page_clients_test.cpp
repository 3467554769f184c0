#include "stage.hpp"

#include <boost/asio.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <list>
#include <sys/stat.h>

using namespace orderd::tests;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;

// What hostile and broken clients do to the status page, and what they cannot do.

namespace {

/// A client that says what it likes; from another address of the loopback where one is given.
class raw_client {
public:
    explicit raw_client(int port, const char* from = "127.0.0.1") : socket_(loop_, tcp::v4())
    {
        socket_.bind({asio::ip::make_address(from), 0});
        socket_.connect({asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)});
    }
    void say(const std::string& text)
    {
        boost::system::error_code closed;
        asio::write(socket_, asio::buffer(text), closed);
    }
    /// Everything until the daemon closes.
    std::string hear()
    {
        std::string came;
        boost::system::error_code end;
        asio::read(socket_, asio::dynamic_buffer(came), end);
        return came;
    }

private:
    asio::io_context loop_;
    tcp::socket socket_;
};

std::string say(int port, const std::string& text)
{
    raw_client client(port);
    client.say(text);
    return client.hear();
}

std::string get_as(int port, const std::string& host, const std::string& target = "/healthz")
{
    return say(port, "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
}

std::string decision(const std::string& credentials)
{
    return "POST /order/1/hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n"
           "Authorization: Basic " +
           credentials + "\r\n\r\n";
}
const std::string right = "c3V6dWtpOm9wZW4gc2VzYW1lIDEyMzQ="; // suzuki:open sesame 1234
const std::string wrong = "c3V6dWtpOnNlc2FtZSBvcGVuIDQzMjE="; // suzuki:sesame open 4321

long count_of(const std::string& text, const std::string& what)
{
    long n = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

long descriptors_of(pid_t process)
{
    auto all = fs::directory_iterator("/proc/" + std::to_string(process) + "/fd");
    return std::distance(fs::begin(all), fs::end(all));
}

}

TEST_CASE("clients that do nothing take no descriptors from orders, and a probe always gets in")
{
    stage s;
    s.run_under({"/usr/bin/prlimit", "--nofile=200"});
    s.start_and_wait();
    auto port = s.operations_port();
    std::list<raw_client> idle;
    for (int i = 0; i < 250; ++i) idle.emplace_back(port);
    CHECK(stage::get(port, "/healthz").second == "alive\n");
    CHECK(descriptors_of(s.daemon().pid()) < 130);
    s.insert_starts(100);
    s.wait_for_end();
    s.check_ledger(100);
    // As many in the midst of a request that never ends.
    std::list<raw_client> stuck;
    for (int i = 0; i < 250; ++i)
        stuck.emplace_back(port).say(i % 2 ? "GET /healthz HTT"
                                           : "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n");
    CHECK(stage::get(port, "/healthz").second == "alive\n");
    CHECK(stage::get(port, "/readyz").first == 200);
    auto log = s.log();
    CHECK(count_of(log, "the status page has as many connections as it may") == 1);
    for (auto harm : {"the provider is away", "could not take a connection", "open files"}) {
        INFO(harm);
        CHECK(log.find(harm) == log.npos);
    }
}

TEST_CASE("a thousand connections, one after the other and all at once, leave nothing behind")
{
    stage s;
    s.start_and_wait();
    auto port = s.operations_port();
    auto before = descriptors_of(s.daemon().pid());
    {
        std::list<raw_client> crowd;
        for (int i = 0; i < 1000; ++i) crowd.emplace_back(port);
        CHECK(stage::get(port, "/healthz").second == "alive\n");
        CHECK(descriptors_of(s.daemon().pid()) <= before + 260);
    }
    wait_until("the descriptors to come back", [&] { return descriptors_of(s.daemon().pid()) <= before + 2; });
}

TEST_CASE("the page answers to its own names and to addresses, and says which key names others")
{
    stage s;
    s.start_and_wait();
    auto port = s.operations_port();
    auto with_port = ":" + std::to_string(port);
    for (auto host : {"127.0.0.1" + with_port, "localhost" + with_port, std::string("LocalHost."), std::string("[::1]"),
                      std::string("192.0.2.1:80")}) {
        INFO(host);
        CHECK_THAT(get_as(port, host), StartsWith("HTTP/1.1 200 OK\r\n"));
    }
    for (auto target : {"/healthz", "/", "/metrics", "/order/1"})
        CHECK_THAT(get_as(port, "evil.example", target),
                   StartsWith("HTTP/1.1 421 Misdirected Request\r\n") && Contains("operations.host_names"));
    CHECK_THAT(get_as(port, "orders.example.jp"), StartsWith("HTTP/1.1 421"));
    CHECK_THAT(say(port, "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
               StartsWith("HTTP/1.1 421"));
    CHECK_THAT(say(port, "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
               StartsWith("HTTP/1.1 200"));
    CHECK_THAT(say(port, "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    CHECK_THAT(say(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
               StartsWith("HTTP/1.1 400"));
    CHECK_THAT(say(port, "GET /healthz HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200"));
    CHECK(count_of(s.log(), "asked for by a name that is not its own") == 1);
    s.set_keys("operations.host_names = [\"Orders.Example.jp\"]\n");
    CHECK(s.stop_daemon() == 0);
    s.start_and_wait();
    CHECK_THAT(get_as(port, "orders.example.jp"), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(get_as(port, "evil.example"), StartsWith("HTTP/1.1 421"));
}

TEST_CASE("three hundred wrong passwords at once are hardly compared, told once, and keep no one else waiting")
{
    stage s;
    write_file(s.directory() + "/operator", "open sesame 1234\n");
    s.set_keys("operations.operator_password_file = \"" + s.directory() + "/operator\"\n");
    s.start_and_wait();
    auto port = s.operations_port();
    std::list<raw_client> guessers;
    for (int i = 0; i < 300; ++i) guessers.emplace_back(port).say(decision(wrong));
    raw_client person(port, "127.0.0.2");
    person.say(decision(right));
    CHECK_THAT(person.hear(), StartsWith("HTTP/1.1 409")); // let in; there is no order #1
    auto metric = [&] { return stage::get(port, "/metrics").second; };
    int come_again = 0, refused = 0;
    for (auto& guesser : guessers) {
        auto answer = guesser.hear();
        come_again += answer.starts_with("HTTP/1.1 429") && answer.find("Retry-After: ") != answer.npos;
        refused += answer.starts_with("HTTP/1.1 401");
    }
    CHECK(refused <= 20);
    CHECK(come_again >= 280);
    CHECK(come_again + refused == 300);
    CHECK_THAT(metric(), Contains("orderd_wrong_passwords_total " + std::to_string(refused) + "\n"));
    auto log = s.log();
    CHECK(count_of(log, "wrong operator passwords on the status page attempts=1 ") == 1);
    CHECK(log.find("sesame") == log.npos);
    CHECK(log.find(wrong) == log.npos);
}

TEST_CASE("what is wrong with a request, with the database or with the program is told as that, and logged with what "
          "was asked")
{
    stage s;
    write_file(s.directory() + "/operator", "open sesame 1234\n");
    s.set_keys("operations.operator_password_file = \"" + s.directory() + "/operator\"\n");
    s.start_and_wait();
    s.insert_starts(1);
    s.wait_for_end();
    auto port = s.operations_port();
    for (auto target : {"/order/%ff", "/order/%c3%28", "/order/a%00b", "/orders?q=%00", "/orders?text=%ff",
                        "/orders?%fe=1", "/batches/%ed%a0%80", "/%zz", "/orders?text=%"})
        CHECK_THAT(get_as(port, "localhost", target), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    CHECK_THAT(say(port, "POST /order/%ff/hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
               StartsWith("HTTP/1.1 400"));
    CHECK(stage::get(port, "/orders?text=%E6%8B%A0%E7%82%B9").first == 200);
    CHECK(s.log().find("internal error") == std::string::npos);

    s.sql("alter table orderd.batch rename to hidden");
    for (int i = 0; i < 3; ++i) CHECK(stage::get(port, "/?text=whom").first == 500);
    CHECK_THAT(stage::get(port, "/", "GET", "", {{"Accept-Language", "en"}}).second, Contains("Internal error"));
    CHECK(stage::get(port, "/metrics").first == 200);
    CHECK(stage::get(port, "/healthz").first == 200);
    CHECK_THAT(
        say(port, "POST /batches/1/pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic " +
                      right + "\r\n\r\n"),
        StartsWith("HTTP/1.1 500"));
    s.sql("alter table orderd.hidden rename to batch");
    CHECK(stage::get(port, "/").first == 200);
    auto log = s.log();
    CHECK(count_of(log, "could not answer a request: internal error asked=\"GET /\"") == 1);
    CHECK(count_of(log, "asked=\"GET /metrics\"") == 1);
    CHECK(count_of(log, "asked=\"POST /batches/1/pause\"") == 1);
    CHECK_THAT(log, Contains("orderd.batch") && !Contains("whom"));
}

TEST_CASE("a result file is sent whole, and nothing else that lies under its name")
{
    stage s;
    s.start_and_wait();
    s.drop("shops.csv", stage::starts_csv(3));
    s.wait_for_end();
    auto port = s.operations_port();
    auto result = s.drop_directory() + "/results/shops.result.csv";
    wait_until("the result", [&] { return fs::exists(result); });
    auto href = "/batches/" + s.sql("select id from orderd.batch where name = 'shops'") + "/result";
    CHECK(s.stop_daemon() == 0); // it would write the file anew
    s.set_keys("reporting.result_interval = \"1h\"\n");
    s.start_and_wait();
    std::string big;
    while (big.size() < (20u << 20)) big += std::to_string(big.size()) + ",a line of a big file\r\n";
    auto becomes = [&](const std::function<void()>& make) {
        fs::remove_all(result);
        make();
        return stage::get(port, href);
    };
    auto [status, sent] = becomes([&] { write_file(result, big); });
    CHECK(status == 200);
    CHECK(sent.size() == big.size());
    CHECK((sent == big));
    CHECK_THAT(say(port, "HEAD " + href + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
               StartsWith("HTTP/1.1 200") && Contains("Content-Length: " + std::to_string(big.size()) + "\r\n"));
    CHECK(becomes([&] { write_file(result, ""); }).first == 200);
    write_file(s.directory() + "/private", "secret");
    CHECK(becomes([&] { fs::create_symlink(s.directory() + "/private", result); }).first == 404);
    CHECK(becomes([&] { fs::create_symlink(result, result); }).first == 404);
    CHECK(becomes([&] { ::mkfifo(result.c_str(), 0600); }).first == 404);
    CHECK(becomes([&] { fs::create_directory(result); }).first == 404);
    CHECK(becomes([&] {
              write_file(result, "");
              fs::resize_file(result, 65u << 20);
          }).first == 413);
    CHECK(becomes([] {}).first == 404);
}
