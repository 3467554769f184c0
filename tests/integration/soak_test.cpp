#include "slow_name_server.hpp"
#include "small_disk.hpp"
#include "stage.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace orderd::tests;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Everything hostile at once beside a good stream of orders. Not run unless asked for: scripts/prove soak [SECONDS].
namespace {

using seconds = std::chrono::duration<double>;
constexpr int good_orders = 10'000;

std::chrono::seconds length_of_soak()
{
    auto* value = std::getenv("ORDERD_SOAK_SECONDS");
    return std::chrono::seconds(value && *value ? std::atol(value) : 600);
}

/// A number of /proc/PID/status in MB: "VmHWM" is the most memory ever.
long megabytes(pid_t pid, const std::string& member)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(member + ":")) return std::stol(line.substr(member.size() + 1)) / 1024;
    return -1;
}
long descriptors(pid_t pid)
{
    auto open = fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd");
    return std::distance(begin(open), end(open));
}

/// A connection that says what it is told to, and then nothing.
class mute_client {
public:
    mute_client(int port, const std::string& words) : socket_(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(static_cast<std::uint16_t>(port));
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && !words.empty())
            static_cast<void>(::send(socket_, words.data(), words.size(), MSG_NOSIGNAL));
    }
    ~mute_client() { ::close(socket_); }
    mute_client(const mute_client&) = delete;
    mute_client& operator=(const mute_client&) = delete;

private:
    int socket_;
};

/// Does something again and again on a thread of its own until it goes.
class pest {
public:
    pest(std::chrono::milliseconds pause, std::function<void(int round)> what)
        : thread_([this, pause, what = std::move(what)] {
              for (int round = 0; !over_; ++round) {
                  try {
                      what(round);
                  } catch (const std::exception&) { // it is not this one that is under test
                  }
                  for (auto slept = 0ms; slept < pause && !over_; slept += 20ms) std::this_thread::sleep_for(20ms);
              }
          })
    {
    }
    ~pest()
    {
        over_ = true;
        thread_.join();
    }

private:
    std::atomic<bool> over_{false};
    std::thread thread_;
};

std::string long_text(std::size_t length) { return std::string(length, 'x'); }

/// Rows that no database and no provider can take.
void insert_bad_rows(stage& s, int round)
{
    pqxx::connection own(s.database_url());
    pqxx::nontransaction tx(own);
    auto key = "bad-" + std::to_string(round);
    tx.exec_params("insert into intake.order_row (batch_name, request_key, order_type) values ($1, $2, '1')",
                   long_text(12'000), key + "a");
    tx.exec_params("insert into intake.order_row (batch_name, request_key, order_type, customer_site_code) "
                   "values ('bad', $1, '1', $2)",
                   key + "b", long_text(100'000));
    tx.exec_params("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name) "
                   "values ('bad', $1, '1', $2)",
                   key + "c", long_text(10'000'000));
}

void drop_bad_files(stage& s, int round)
{
    auto number = std::to_string(round);
    auto incoming = s.drop_directory() + "/incoming/";
    write_file(incoming + "garbage-" + number + ".csv", std::string("\0\xff\xfe\0garbage", 11) + long_text(5'000));
    write_file(incoming + "quote-" + number + ".csv", "管理番号,注文種別\n\"" + long_text(3'000'000));
    std::string kanji;
    for (int i = 0; i < 70; ++i) kanji += "東";
    write_file(incoming + kanji + number + ".csv", "管理番号,注文種別\nx" + number + ",9\n");
    // Somebody is in the way of an answer, and takes directories away.
    std::error_code ignored;
    fs::create_directory(s.drop_directory() + "/results/good-" + number + ".csv.result.csv", ignored);
    if (round % 5 == 0) fs::remove_all(s.drop_directory() + "/done", ignored);
}

struct outcome {
    double took = 0;
};
/// Puts the good orders in, a thousand at a time, and waits for their end.
outcome stream(stage& s, const std::string& batch, int first)
{
    auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < good_orders; i += 1'000) s.insert_starts(1'000, batch, first + i);
    auto ended = [&] {
        return s.sql(
                   "select count(*) from orderd.\"order\" o join orderd.batch b on b.id = o.batch_id where b.name = '" +
                   batch + "' and o.state = 'completed'") == std::to_string(good_orders);
    };
    try {
        wait_until("the good orders", ended, 900s);
    } catch (const std::exception&) {
        std::cout
            << s.sql("select string_agg(state || ' ' || coalesce(error_code, '') || ' ' || n, ', ') from (select "
                     "o.state, "
                     "o.error_code, count(*) n from orderd.\"order\" o join orderd.batch b on b.id = o.batch_id where "
                     "b.name = '" +
                     batch + "' group by 1, 2) t")
            << "; rows " << s.sql("select count(*) from intake.order_row where state = 'received'") << "\n"
            << s.log().substr(s.log().size() - std::min<std::size_t>(s.log().size(), 6'000)) << "\n";
        throw;
    }
    return {seconds(std::chrono::steady_clock::now() - began).count()};
}

}

TEST_CASE("a good stream goes on beside everything hostile", "[.][soak]")
{
    small_disk disk("40m");
    stage::options o;
    if (disk.mounted()) {
        o.drop_directory = disk.directory() + "/drop";
        o.daemon_toml = "intake.csv.directory = \"" + o.drop_directory + "\"\n";
    } else {
        WARN("no file system can be mounted here: the disk is not filled");
    }
    int provider_port = 0;
    o.relay = [&](int port, bool database) { return database ? port : provider_port = port; };
    stage s(o);
    slow_name_server names(s.directory());
    if (names.listening()) {
        auto url = "\"http://provider.test:" + std::to_string(provider_port);
        s.set_keys("api.base_url = " + url + "/infoIpoE/v2\"\napi.token_url = " + url +
                   "/oauth/v1/accesstokens\"\napi.connect_timeout = \"1s\"\n");
        s.run_under(names.words());
    } else {
        WARN("there can be no name server here: names are not asked for");
    }
    s.start_and_wait();
    auto quiet = stream(s, "quiet", 0);
    auto pid = s.daemon().pid();
    auto descriptors_before = descriptors(pid);
    auto log_before = s.log();
    auto lines_before = std::count(log_before.begin(), log_before.end(), '\n');
    auto ends_at = std::chrono::steady_clock::now() + length_of_soak();
    std::vector<double> took;
    int rounds = 0;
    {
        auto port = s.operations_port();
        std::vector<std::unique_ptr<mute_client>> idle;
        pest clients(500ms, [&](int round) {
            if (idle.size() >= 250) idle.clear();
            for (int i = 0; i < 25; ++i)
                idle.push_back(std::make_unique<mute_client>(port, i % 2 ? "" : "GET / HTTP/1.1\r\nHost: 127"));
            stage::get(port, "/", "GET", {}, {{"Host", "evil.example"}});
            stage::get(port, "/order/%ff");
            stage::get(port, "/orders?text=%00");
            if (round % 4 == 0)
                stage::get(port, "/batches/1/pause", "POST", {}, {{"Authorization", "Basic bWU6d3Jvbmc="}});
        });
        pest rows(2s, [&](int round) { insert_bad_rows(s, round); });
        pest files(3s, [&](int round) { drop_bad_files(s, round); });
        pest provider(5s, [&](int) {
            s.provider_settings(R"({"faults": [
                {"operation": "GET /orders/{orderCode}", "answer": "html", "probability": 0.05, "times": 20},
                {"operation": "GET /orders/{orderCode}", "answer": "nul", "probability": 0.05, "times": 20},
                {"operation": "GET /orders/{orderCode}", "answer": "gzip", "after": true, "probability": 0.5, "times": 200},
                {"operation": "GET /orders/{orderCode}", "answer": "reset", "probability": 0.05, "times": 20},
                {"operation": "POST /orders", "answer": "gzip", "after": true, "probability": 0.2, "times": 200},
                {"operation": "GET /customerSites/{customerSiteCode}", "answer": "cp932", "probability": 0.1, "times": 50}]})");
        });
        pest resolving(4s, [&](int round) { names.answer_after(round % 2 ? 0s : 5s); });
        pest filling(5s, [&](int round) {
            if (!disk.mounted()) return;
            round % 2 ? disk.make_room() : disk.fill();
        });
        for (; rounds == 0 || std::chrono::steady_clock::now() < ends_at; ++rounds)
            took.push_back(stream(s, "good-" + std::to_string(rounds), 100'000 * (rounds + 1)).took);
    }
    disk.make_room();
    auto log = s.log();
    auto lines = std::count(log.begin(), log.end(), '\n') - lines_before;
    auto memory = megabytes(pid, "VmHWM");
    // The connections to the provider are kept, as many as were used at once.
    constexpr long connections_kept = 64;
    auto gone = [&] { return descriptors(pid) <= descriptors_before + connections_kept; };
    wait_until("idle clients to be gone", gone, 120s);
    std::sort(took.begin(), took.end());
    std::cout << "soak: " << rounds << " times " << good_orders << " orders; quiet " << quiet.took << " s, hostile "
              << took.front() << " to " << took.back() << " s, median " << took[took.size() / 2] << " s ("
              << took[took.size() / 2] / quiet.took << " times); peak memory " << memory << " MB; descriptors "
              << descriptors_before << " before, " << descriptors(pid) << " after; " << lines << " lines of log; "
              << names.asked() << " look-ups\n";
    CHECK(memory <= 96);
    CHECK(lines <= 1'000);
    CHECK(s.sql("select count(*) from (select line_id from orderd.\"order\" where state = 'completed' group by line_id "
                "having count(*) > 1) t") == "0");
    // The provider's book is too long to be read: no order of these was sent twice, and none was in doubt.
    CHECK(std::to_string(s.requests("POST /orders")) ==
          s.sql("select count(*) from orderd.\"order\" where order_code is not null"));
    CHECK(s.sql("select count(*) from intake.order_row where state = 'received'") == "0");
}
