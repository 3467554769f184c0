#include "stage.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace orderd::tests;

// What must stay the same when tables grow.
TEST_CASE("orders are claimed, recorded and followed without a table being read whole, whatever the statistics say")
{
    stage::options o;
    o.daemon_toml = "intake.csv.directory = \"\"\ntracking.interval = \"500ms\"\ntracking.site_list_interval = \"0s\"\n"
                    "operations.listen = \"\"\n";
    stage s(o);
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    write_file(s.directory() + "/rows.csv", stage::starts_csv(4000));
    REQUIRE(s.verb({"import", s.directory() + "/rows.csv"}).code == 0);
    // One batch, all ready: by these statistics hardly any order is in another batch than the paused ones.
    s.sql("analyze");
    auto reads_of = [&](const std::string& table) {
        s.sql("select pg_stat_force_next_flush()");
        return std::stol(s.sql("select seq_scan from pg_stat_user_tables where schemaname = 'orderd' and relname = '" +
                               table + "'"));
    };
    auto orders = reads_of("order"), events = reads_of("order_event");
    s.start_daemon();
    wait_until("the orders to end", [&] { // by the tally: counting orders would be such a reading
        return s.sql("select sum(orders) from orderd.tally_now where state = 'completed'") == "4000";
    });
    CHECK(s.stop_daemon() == 0); // its sessions tell their figures when they end
    CHECK(reads_of("order") == orders);
    CHECK(reads_of("order_event") == events);
    CHECK(s.count("completed") == 4000);
}

TEST_CASE("a daemon that is stopped while it claims leaves nothing behind that is in doubt")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    write_file(s.directory() + "/rows.csv", stage::starts_csv(1000));
    REQUIRE(s.verb({"import", s.directory() + "/rows.csv"}).code == 0);
    for (int i = 0; i < 5; ++i) {
        s.start_daemon();
        wait_until("it to be there",
                   [&] { return s.sql("select count(*) from orderd.instance") == std::to_string(i + 1); });
        CHECK(s.stop_daemon() == 0);
        CHECK(s.count("submitting") == 0);
        CHECK(s.count("in_doubt") == 0);
    }
}

TEST_CASE("each order of a file with many changes of state has the first line of its story, also around a conflict")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    write_file(s.directory() + "/before.csv", stage::starts_csv(1, 7000));
    REQUIRE(s.verb({"import", s.directory() + "/before.csv"}).code == 0);
    // Every other row is rejected; one in the fourth thousand pairs has the line of the order that is there.
    std::istringstream rows(stage::starts_csv(8000));
    std::string all, line;
    for (int n = -1; std::getline(rows, line); ++n) all += (n % 2 == 1 ? "," : "") + line + "\n";
    write_file(s.directory() + "/rows.csv", all);
    s.verb({"import", s.directory() + "/rows.csv"});
    CHECK(s.count("ready") == 4000);
    CHECK(s.count("rejected") == 4000);
    CHECK(s.sql("select count(*) from orderd.\"order\" o where not exists (select from orderd.order_story e where "
                "e.order_id = o.id and e.event = 'taken_in')") == "0");
}
