#include "orderd/simulator/packed.hpp"
#include "stage.hpp"

#include <atomic>
#include <boost/asio.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <thread>

using namespace orderd::tests;
using orderd::simulator::packed;

// Whatever the provider says costs little memory, and stops nothing for long.
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr long promised = 96; // MB, at its peak
constexpr long at_rest = 64;  // afterwards

/// A number of /proc/PID/status in MB.
long megabytes(pid_t pid, const std::string& name)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1)) / 1'024;
    return -1;
}

/// Stands between the daemon and the simulated provider, and answers some GETs in its place.
class mischief {
public:
    /// A request's target; the body of the 200 that it gets instead, "" where it is passed on.
    using hook = std::function<std::string(const std::string& target)>;

    mischief(int provider, hook answers, bool compressed)
        : provider_(provider), answers_(std::move(answers)), compressed_(compressed), thread_([this] { serve(); })
    {
    }
    ~mischief()
    {
        boost::system::error_code ignored;
        asio::io_context loop;
        ending_ = true;
        tcp::socket(loop).connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
        for (auto& one : lines_) one.join();
    }
    int port() const { return acceptor_.local_endpoint().port(); }
    long answered() const { return answered_; }

private:
    void serve()
    {
        while (true) {
            auto line = acceptor_.accept();
            if (ending_) return;
            lines_.emplace_back([this, line = std::make_shared<tcp::socket>(std::move(line))] {
                boost::system::error_code broken;
                answer(*line, broken);
            });
        }
    }
    /// One request a connection.
    void answer(tcp::socket& line, boost::system::error_code& broken)
    {
        std::string asked;
        auto head = asio::read_until(line, asio::dynamic_buffer(asked), "\r\n\r\n", broken);
        if (broken) return;
        std::istringstream words(asked);
        std::string method, target, name, value;
        words >> method >> target;
        orderd::http::headers fields;
        std::size_t length = 0;
        for (std::string field; std::getline(words, field) && field != "\r";) {
            auto colon = field.find(": ");
            if (colon == field.npos) continue;
            name = field.substr(0, colon), value = field.substr(colon + 2, field.size() - colon - 3);
            if (name == "Content-Length")
                length = std::stoul(value);
            else if (name == "Authorization" || name == "Content-Type")
                fields.emplace_back(name, value);
        }
        auto body = asked.substr(head);
        body.resize(length);
        if (auto missing = head + length - asked.size(); asked.size() < head + length)
            asio::read(line, asio::buffer(body.data() + length - missing, missing), broken);
        auto instead = method == "GET" ? answers_(target) : std::string();
        answered_ += !instead.empty();
        auto [status, text] = instead.empty() ? stage::get(provider_, target, method, body, fields)
                                              : std::pair<int, std::string>(200, instead);
        auto coding = !instead.empty() && compressed_ ? "Content-Encoding: gzip\r\n" : "";
        asio::write(line,
                    asio::buffer("HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n" + coding +
                                 "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text),
                    broken);
        line.shutdown(tcp::socket::shutdown_both, broken);
    }

    int provider_;
    hook answers_;
    bool compressed_;
    std::atomic<bool> ending_ = false;
    std::atomic<long> answered_ = 0;
    asio::io_context loop_;
    tcp::acceptor acceptor_{loop_, {asio::ip::address_v4::loopback(), 0}};
    std::vector<std::thread> lines_;
    std::thread thread_;
};

std::string list_of(int count, const std::function<std::string(int)>& element)
{
    std::string out = "[";
    for (int i = 0; i < count; ++i) out += (i ? "," : "") + element(i);
    return out + "]";
}

/// A stage whose provider answers what `is` says in the place of targets that begin with `path`.
struct odd_provider {
    odd_provider(const std::string& path, std::string is, bool compressed = false, const std::string& keys = {})
        : body(std::move(is)), begins("/infoIpoE/v2" + path)
    {
        stage::options o = slow(keys);
        o.relay = [this, compressed](int port, bool database) {
            if (database) return port;
            auto answers = [this](const std::string& target) {
                return odd && target.starts_with(begins) ? body : std::string();
            };
            if (!between)
                between = std::make_unique<mischief>(port, answers, compressed); // asked for it more than once
            return between->port();
        };
        on = std::make_unique<stage>(o);
    }
    void answered(long times)
    {
        wait_until("the provider's odd answers", [&] { return between->answered() >= times; });
    }
    /// Reads it all, lives on, and gives back what it took.
    void costs_little()
    {
        auto pid = on->daemon().pid();
        wait_until("memory to be given back", [&] { return megabytes(pid, "VmRSS") <= at_rest; });
        auto peak = megabytes(pid, "VmHWM");
        WARN("peak " << peak << " MB, afterwards " << megabytes(pid, "VmRSS") << " MB");
        CHECK(peak > 0);
        CHECK(peak <= promised);
        CHECK(on->daemon().running());
    }
    std::string body, begins;
    std::atomic<bool> odd = true;
    std::unique_ptr<mischief> between;
    std::unique_ptr<stage> on;
};

std::string small(const std::string& key, int i, const std::string& more)
{
    return "{\"" + key + "\":\"X" + std::to_string(i) + "\"," + more + "}";
}

const std::string keys_for_searches = "submission.poll_interval = \"200ms\"\n";

/// Orders in doubt, whose searches are answered oddly.
void search_oddly(odd_provider& p, int orders, long answers)
{
    p.on->provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "500", "every": 1, "times": )" +
                            std::to_string(orders) + "}]}");
    p.on->start_and_wait();
    p.on->insert_starts(orders);
    p.answered(answers);
    p.costs_little();
    CHECK(p.on->sql("select count(*) from orderd.order_event where event = 'not_created'") == "0");
}

}

TEST_CASE("a list of 250,000 small sites costs little memory, and no site is taken for gone")
{
    odd_provider p("/customerSites?",
                   list_of(250'000, [](int i) { return small("customerSiteCode", i, "\"status\":\"1\""); }), false,
                   "tracking.site_list_interval = \"1s\"\n");
    p.on->start_and_wait();
    p.answered(2);
    p.costs_little();
    CHECK(p.on->log().find("a list too long") != std::string::npos);
    CHECK(p.on->sql("select count(*) from orderd.site") == "0");
}

TEST_CASE("a list of 15,000 small sites is read with little memory")
{
    odd_provider p("/customerSites?",
                   list_of(15'000, [](int i) { return small("customerSiteCode", i, "\"status\":\"1\""); }), false,
                   "tracking.site_list_interval = \"5s\"\n");
    p.on->start_and_wait();
    wait_until("the sites", [&] { return p.on->sql("select count(*) from orderd.site") == "15000"; });
    p.costs_little();
}

TEST_CASE("a list of 250,000 small orders in progress costs little memory")
{
    odd_provider p("/orders?",
                   list_of(250'000, [](int i) { return small("orderCode", i, "\"orderType\":1,\"status\":1"); }));
    p.on->start_and_wait();
    p.on->insert_starts(3);
    p.answered(4);
    p.costs_little();
}

TEST_CASE("a catalogue of 250,000 products costs little memory")
{
    odd_provider p("/customerProducts",
                   list_of(250'000, [](int i) { return small("productCode", i, "\"productType\":1"); }));
    p.on->start_daemon();
    p.answered(3);
    p.costs_little();
    CHECK(p.on->sql("select count(*) from orderd.product") == "0");
}

TEST_CASE("a catalogue of 30,000 products is read with little memory")
{
    odd_provider p("/customerProducts", list_of(30'000, [](int i) {
                       return small("productCode", i,
                                    R"("productType":1,"productName":"商品 )" + std::to_string(i) +
                                        R"(","purchasePrice":7000,"monthlyPrice":1900,"detail":{"cpe":"2"})");
                   }));
    p.on->start_and_wait();
    wait_until("the catalogue", [&] { return p.on->sql("select count(*) from orderd.product") == "30000"; });
    p.costs_little();
}

TEST_CASE("a product whose name has 3 MB cannot be read, and costs little memory")
{
    odd_provider p(
        "/customerProducts",
        "[" + small("productCode", 1, R"("productType":1,"productName":")" + std::string(3 << 20, 'n') + "\"") + "," +
            small("productCode", 2, "\"productType\":1,\"productName\":\"" + std::string(9'000, 'n') + "\"") + "]");
    p.on->start_and_wait();
    wait_until("the other product", [&] { return p.on->sql("select count(*) from orderd.product") == "1"; });
    CHECK(p.on->sql("select code || length(name) from orderd.product") == "X24096");
    p.costs_little();
}

TEST_CASE("searches answered with 200 MB of blanks, packed or not, cost little memory")
{
    odd_provider packed_blanks("/orders?lineId", packed(std::string(200 << 20, ' ') + "[]"), true, keys_for_searches);
    search_oddly(packed_blanks, 1, 2);
    odd_provider plain("/orders?lineId", std::string(60 << 20, ' ') + "[]", false, keys_for_searches);
    search_oddly(plain, 1, 1);
}

TEST_CASE("many searches answered with big lists at once cost little memory")
{
    auto order = [](int i) {
        return small("orderCode", i,
                     R"("orderType":1,"status":1,"customerSiteName":"東京拠点第)" + std::to_string(i) + "\"");
    };
    odd_provider p("/orders?lineId", list_of(15'000, order), false, keys_for_searches);
    search_oddly(p, 30, 30);
    odd_provider much("/orders?lineId", list_of(250'000, order), false, keys_for_searches);
    search_oddly(much, 30, 30);
}

TEST_CASE("site details full of contracts cost little memory and leave no rows")
{
    const int sites = 20;
    std::string much = R"({"customerSiteCode":"CODE","status":"1","contract":)" +
                       list_of(330'000, [](int) { return std::string("{}"); }) + "}";
    std::string many = R"({"customerSiteCode":"CODE","status":"1","contract":)" +
                       list_of(3'000, [](int i) { return small("productCode", i, "\"startAt\":\"20260401\""); }) + "}";
    REQUIRE(much.size() < 1u << 20);
    auto listed = list_of(sites, [](int i) { return small("customerSiteCode", i, "\"status\":\"1\""); });
    stage::options o = slow("tracking.site_list_interval = \"1s\"\n");
    std::atomic<int> told = 0; // details
    std::unique_ptr<mischief> between;
    o.relay = [&](int port, bool database) {
        if (database) return port;
        auto answers = [&](const std::string& target) -> std::string {
            const std::string details = "/infoIpoE/v2/customerSites/";
            if (target.starts_with("/infoIpoE/v2/customerSites?")) return listed;
            if (!target.starts_with(details)) return {};
            ++told;
            auto code = target.substr(details.size());
            auto body = code.back() % 2 ? much : many;
            return body.replace(body.find("CODE"), 4, code);
        };
        if (!between) between = std::make_unique<mischief>(port, answers, false);
        return between->port();
    };
    stage on(o);
    on.start_and_wait();
    wait_until("the sites' details", [&] { return told >= sites; });
    auto named = [&](std::string_view of) { return on.log().find(of) != std::string::npos; };
    wait_until("a site to be named",
               [&] { return named("more than 20000 values") || named("more than 500 contracts"); });
    auto pid = on.daemon().pid();
    wait_until("memory to be given back", [&] { return megabytes(pid, "VmRSS") <= at_rest; });
    auto peak = megabytes(pid, "VmHWM");
    WARN("peak " << peak << " MB, afterwards " << megabytes(pid, "VmRSS") << " MB");
    CHECK(peak <= promised);
    CHECK(on.daemon().running());
    CHECK(on.sql("select count(*) from orderd.contract") == "0");
    CHECK(named("site X")); // which it was
}
