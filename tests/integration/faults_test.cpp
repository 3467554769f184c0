#include "stage.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>

using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

/// Starts the daemon with `orders` rows and comes back in the midst of sending them.
void send_a_third(stage& s, int orders)
{
    s.start_and_wait();
    s.insert_starts(orders);
    wait_until("a third of the orders to be sent", [&] { return s.requests("POST /orders") >= orders / 3 + 4; });
}

/// Kills the daemon in the midst of `orders`, starts it again, and looks whether each is at the provider once.
void kill_in_the_midst(const std::string& faults, int orders)
{
    stage::options o;
    o.slow_orders = true;
    o.settings_toml = "latency_min_ms = 20\nlatency_max_ms = 60\n";
    stage s(o);
    s.provider_settings("{\"faults\": [" + faults + "]}");
    send_a_third(s, orders);
    s.kill_daemon();
    wait_until("what PostgreSQL was doing for it to end", [&] {
        return s.sql("select count(*) from pg_stat_activity where datname = current_database() and backend_type = "
                     "'client backend' and pid <> pg_backend_pid() and state <> 'idle'") == "0";
    });
    auto doubtful = s.count("submitting");
    CHECK(doubtful <= 3 * 64);
    s.start_and_wait("second");
    s.wait_for_end();
    CHECK(s.count("completed") == orders);
    s.check_ledger(static_cast<std::size_t>(orders));
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'instance_lost'") == std::to_string(doubtful));
}

}

TEST_CASE("a daemon killed in the midst of 500 orders loses none and doubles none") { kill_in_the_midst("", 500); }

TEST_CASE("killed while every tenth answer is a 500 though the order was created: none lost, none doubled")
{
    kill_in_the_midst(R"({"operation": "POST /orders", "answer": "500", "after": true, "every": 10})", 500);
}

TEST_CASE("killed while every tenth connection is cut after the request was read: none lost, none doubled")
{
    kill_in_the_midst(R"({"operation": "POST /orders", "answer": "reset", "after": true, "every": 10})", 500);
}

TEST_CASE("every way in which an answer can go wrong is lived through")
{
    stage::options o;
    o.daemon_toml = "submission.circuit_threshold = 1000\n";
    o.settings_toml = "progress_min_ms = 3600000\nprogress_max_ms = 3600000\n"; // until they are told to end
    stage s(o);
    s.provider_settings(R"({"faults": [
        {"operation": "POST /orders", "answer": "502", "every": 11},
        {"operation": "POST /orders", "answer": "503", "retry_after": 1, "every": 13},
        {"operation": "POST /orders", "answer": "504", "after": true, "every": 17},
        {"operation": "POST /orders", "answer": "reset", "every": 19},
        {"operation": "POST /orders", "answer": "cut_short", "after": true, "every": 23},
        {"operation": "POST /orders", "answer": "html", "after": true, "every": 29},
        {"operation": "POST /orders", "answer": "broken_json", "after": true, "every": 31},
        {"operation": "POST /orders", "answer": "401", "every": 37},
        {"operation": "POST /orders", "answer": "429", "retry_after": 1, "every": 101},
        {"operation": "POST /orders", "answer": "late", "after": true, "delay_ms": 1500, "every": 41},
        {"operation": "GET /orders", "answer": "500", "probability": 0.1},
        {"operation": "GET /orders/{orderCode}", "answer": "html", "probability": 0.1},
        {"operation": "GET /customerSites/{customerSiteCode}", "answer": "reset", "every": 9}]})");
    s.start_and_wait();
    s.insert_starts(300);
    wait_until(
        "all to be accepted", [&] { return s.count("accepted") == 300; }, std::chrono::seconds(180));
    for (const auto& entry : s.ledger())
        s.provider_post("/end", "{\"orderCode\": \"" + std::string(entry.at("orderCode").as_string()) +
                                    "\", \"status\": \"2\"}");
    s.wait_for_end(std::chrono::seconds(180));
    CHECK(s.count("completed") == 300);
    s.check_ledger(300);
    // What could not be parsed is kept.
    CHECK(s.sql("select count(*) > 0 from orderd.order_event where raw like '%Bad Gateway%'") == "t");
    CHECK(s.sql("select count(*) > 0 from orderd.order_event where errors::text like '%requestId%' and request_id is "
                "not null") == "t");
}

TEST_CASE("the provider goes away in the midst and comes back: nothing lost, nothing doubled, said once")
{
    stage::options o;
    o.settings_toml = "latency_min_ms = 20\nlatency_max_ms = 60\n";
    stage s(o);
    send_a_third(s, 500);
    s.provider_settings(R"({"outage": true})");
    auto seconds = std::getenv("ORDERD_OUTAGE_SECONDS") ? std::atoi(std::getenv("ORDERD_OUTAGE_SECONDS")) : 5;
    auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    wait_until(
        "the outage to pass", [&] { return std::chrono::steady_clock::now() > until; },
        std::chrono::seconds(seconds + 5));
    CHECK(s.daemon().running());
    s.provider_settings(R"({"outage": false})");
    s.wait_for_end();
    CHECK(s.count("completed") == 500);
    s.check_ledger(500);
    auto log = s.log();
    std::size_t said = 0;
    for (auto at = log.find("the provider is away"); at != log.npos; at = log.find("the provider is away", at + 1))
        ++said;
    CHECK(said <= 2);
}

TEST_CASE("the database is restarted in the midst: nothing lost, nothing doubled")
{
    auto* control = std::getenv("PG_CTL");
    INFO("scripts/with-postgres sets PG_CTL");
    REQUIRE(control);
    stage::options o;
    o.settings_toml = "latency_min_ms = 20\nlatency_max_ms = 60\n";
    stage s(o);
    send_a_third(s, 500);
    REQUIRE(std::system((std::string(control) + " -m immediate restart >/dev/null").c_str()) == 0);
    wait_until("the daemon to notice", [&] { return s.log().find("the database is away") != std::string::npos; });
    s.wait_for_end();
    CHECK(s.count("completed") == 500);
    s.check_ledger(500);
    CHECK(s.daemon().running());
}

TEST_CASE("the provider is away at the start: rows wait for the catalogue and are judged when it comes")
{
    stage::options o;
    o.start_provider = false;
    stage s(o);
    s.start_daemon();
    wait_until("the daemon", [&] { return s.log().find("ready") != std::string::npos; });
    s.drop("early.csv",
           stage::starts_csv(5) +
               "K9,1,拠点9,案件,CAF1999999999,k3y10009,9-9-9-9-9\r\nK10,1,拠点10,案件,CAF12,k3y10010,1-1-1-1-2\r\n");
    wait_until("the rows",
               [&] { return s.sql("select count(*) from orderd.\"order\" where state = 'received'") == "6"; });
    CHECK(s.count("rejected") == 1);
    s.start_provider();
    s.wait_for_end();
    CHECK(s.count("completed") == 5);
    CHECK(s.count("rejected") == 2);
    s.check_ledger(5);
    wait_until("the second rejected row in the answer", [&] {
        return read_file(s.drop_directory() + "/results/early.rejected.csv").find("9-9-9-9-9") != std::string::npos;
    });
}

TEST_CASE("the database is away at the start: the daemon waits for it and says so once")
{
    stage s;
    s.sql("select 1");
    auto config = read_file(s.config_file());
    auto at = config.find(std::getenv("PGPORT") ? std::getenv("PGPORT") : "5432", config.find("database.url"));
    REQUIRE(at != config.npos);
    auto wrong = config;
    wrong.replace(at, 1, "6"); // a port where nothing listens
    write_file(s.config_file(), wrong);
    s.start_daemon();
    wait_until("the complaint", [&] { return s.log().find("the database is away") != std::string::npos; });
    CHECK(s.daemon().running());
    CHECK(s.stop_daemon() == 0);
    write_file(s.config_file(), config);
    s.start_and_wait("second");
    CHECK(s.stop_daemon("second") == 0);
}

TEST_CASE("SIGTERM: what is on the wire comes home and is recorded, the rest waits for the next start")
{
    stage::options o;
    o.settings_toml = "latency_min_ms = 500\nlatency_max_ms = 800\n";
    stage s(o);
    s.start_and_wait();
    s.insert_starts(300);
    wait_until("requests on the wire", [&] { return s.requests("POST /orders") >= 64; });
    CHECK(s.stop_daemon() == 0);
    CHECK(s.count("submitting") == 0);
    CHECK(s.count("in_doubt") == 0);
    auto accepted = s.ledger().size();
    CHECK(accepted >= 64);
    CHECK(accepted < 300);
    CHECK(std::stoul(s.sql("select count(*) from orderd.\"order\" where order_code is not null")) == accepted);
    s.start_and_wait("second");
    s.wait_for_end();
    CHECK(s.count("completed") == 300);
    s.check_ledger(300);
    CHECK(s.sql("select max(attempts) from orderd.\"order\"") == "1");
}

TEST_CASE("wrong credentials stop submission, say what to mend, and lose nothing")
{
    stage::options o;
    o.settings_toml = "client_secret = \"another-secret\"\n";
    stage s(o);
    s.start_daemon();
    wait_until("the alarm",
               [&] { return s.log().find("check api.client_id and api.client_secret_file") != std::string::npos; });
    s.sql("select 1");
    wait_until("the schema", [&] { return s.sql("select to_regclass('intake.order_row')") != ""; });
    s.insert_starts(5);
    wait_until("the rows", [&] { return s.sql("select count(*) from orderd.\"order\"") == "5"; });
    CHECK(stage::get(s.operations_port(), "/readyz").first == 503);
    CHECK(stage::get(s.operations_port(), "/healthz").first == 200);
    CHECK(s.stop_daemon() == 0);
    CHECK(s.ledger().empty());
    CHECK(s.requests("POST /accesstokens") <= 2);
}

TEST_CASE("two daemons on one database and one drop directory share the work and double nothing")
{
    stage::options o;
    o.slow_orders = true;
    o.daemon_toml = "operations.listen = \"\"\n";
    o.settings_toml = "latency_min_ms = 20\nlatency_max_ms = 60\n";
    stage s(o);
    s.start_daemon("one");
    s.start_daemon("two");
    wait_until("both", [&] {
        auto log = s.log();
        auto first = log.find(" ready ");
        return first != log.npos && log.find(" ready ", first + 1) != log.npos;
    });
    for (int i = 0; i < 10; ++i) s.drop("part" + std::to_string(i) + ".csv", stage::starts_csv(50, i * 50));
    s.insert_starts(500);
    wait_until("the files", [&] { return s.sql("select count(*) from orderd.batch") == "11"; });
    s.kill_daemon("one");
    s.start_daemon("one");
    s.wait_for_end();
    CHECK(s.count("completed") == 1000);
    s.check_ledger(1000);
    CHECK(s.sql("select sum(rows_duplicate) from orderd.batch") == "0");
}

TEST_CASE("the gateway's rate limit told as a 500 slows sending down: no order is in doubt, the circuit stays closed")
{
    stage::options o;
    o.daemon_toml = "submission.circuit_threshold = 2\n";
    stage s(o);
    s.provider_settings(R"({"faults": [
        {"operation": "POST /orders", "answer": "spike_arrest", "retry_after": 1, "every": 2, "times": 6}]})");
    s.start_and_wait();
    s.insert_starts(10);
    s.wait_for_end();
    CHECK(s.count("completed") == 10);
    s.check_ledger(10);
    CHECK(s.sql("select count(*) from orderd.order_event where errors::text like '%SpikeArrestViolation%'") == "6");
    CHECK(s.sql("select count(*) from orderd.order_event where to_state = 'in_doubt'") == "0");
    CHECK_THAT(s.log(), !Contains("circuit"));
}

TEST_CASE("the provider's words are in the order's record, in CP932 and with U+0000 among them")
{
    stage::options o;
    o.slow_orders = true;
    stage s(o);
    s.provider_settings(R"({"faults": [
        {"operation": "POST /orders", "answer": "cp932", "after": true, "every": 3, "times": 1},
        {"operation": "POST /orders", "answer": "nul", "after": true, "every": 5, "times": 1}]})");
    s.start_and_wait();
    s.insert_starts(10);
    s.wait_for_end();
    CHECK(s.count("completed") == 10);
    s.check_ledger(10);
    auto told = [&](const std::string& words) {
        return s.sql("select count(*) from orderd.order_event where errors -> 0 ->> 'errorMessage' like '%" + words +
                     "%'");
    };
    CHECK(told("表示できません（ソート処理）") == "1");
    CHECK(told("システムエラー発生。\xEF\xBF\xBDお問い合わせください。") == "1");
}
