#define CATCH_CONFIG_EXTERNAL_INTERFACES // the listener that writes the last line
#include "integration/cutting_proxy.hpp"
#include "integration/small_disk.hpp"
#include "integration/stage.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <sstream>
#include <thread>
#include <unistd.h>

using namespace orderd::tests;

namespace {

/// What was done and what came of it, over all tests.
struct figures {
    long kills = 0, stops = 0, restarts = 0, failovers = 0, cuts = 0, full_disks = 0, orders = 0, doubts = 0,
         late_answers = 0, held = 0, doubled = 0, lost = 0, foreign = 0, adopted_wrongly = 0;
    std::map<std::string, long> held_for, hands; // by reason; by what was chosen of the provider's hand
} total;

struct last_line : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;
    void testRunEnded(const Catch::TestRunStats&) override
    {
        for (const auto& [hand, n] : total.hands) std::cout << "provider: " << hand << ": " << n << "\n";
        for (const auto& [why, n] : total.held_for) std::cout << "held for " << why << ": " << n << "\n";
        std::cout << "chaos: " << total.kills << " kills, " << total.stops << " stops, " << total.restarts
                  << " restarts of the database, " << total.failovers << " failovers, " << total.cuts
                  << " connections cut, " << total.full_disks << " full disks; " << total.orders << " orders, "
                  << total.doubts << " doubts, " << total.late_answers << " late answers, " << total.held << " held, "
                  << total.foreign << " orders of somebody else; doubled " << total.doubled << ", lost " << total.lost
                  << ", adopted wrongly " << total.adopted_wrongly << "\n";
    }
};
CATCH_REGISTER_LISTENER(last_line)

long number(const char* name, long otherwise)
{
    auto* value = std::getenv(name);
    return value && *value ? std::atol(value) : otherwise;
}

/// The same seed does the same things to the daemons; what they make of it depends on the machine.
std::mt19937& dice()
{
    static auto seed = static_cast<unsigned>(number("ORDERD_SEED", std::random_device{}()));
    static std::mt19937 random = [] {
        std::cout << "chaos: ORDERD_SEED=" << seed << "\n";
        return std::mt19937(seed);
    }();
    return random;
}
int below(int n) { return static_cast<int>(dice()() % static_cast<unsigned>(n)); }
/// Any moment is as good as another: this is the chance itself, not a wait for something.
void some_time_passes(int least_ms, int most_ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(least_ms + below(most_ms - least_ms)));
}

/// Where lists tell no names, a search reads the details of some tens of orders that are in progress and nobody's here;
/// of more than that it proves nothing. However long this goes on, there are fewer.
double foreign_share() { return 0.05 * 12 / static_cast<double>(std::max(12L, number("ORDERD_KILLS", 12))); }

/// A hand of the provider that can be read for sure, and somebody else who orders on the same lines.
std::string any_hand()
{
    auto one = [](std::string_view what, std::initializer_list<const char*> of) {
        std::string chosen = *(of.begin() + below(static_cast<int>(of.size())));
        ++total.hands[std::string(what) + " " + chosen];
        return "\"" + std::string(what) + "\": \"" + chosen + "\", ";
    };
    return "{" +
           one("days", {"compact", "dashes", "slashes", "unpadded", "japanese", "with_time", "utc", "number", "decimal",
                        "unix", "unix_ms"}) +
           one("names", {"as_sent", "half_width", "full_width", "nfkc", "wave_dash", "html", "cut", "question_marks",
                         "replacement", "padded", "absent"}) +
           one("numbers", {"sample", "strings", "integers", "decimals", "decimal_strings", "zero_padded", "spaced",
                           "exponent", "full_width"}) +
           one("list_envelope", {"array", "orders", "order", "result", "data", "items", "with_total"}) +
           one("none_as", {"list", "4000137", "404"}) + "\"informational\": [" + (below(3) == 0 ? "103" : "") +
           "], \"offset_base\": " + std::to_string(below(2)) +
           ", \"foreign_orders\": " + std::to_string(foreign_share()) + ", \"foreign_cancelled\": 0.5}";
}

const char* const all_faults = R"({"line_guard": false, "search_stale_ms": 300, "faults": [
    {"operation": "POST /orders", "answer": "500", "after": true, "probability": 0.05},
    {"operation": "POST /orders", "answer": "503", "probability": 0.02},
    {"operation": "POST /orders", "answer": "reset", "after": true, "probability": 0.04},
    {"operation": "POST /orders", "answer": "reset", "probability": 0.04},
    {"operation": "POST /orders", "answer": "cut_short", "after": true, "probability": 0.02},
    {"operation": "POST /orders", "answer": "html", "after": true, "probability": 0.02},
    {"operation": "POST /orders", "answer": "late", "delay_ms": 1500, "probability": 0.03},
    {"operation": "POST /orders", "answer": "late", "after": true, "delay_ms": 1500, "probability": 0.03},
    {"operation": "POST /orders", "answer": "429", "retry_after": 1, "probability": 0.005},
    {"operation": "POST /orders", "answer": "spike_arrest", "retry_after": 1, "probability": 0.005},
    {"operation": "POST /orders", "answer": "token_fault", "probability": 0.01},
    {"operation": "POST /orders", "answer": "adaptor", "after": true, "probability": 0.01},
    {"operation": "GET /orders", "answer": "no_list", "probability": 0.05},
    {"operation": "GET /orders", "answer": "500", "probability": 0.1},
    {"operation": "GET /orders/{orderCode}", "answer": "reset", "probability": 0.1}]})";
constexpr int window = 16;

/// Some daemons on one database under load, with everything at the provider going wrong now and then.
struct crowd {
    stage s;
    int inserted = 0;
    std::vector<std::string> names;

    static stage::options with(stage::options o)
    {
        o.daemon_toml +=
            "submission.max_in_flight = 16\noperations.listen = \"\"\nintake.table.poll_interval = \"200ms\"\n";
        // Orders go on until they are told to end.
        o.settings_toml +=
            "latency_min_ms = 5\nlatency_max_ms = 60\nprogress_min_ms = 3600000\nprogress_max_ms = 3600000\n";
        return o;
    }
    crowd(int daemons, stage::options o, bool faults = true) : s(with(std::move(o)))
    {
        if (faults) s.provider_settings(any_hand());
        if (faults) s.provider_settings(all_faults);
        for (int i = 0; i < daemons; ++i) {
            names.push_back("daemon" + std::to_string(i));
            s.start_daemon(names.back());
        }
        wait_until("the catalogue", [&] {
            return s.sql("select to_regclass('orderd.circuit')") != "" &&
                   s.sql("select count(*) > 0 from orderd.product") == "t";
        });
    }
    const std::string& anybody() { return names[static_cast<std::size_t>(below(static_cast<int>(names.size())))]; }
    void more(int orders)
    {
        s.insert_starts(orders, "chaos", inserted);
        inserted += orders;
    }
    /// The first of them, with the steps that they went.
    std::string unsettled_orders()
    {
        return s.sql(
            "select string_agg(o.id || ' ' || o.state || ' due ' || o.not_before || ': ' || "
            "(select string_agg(concat_ws(' ', e.at, e.event, e.why), '; ' order by e.id) from "
            "orderd.order_event e where e.order_id = o.id), E'\\n') from (select * from orderd.\"order\" where "
            "state in ('received', 'ready', 'submitting', 'in_doubt') order by id limit 10) o");
    }
    static std::string tail(const std::string& text, std::size_t size)
    {
        return text.substr(text.size() - std::min(size, text.size()));
    }
    /// Everything works again; every order comes to its end; the books are compared, order by order.
    void compare_books()
    {
        s.provider_settings(R"({"faults": [], "search_stale_ms": 0})");
        auto settled = [&] {
            return s.sql("select count(*) from orderd.\"order\" where state in ('received', 'ready', 'submitting', "
                         "'in_doubt')") == "0";
        };
        try {
            wait_until("every doubt to be settled", settled, std::chrono::seconds(300));
        } catch (const std::exception& e) {
            FAIL(e.what() << "\n" << unsettled_orders() << "\n" << tail(s.log(), 4'000));
        }
        std::map<std::string, std::vector<std::string>> book;
        std::set<std::string> rivalled; // keys under which somebody else has ordered, too
        for (const auto& entry : s.ledger()) {
            auto key = std::string(entry.at("naturalKey").as_string());
            if (entry.at("foreign").as_bool()) {
                rivalled.insert(key);
                ++total.foreign;
            } else
                book[key].emplace_back(entry.at("orderCode").as_string());
            if (entry.at("status").as_string() == "1")
                s.provider_post("/end",
                                json::serialize(json::object{{"orderCode", entry.at("orderCode")}, {"status", "2"}}));
        }
        s.wait_for_end(std::chrono::seconds(300));
        long doubled = 0, lost = 0;
        for (const auto& [key, codes] : book) doubled += static_cast<long>(codes.size()) - 1;
        auto rows = std::istringstream(s.sql("select coalesce(string_agg(natural_key || ' ' || state || ' ' || "
                                             "coalesce(order_code, '-'), E'\\n'), '') from orderd.\"order\""));
        long seen = 0, held = 0;
        for (std::string key, state, code; rows >> key >> state >> code; ++seen) {
            INFO(key << " is " << state << " as " << code);
            auto at = book.find(key);
            bool there = at != book.end() && std::find(at->second.begin(), at->second.end(), code) != at->second.end();
            if (state == "held") {
                ++held;
                auto why = s.sql("select coalesce(error_code, 'nothing') from orderd.\"order\" where natural_key = '" +
                                 key + "'");
                ++total.held_for[why];
                // A person is called where somebody else has ordered the like, or where no order is known to try
                // searches with.
                CHECK((rivalled.contains(key) || why == "control_impossible"));
                continue;
            }
            CHECK(there);
            bool foreign = !there && code != "-";
            CHECK_FALSE(foreign);
            total.adopted_wrongly += foreign;
            lost += !there && !foreign;
        }
        CHECK(seen == inserted);
        CHECK(doubled == 0);
        CHECK(book.size() <= static_cast<std::size_t>(inserted));
        lost += inserted - seen;
        total.orders += seen;
        total.held += held;
        total.doubled += doubled;
        total.lost += lost;
        total.doubts += std::stol(
            s.sql("select count(*) from orderd.order_event where to_state = 'in_doubt' and from_state <> 'in_doubt'"));
        total.late_answers += std::stol(s.sql("select count(*) from orderd.order_event where event = 'late_answer'"));
        // Whatever had to be decided was decided: nobody is called without a reason.
        CHECK(held == std::stol(s.sql(
                          "select count(*) from orderd.\"order\" where state = 'held' and error_code is not null")));
    }
};

}

TEST_CASE("daemons are killed at random moments, again and again")
{
    auto kills = number("ORDERD_KILLS", 12);
    crowd c(3, {});
    for (long i = 0; i < kills; ++i) {
        c.more(15);
        some_time_passes(20, 900);
        auto name = c.anybody();
        c.s.kill_daemon(name);
        ++total.kills;
        CHECK(std::stol(c.s.sql("select count(*) from orderd.\"order\" where state = 'submitting'")) <= 3 * window);
        c.s.start_daemon(name);
    }
    c.compare_books();
}

TEST_CASE("a daemon is stopped for longer than every lease, wakes, and writes over nothing")
{
    auto stops = number("ORDERD_STOPS", 2);
    crowd c(2, {});
    for (long i = 0; i < stops; ++i) {
        c.more(60);
        some_time_passes(100, 600);
        auto name = c.anybody();
        c.s.daemon(name).send(SIGSTOP);
        ++total.stops;
        c.more(40);
        some_time_passes(5000, 7000); // the lease is 2 s, the settle time 1 s: its orders are taken over and settled
        c.s.daemon(name).send(SIGCONT);
        some_time_passes(100, 1000);
    }
    c.compare_books();
    CHECK(std::stol(c.s.sql("select count(*) from orderd.instance where lost_at is not null")) >= stops);
}

TEST_CASE("the database's plug is pulled, again and again")
{
    auto restarts = number("ORDERD_RESTARTS", 3);
    auto* control = std::getenv("PG_CTL");
    INFO("scripts/with-postgres sets PG_CTL");
    REQUIRE(control);
    crowd c(2, {});
    for (long i = 0; i < restarts; ++i) {
        c.more(60);
        some_time_passes(50, 1500);
        REQUIRE(std::system((std::string(control) + " -m immediate restart >/dev/null").c_str()) == 0);
        ++total.restarts;
    }
    c.compare_books();
}

TEST_CASE("the database fails over to its synchronous standby")
{
    char pattern[] = "/tmp/orderd-servers.XXXXXX";
    std::string directory = ::mkdtemp(pattern);
    const std::string script = std::string(ORDERD_SOURCE_DIR) + "/tests/chaos/two-servers ";
    struct at_end {
        std::string command;
        ~at_end()
        {
            if (std::system(command.c_str()) != 0) std::cerr << command << " failed\n";
        }
    } stop{script + "stop " + directory + " >/dev/null 2>&1"};
    INFO("the log is in " << directory << ".log");
    REQUIRE(std::system((script + "start " + directory + " >" + directory + ".log 2>&1").c_str()) == 0);
    int first = 0, second = 0;
    std::istringstream(read_file(directory + "/ports")) >> first >> second;
    REQUIRE(second > 0);
    {
        stage::options o;
        o.database_hosts = "127.0.0.1:" + std::to_string(first) + ",127.0.0.1:" + std::to_string(second);
        crowd c(2, o);
        c.more(300);
        some_time_passes(300, 900);
        REQUIRE(std::system((script + "failover " + directory + " >>" + directory + ".log 2>&1").c_str()) == 0);
        ++total.failovers;
        // The new primary waits for nobody: it has no standby yet. Its own settings came from the old one.
        c.s.sql("select pg_is_in_recovery()");
        c.more(50);
        c.compare_books();
    }
    std::filesystem::remove(directory + ".log");
}

TEST_CASE("connections to the database and to the provider are cut in the midst, both ways")
{
    std::vector<std::unique_ptr<cutting_proxy>> proxies;
    stage::options o;
    o.relay = [&proxies](int port, bool database) {
        proxies.push_back(std::make_unique<cutting_proxy>(port, database ? 150'000 : 6'000, dice()()));
        return proxies.back()->port();
    };
    // Every second connection breaks: with the usual threshold sending would rest most of the time.
    o.daemon_toml = "submission.circuit_threshold = 1000\n";
    crowd c(2, o);
    for (int i = 0; i < 5; ++i) {
        c.more(50);
        some_time_passes(300, 1000);
    }
    some_time_passes(3000, 6000);
    for (auto& p : proxies) {
        p->calm();
        total.cuts += p->cuts();
        CHECK(p->cuts() > 0);
    }
    c.compare_books();
}

TEST_CASE("the disk under the drop directory is full")
{
    small_disk disk("600k");
    if (!disk.mounted()) {
        WARN("no file system can be mounted here: this test was left out");
        return;
    }
    stage::options o;
    o.daemon_toml = "intake.csv.directory = \"" + disk.directory() + "\"\n";
    o.drop_directory = disk.directory();
    crowd c(2, o, false);
    c.s.drop("first.csv", stage::starts_csv(300));
    wait_until("the first file", [&] { return c.s.sql("select count(*) from orderd.batch") == "1"; });
    // Somebody fills it up; the answers of the second file find no room.
    c.s.drop("second.csv", stage::starts_csv(300, 300));
    disk.fill();
    ++total.full_disks;
    wait_until("the complaint", [&] { return c.s.log().find("No space left on device") != std::string::npos; });
    wait_until("the orders", [&] { return c.s.count("accepted") == 600; });
    for (const auto& name : c.names) CHECK(c.s.daemon(name).running());
    for (const auto& file : std::filesystem::directory_iterator(disk.directory() + "/results")) // none is half there
        if (file.path().filename().string()[0] != '.' && file.path().extension() == ".csv") {
            auto text = read_file(file.path());
            INFO(file.path());
            CHECK((text.empty() || text.back() == '\n'));
            CHECK(std::count(text.begin(), text.end(), '\n') == 301);
        }
    disk.make_room();
    c.inserted = 600;
    c.compare_books();
    wait_until("the answers", [&] {
        auto text = read_file(disk.directory() + "/results/second.result.csv");
        return text.find("K599") != std::string::npos && text.find("completed") != std::string::npos;
    });
}
