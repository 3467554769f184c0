#include "holder.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

// Triggers of strangers on our tables, which refuse changes of some rows or suppress them without a word.
namespace {

constexpr const char* raises = "raise exception 'not this one';";
constexpr const char* raises_something_else = "raise exception 'not this one' using errcode = 'AB123';";
constexpr const char* fails = "perform 1 from no_such_table; return new;";
constexpr const char* sleeps = "perform pg_sleep(600); return new;";
constexpr const char* waits_for_a_lock = "perform pg_advisory_xact_lock(4711); return new;";
constexpr const char* gives_nothing = "return null;";
constexpr const char* gives_the_old_row = "return old;";

/// From now on rows of `table` are not let through `when`, "update" or more, where `condition` holds of old and new.
void refuse(stage& s, const std::string& table, const std::string& when, const std::string& condition,
            const std::string& how)
{
    s.sql("create function public.refuse() returns trigger language plpgsql as $$ begin " + how + " end $$");
    s.sql("create trigger refuse before " + when + " on " + table + " for each row when (" + condition +
          ") execute function public.refuse()");
}

bool said(const stage& s, const std::string& words) { return s.log().find(words) != std::string::npos; }
void wait_for_words(stage& s, const std::string& words)
{
    wait_until("the log to say: " + words, [&] { return said(s, words); });
}
std::string orders(stage& s) { return s.sql("select count(*) from orderd.\"order\""); }
std::string row_of(stage& s, const std::string& key)
{
    return s.sql("select id from intake.order_row where request_key = '" + key + "'");
}

/// Lets the trigger go; the next daemon tries again at once, and all orders end.
void end_without_trigger(stage& s, const std::string& table, int orders)
{
    s.sql("drop trigger refuse on " + table);
    s.stop_daemon();
    s.start_daemon("last");
    wait_until("all", [&] { return s.count("completed") == orders; });
    s.check_ledger(static_cast<std::size_t>(orders));
}

}

TEST_CASE("rows of the table that cannot be settled stay by themselves, named by number; all others are taken, once")
{
    auto how = GENERATE(as<std::string>(), raises, raises_something_else, fails, gives_nothing, gives_the_old_row);
    INFO(how);
    stage s;
    s.start_and_wait();
    refuse(s, "intake.order_row", "update", "old.request_key in ('T7', 'T13')", how);
    s.insert_starts(20);
    wait_until("the others", [&] { return s.count("completed") == 18; });
    wait_for_words(s, "PostgreSQL refuses to change rows of intake.order_row");
    CHECK_THAT(s.log(), Contains("rows=2 for_example=" + row_of(s, "T7")) && !Contains("is away"));
    s.insert_starts(5, "later", 100);
    wait_until("later ones", [&] { return s.count("completed") == 23; });
    CHECK(orders(s) == "23");
    s.check_ledger(23);
    end_without_trigger(s, "intake.order_row", 25);
}

TEST_CASE("a row of the table at which somebody's trigger blocks keeps only itself, named; all others are taken")
{
    auto how = GENERATE(as<std::string>(), sleeps, waits_for_a_lock);
    INFO(how);
    stage s;
    s.start_and_wait();
    holder lock(s, "select pg_advisory_xact_lock(4711)");
    refuse(s, "intake.order_row", "update", "old.request_key = 'T7'", how);
    s.insert_starts(20);
    wait_until(
        "the others", [&] { return s.count("completed") == 19; }, std::chrono::seconds(240));
    wait_for_words(s, "PostgreSQL refuses to change rows of intake.order_row");
    CHECK_THAT(s.log(), Contains("rows=1 for_example=" + row_of(s, "T7")) && !Contains("is away"));
    s.insert_starts(5, "later", 100);
    wait_until(
        "later ones", [&] { return s.count("completed") == 24; }, std::chrono::seconds(240));
    lock.let_go();
    s.sql("drop trigger refuse on intake.order_row");
    wait_until(
        "all", [&] { return s.count("completed") == 25; }, std::chrono::seconds(240));
    s.check_ledger(25);
}

TEST_CASE("an order at which somebody's trigger blocks is left out, named; all others are sent and recorded")
{
    auto [how, state] = GENERATE(
        table<std::string, std::string>({{sleeps, "ready"}, {waits_for_a_lock, "ready"}, {sleeps, "submitting"}}));
    INFO(how << " of an order that is " << state);
    stage s;
    s.start_and_wait();
    holder lock(s, "select pg_advisory_xact_lock(4711)");
    refuse(s, "orderd.\"order\"", "update", "old.request_key = 'T3' and old.state = '" + state + "'", how);
    s.insert_starts(20);
    wait_until(
        "the others", [&] { return s.count("completed") == 19; }, std::chrono::seconds(240));
    wait_for_words(s, state == "ready" ? "PostgreSQL refuses to change the rows of orders"
                                       : "recording what became of orders is held up at their rows");
    auto odd = s.sql("select id from orderd.\"order\" where request_key = 'T3'");
    CHECK_THAT(s.log(), Contains("orders=1 for_example=" + odd) && !Contains("is away"));
    s.insert_starts(5, "later", 100);
    wait_until(
        "later ones", [&] { return s.count("completed") == 24; }, std::chrono::seconds(240));
    lock.let_go();
    s.sql("drop trigger refuse on orderd.\"order\"");
    wait_until(
        "all", [&] { return s.count("completed") == 25; }, std::chrono::seconds(240));
    s.check_ledger(25);
}

TEST_CASE(
    "several orders at which somebody's trigger blocks hold up the others for seconds, not for as long as it lasts")
{
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.\"order\"", "update", "old.request_key in ('T3', 'T7', 'T12', 'T13') and old.state = 'ready'",
           sleeps);
    s.insert_starts(20);
    wait_until(
        "the others", [&] { return s.count("completed") == 16; }, std::chrono::seconds(120));
    s.insert_starts(20, "later", 100);
    wait_until(
        "later ones", [&] { return s.count("completed") == 36; }, std::chrono::seconds(120));
    end_without_trigger(s, "orderd.\"order\"", 40);
}

TEST_CASE("a row of a file at which somebody's trigger blocks is rejected, told, and everything else is taken")
{
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.\"order\"", "insert", "new.request_key = 'K4'", sleeps);
    s.drop("odd.csv", stage::starts_csv(20));
    wait_until(
        "the file", [&] { return said(s, "rows_taken=19 rows_rejected=1"); }, std::chrono::seconds(240));
    CHECK_THAT(s.sql("select message_en from report.rejection where rule = 'row_not_stored'"), Contains("trigger"));
    CHECK_THAT(s.log(), Contains("a statement of the daemon takes long") && Contains("pg_trigger"));
    s.drop("even.csv", stage::starts_csv(5, 100));
    s.wait_for_end();
    CHECK(s.count("completed") == 24);
    CHECK(s.tally_is_true());
    s.check_ledger(24);
}

TEST_CASE("a rejected row that cannot be settled makes one order at most")
{
    auto how = GENERATE(as<std::string>(), raises, gives_nothing, gives_the_old_row);
    INFO(how);
    stage s;
    s.start_and_wait();
    refuse(s, "intake.order_row", "update", "old.request_key = 'wrong'", how);
    s.sql("insert into intake.order_row (batch_name, request_key, order_type) values ('table', 'wrong', '9')");
    s.insert_starts(5);
    wait_for_words(s, "for_example=" + row_of(s, "wrong"));
    s.insert_starts(5, "later", 100);
    wait_until("the others", [&] { return s.count("completed") == 10; });
    CHECK(s.count("rejected") <= 1);
    CHECK_THAT(s.log(), !Contains("is away"));
}

TEST_CASE("a batch that cannot be stored keeps only its own rows; another login's and other batches' are taken")
{
    auto how = GENERATE(as<std::string>(), raises, gives_nothing);
    INFO(how);
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.batch", "insert", "new.name like 'odd%'", how);
    s.insert_starts(3, "odd", 0);
    s.insert_starts(3, "even", 10);
    wait_until("the others", [&] { return s.count("completed") == 3; });
    wait_for_words(s, "rows=3 for_example=" + row_of(s, "T0"));
    CHECK(orders(s) == "3");
    CHECK_THAT(s.log(), !Contains("is away"));
}

TEST_CASE("a row that somebody has locked for long is passed over, told once, and taken when it is let go")
{
    stage s;
    s.verb({"migrate"});
    s.insert_starts(20);
    holder forgotten(s, "select from intake.order_row where request_key in ('T0', 'T7') for update");
    s.start_and_wait();
    wait_until("the others", [&] { return s.count("completed") == 18; });
    wait_until(
        "the log to say so", [&] { return said(s, "rows of intake.order_row are locked by another connection"); },
        std::chrono::seconds(150));
    CHECK_THAT(s.log(), Contains("rows=2 for_example=" + row_of(s, "T0")));
    s.insert_starts(5, "later", 100);
    wait_until("later ones", [&] { return s.count("completed") == 23; });
    CHECK(s.sql("select count(*) from orderd.batch") == "2");
    CHECK_THAT(s.log(), !Contains("is away") && !Contains("refuse"));
    forgotten.let_go();
    wait_until("all", [&] { return s.count("completed") == 25; });
    s.check_ledger(25);
}

TEST_CASE("a ready order that somebody has locked waits by itself, and is sent when it is let go")
{
    stage s;
    s.verb({"migrate"});
    s.verb({"products", "sync"});
    auto file = s.directory() + "/starts.csv";
    write_file(file, stage::starts_csv(3));
    REQUIRE(s.verb({"import", file}).code == 0);
    holder forgotten(s, "select from orderd.\"order\" where id = (select min(id) from orderd.\"order\") for update");
    s.start_and_wait();
    wait_until("the others", [&] { return s.count("completed") == 2; });
    CHECK(s.count("ready") == 1);
    CHECK_THAT(s.log(), !Contains("is away"));
    forgotten.let_go();
    s.wait_for_end();
    s.check_ledger(3);
}

TEST_CASE("a row of intake.approval that cannot be answered keeps only itself; nothing is decided by it, or once")
{
    auto how = GENERATE(as<std::string>(), raises, fails, gives_nothing, gives_the_old_row);
    INFO(how);
    stage s({.daemon_toml = "submission.require_approval = true\n"});
    s.start_and_wait();
    s.insert_starts(2, "first");
    s.insert_starts(2, "second", 10);
    wait_until("the rows", [&] { return s.count("awaiting_approval") == 4; });
    refuse(s, "intake.approval", "update", "old.batch_name = 'first'", how);
    auto odd = s.sql("insert into intake.approval (batch_name, approver) values ('first', 'tanaka') returning id");
    s.sql("insert into intake.approval (batch_name, approver) values ('second', 'tanaka')");
    wait_until("the others", [&] { return s.count("completed") == 2; });
    wait_for_words(s, "rows=1 for_example=" + odd);
    s.insert_starts(2, "third", 20);
    wait_until("later rows", [&] { return s.count("awaiting_approval") == 4; });
    CHECK(s.sql("select count(*) from orderd.approval where batch_id in (select id from orderd.batch where name = "
                "'first')") == "0");
    CHECK_THAT(s.log(), !Contains("is away"));
}

TEST_CASE("a site that the database refuses to keep is named, and everything else goes on")
{
    auto how = GENERATE(as<std::string>(), raises, fails, gives_nothing);
    INFO(how);
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.site", "insert or update", "new.name like '%悪%'", how);
    s.insert_starts(2, "odd", 0, "悪い拠点");
    s.insert_starts(8, "even", 10);
    s.wait_for_end();
    wait_until("the other sites",
               [&] { return s.sql("select count(*) from orderd.site where detail_read_at is not null") == "8"; });
    wait_for_words(s, "PostgreSQL refuses to keep what the provider tells of sites");
    CHECK(s.count("completed") == 10);
    auto listed = s.verb({"sites", "sync"});
    INFO(listed.output << listed.errors);
    CHECK(s.sql("select count(*) from orderd.site") == "8");
    auto odd = s.sql("select min(customer_site_code) from orderd.\"order\" where customer_site_name like '%悪%'");
    CHECK_THAT(s.log(), Contains("for_example=" + odd.substr(0, 5)) && !Contains("is away"));
    CHECK_THAT(s.verb({"check"}).output, !Contains("is away"));
}

TEST_CASE("a site that the database refuses to put off is named and passed over; all others are read")
{
    auto how = GENERATE(as<std::string>(), raises, fails);
    INFO(how);
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.site_refresh", "update", "old.code = 'S-odd'", how);
    s.sql("insert into orderd.site_refresh (code) values ('S-odd')");
    s.insert_starts(5);
    s.wait_for_end();
    wait_until("the sites",
               [&] { return s.sql("select count(*) from orderd.site where detail_read_at is not null") == "5"; });
    wait_for_words(s, "for_example=S-odd");
    CHECK_THAT(s.log(), !Contains("is away") && !Contains("reading sites is refused"));
}

TEST_CASE("a batch whose answers cannot be noted keeps only itself from being told for good")
{
    auto how = GENERATE(as<std::string>(), raises, gives_nothing);
    INFO(how);
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.batch", "update", "old.name = 'odd' and new.reported_at is not null", how);
    s.drop("odd.csv", stage::starts_csv(2));
    wait_until("the first", [&] { return s.count("completed") == 2; });
    s.drop("even.csv", stage::starts_csv(2, 10));
    wait_until("the other's answers",
               [&] { return s.sql("select reported_at = 'infinity' from orderd.batch where name = 'even'") == "t"; });
    wait_for_words(s, "batch odd: ");
    CHECK_THAT(s.log(), !Contains("is away"));
}

TEST_CASE("an order whose answer a trigger keeps from being recorded is not sent again")
{
    auto how = GENERATE(as<std::string>(), gives_nothing, gives_the_old_row);
    INFO(how);
    stage s(slow());
    s.start_and_wait();
    refuse(s, "orderd.\"order\"", "update", "old.request_key = 'T3' and old.state = 'submitting'", how);
    s.insert_starts(10);
    wait_until("the others", [&] { return s.count("accepted") == 9; });
    wait_for_words(s, "PostgreSQL does not change the rows of orders");
    CHECK_THAT(s.log(), !Contains("moved by somebody else"));
    CHECK(s.sql("select count(*) from orderd.order_event e join orderd.\"order\" o on o.id = e.order_id where "
                "o.request_key = 'T3' and e.event = 'late_answer' and e.why like '%order code%'") == "1");
    CHECK(s.ledger().size() == 10);
    s.sql("drop trigger refuse on orderd.\"order\"");
    s.stop_daemon();
    s.start_daemon("last");
    wait_until("it to be found", [&] { return s.count("accepted") == 10; });
    s.check_ledger(10);
}

TEST_CASE("an instance that a trigger keeps from registering says so, is not ready, and goes on when it is let")
{
    auto when = GENERATE(as<std::string>(), "insert or update", "insert", "update");
    INFO(when);
    stage s;
    s.verb({"migrate"});
    refuse(s, "orderd.instance", when, "true", gives_nothing);
    s.insert_starts(3);
    s.start_daemon();
    wait_for_words(s, "the lease of this instance is refused by the database");
    CHECK(stage::get(s.operations_port(), "/readyz").first == 503);
    CHECK_THAT(s.log(), Contains("orderd.instance") && !Contains("is away") && !Contains("silent"));
    s.sql("drop trigger refuse on orderd.instance");
    wait_until("the orders", [&] { return s.count("completed") == 3; });
    CHECK(s.daemon().running());
    CHECK(s.sql("select count(*) from orderd.instance") == "1");
    s.check_ledger(3);
}

TEST_CASE("a lease that a trigger keeps from being renewed ends, is told, and is renewed when the trigger is gone")
{
    stage s({.daemon_toml = "submission.lease = \"2s\"\n"});
    s.start_and_wait();
    refuse(s, "orderd.instance", "update", "true", gives_nothing);
    wait_for_words(s, "the lease of this instance is refused by the database");
    wait_until("a lease that ran out", [&] { return stage::get(s.operations_port(), "/readyz").first == 503; });
    s.insert_starts(3);
    s.sql("drop trigger refuse on orderd.instance");
    wait_until("the orders", [&] { return s.count("completed") == 3; });
    CHECK(s.sql("select count(*) from orderd.instance") == "1");
    s.check_ledger(3);
}

TEST_CASE("a rate of requests that a trigger keeps from being shared is told, and requests go on when it is let")
{
    stage s({.daemon_toml = "submission.requests_per_second = 100\n"});
    s.start_and_wait();
    refuse(s, "orderd.request_rate", "update", "true", gives_nothing);
    s.insert_starts(3);
    wait_for_words(s, "the shared rate of requests is refused by the database");
    s.sql("drop trigger refuse on orderd.request_rate");
    wait_until("the orders", [&] { return s.count("completed") == 3; });
    CHECK(s.daemon().running());
    s.check_ledger(3);
}

TEST_CASE("a row of a file that a trigger keeps from being stored is rejected, told and never called taken")
{
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.\"order\"", "insert", "new.request_key in ('K1', 'K4', 'T3')", gives_nothing);
    s.drop("odd.csv", stage::starts_csv(6));
    wait_for_words(s, "rows_taken=4 rows_rejected=2");
    s.insert_starts(5);
    wait_until("the others", [&] { return s.count("completed") == 8; });
    CHECK(orders(s) == "11");
    CHECK(s.sql("select count(*) from report.rejection where rule = 'row_not_stored'") == "3");
    CHECK(s.sql("select count(*) from intake.order_row where state = 'received'") == "0");
    CHECK(s.sql("select bool_and(rows_taken + rows_rejected = 6) from orderd.batch where name = 'odd'") == "t");
    CHECK(s.tally_is_true());
    s.check_ledger(8);
}

TEST_CASE("an import of rows that a trigger keeps from being stored rejects them; of which nothing is stored, it fails")
{
    auto all = GENERATE(false, true);
    INFO(all);
    stage s;
    s.verb({"migrate"});
    s.verb({"products", "sync"});
    refuse(s, "orderd.\"order\"", "insert", all ? "true" : "new.request_key = 'K2'", gives_nothing);
    auto file = s.directory() + "/starts.csv";
    write_file(file, stage::starts_csv(6));
    auto done = s.verb({"import", file});
    INFO(done.output << done.errors);
    CHECK(done.code != 0);
    auto told = all ? done.errors : s.sql("select message_en from report.rejection where rule = 'row_not_stored'");
    CHECK_THAT(told, Contains("a trigger of orderd.\"order\" suppresses the insert"));
    CHECK(orders(s) == (all ? "0" : "6"));
    CHECK(s.count("ready") == (all ? 0 : 5));
    CHECK(s.sql("select count(*) from orderd.batch") == (all ? "0" : "1"));
}

TEST_CASE("a row that came before and that a trigger keeps from being noted is rejected")
{
    stage s;
    s.verb({"migrate"});
    s.verb({"products", "sync"});
    auto file = s.directory() + "/starts.csv";
    write_file(file, stage::starts_csv(3));
    REQUIRE(s.verb({"import", file}).code == 0);
    refuse(s, "orderd.duplicate_row", "insert", "new.request_key = 'K1'", gives_nothing);
    write_file(file, stage::starts_csv(5));
    s.verb({"import", file});
    CHECK(s.sql("select rows_taken || ' ' || rows_rejected || ' ' || rows_duplicate from orderd.batch order by id desc "
                "limit 1") == "2 1 2");
    CHECK(s.sql("select count(*) from orderd.duplicate_row") == "2");
    CHECK(s.sql("select source_row from report.rejection where rule = 'row_not_stored'") == "3");
}

TEST_CASE("a file and rows of the table of which a trigger lets nothing be stored wait, named, until it is gone")
{
    stage s;
    s.start_and_wait();
    refuse(s, "orderd.\"order\"", "insert", "true", gives_nothing);
    s.insert_starts(2);
    s.drop("odd.csv", stage::starts_csv(2));
    wait_for_words(s, "PostgreSQL refuses to change rows of intake.order_row");
    wait_for_words(s, "odd.csv");
    CHECK(orders(s) == "0");
    CHECK_THAT(s.log(), Contains("suppresses the insert") && !Contains("is away") && !Contains("rows_taken"));
    CHECK(s.sql("select count(*) from intake.order_row where state = 'received'") == "2");
    end_without_trigger(s, "orderd.\"order\"", 4);
}
