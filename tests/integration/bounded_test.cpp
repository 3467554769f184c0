#include "cutting_proxy.hpp"
#include "orderd/store/errors.hpp"
#include "orderd/store/server_kept.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// One bad thing stops only itself: what comes from outside is bounded, named once and set aside.
namespace {

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// PgBouncer before the server of the environment, on a free port of its own.
class pooler {
public:
    pooler(const std::string& directory, const std::string& mode)
    {
        for (int port = 31'000 + static_cast<int>(::getpid()) % 2'000;; ++port) {
            auto file = directory + "/pgbouncer-" + mode + ".ini";
            write_file(file, "[databases]\n* = host=127.0.0.1 port=" + environment("PGPORT") + " user=postgres" +
                                 "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + std::to_string(port) +
                                 "\nauth_type = any\nunix_socket_dir =\npool_mode = " + mode +
                                 "\nignore_startup_parameters = extra_float_digits\n");
            // It refuses to run as root.
            std::vector<std::string> words{"/usr/sbin/pgbouncer", file};
            if (::geteuid() == 0)
                words.insert(words.begin(),
                             {"/usr/bin/setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"});
            running_ = std::make_unique<process>(words, directory, "pgbouncer-" + mode);
            bool up = false;
            wait_until("pgbouncer to listen or to give up", [&] {
                up = running_->errors().find("process up") != std::string::npos;
                return up || !running_->running();
            });
            if (up) {
                port_ = port;
                return;
            }
            if (running_->errors().find("in use") == std::string::npos) throw std::runtime_error(running_->errors());
        }
    }
    int port() const { return port_; }

private:
    std::unique_ptr<process> running_;
    int port_ = 0;
};

stage::options through(std::unique_ptr<pooler>& made, const std::string& mode)
{
    stage::options o;
    o.relay = [&made, mode](int port, bool database) {
        if (!database) return port;
        char directory[] = "/tmp/orderd-pooler.XXXXXX";
        if (!::mkdtemp(directory)) throw std::runtime_error("no directory");
        ::chmod(directory, 0777);
        made = std::make_unique<pooler>(directory, mode);
        return made->port();
    };
    return o;
}

}

TEST_CASE("a pooler that changes the server under a session is noticed before anything is touched")
{
    for (std::string mode : {"transaction", "statement"}) {
        INFO(mode);
        std::unique_ptr<pooler> made;
        stage s(through(made, mode));
        s.start_daemon();
        CHECK(s.daemon().wait() == 2);
        CHECK_THAT(s.log(), Contains("pooler") && Contains("pool_mode = session"));
        CHECK(s.sql("select count(*) from pg_namespace where nspname = 'orderd'") == "0");
        auto checked = s.verb({"check"});
        CHECK(checked.code == 2);
        CHECK_THAT(checked.output + checked.errors, Contains("pool_mode = session"));
    }
}

TEST_CASE("a pooler that keeps sessions is as good as the server")
{
    std::unique_ptr<pooler> made;
    stage s(through(made, "session"));
    s.start_and_wait();
    s.insert_starts(20);
    s.wait_for_end();
    CHECK(s.count("completed") == 20);
    s.check_ledger(20);
}

TEST_CASE("a database that goes away while it is asked what stands before it is away, and not a defect")
{
    std::unique_ptr<cutting_proxy> cutting;
    stage::options o;
    o.relay = [&](int port, bool database) {
        if (!database) return port;
        cutting = std::make_unique<cutting_proxy>(port, 3'000, 7);
        return cutting->port();
    };
    stage s(o);
    int away = 0, kept = 0;
    for (int i = 0; i < 100; ++i) try {
            kept += orderd::store::server_kept(s.daemon_database_url());
        } catch (const orderd::store::unavailable&) {
            ++away;
        }
    CHECK(kept > 0);
    CHECK(away > 0);
    CHECK(kept + away == 100);
}

TEST_CASE("a login without the right to make the schema is told, and nothing is tried again and again")
{
    stage s;
    s.sql("create role nobody_" + std::to_string(::getpid()) + " login");
    auto url = s.database_url();
    url.replace(url.find("postgres@"), 9, "nobody_" + std::to_string(::getpid()) + "@");
    s.set_keys("database.url = \"" + url + "\"\n");
    s.start_daemon();
    CHECK(s.daemon().wait() == 2);
    CHECK_THAT(s.log(), Contains("the daemon does not start") && Contains("permission denied") && Contains("remedy"));
    s.sql("drop role nobody_" + std::to_string(::getpid()));
}

TEST_CASE("an order that is let go keeps its submit_after")
{
    stage s;
    s.start_and_wait();
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, case_name, line_id, "
          "line_access_key, product_codes, submit_after) values ('later', 'L-1', '1', '東京拠点', '鈴木商店', "
          "'CAF5000000001', 'a1b2c3d4', '1-1-1-1-2', '2099-03-01') returning 1");
    wait_until("the row", [&] { return s.count("ready") == 1; });
    CHECK(s.verb({"orders", "hold", "L-1", "--yes"}).code == 0);
    CHECK(s.verb({"orders", "release", "L-1", "--yes"}).code == 0);
    CHECK(s.sql("select state || ' ' || to_char(not_before at time zone 'Asia/Tokyo', 'YYYY-MM-DD') from "
                "orderd.\"order\"") == "ready 2099-03-01");
    s.insert_starts(1); // what is due goes out
    wait_until("the other order", [&] { return s.count("completed") == 1; });
    CHECK(s.ledger().size() == 1);
}

TEST_CASE("what the provider does not know any more is one line a sweep, not one an order")
{
    stage::options o;
    o.slow_orders = true;
    o.settings_toml = "progress_min_ms = 3600000\nprogress_max_ms = 3600000\n";
    stage s(o);
    s.start_and_wait();
    s.insert_starts(300);
    wait_until("the orders", [&] { return s.count("accepted") == 300; });
    s.sql("update orderd.\"order\" set order_code = order_code || '9' where state = 'accepted' returning 1");
    wait_until("the warning", [&] { return s.log().find("orders=300") != std::string::npos; });
    auto log = s.log();
    auto times = 0;
    for (auto at = log.find("does not know orders"); at != log.npos; at = log.find("does not know orders", at + 1))
        ++times;
    CHECK(times <= 3); // the number changes while a sweep runs beside the update
    CHECK_THAT(log, Contains("for_example="));
}

TEST_CASE("what cannot be done is shown until it can")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(3);
    s.wait_for_end();
    s.stop_provider();
    s.insert_starts(3, "waiting", 10);
    wait_until("the trouble", [&] {
        return s.sql("select count(*) from orderd.instance where stopped_at is null and troubles <> '[]'") == "1";
    });
    CHECK_THAT(s.verb({"status"}).output, Contains("trouble"));
    CHECK_THAT(s.verb({"check"}).output, Contains("is away"));
    CHECK_THAT(s.verb({"health"}).output, Contains("is away"));
    CHECK_THAT(stage::get(s.operations_port(), "/").second, Contains("Trouble") || Contains("障害"));
    s.start_provider();
    wait_until("its end", [&] {
        return s.sql("select count(*) from orderd.instance where stopped_at is null and troubles <> '[]'") == "0";
    });
}
