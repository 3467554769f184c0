#include "program.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace orderd::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

const std::string columns = "(batch_name, request_key, order_type, line_id, line_access_key, product_codes) ";

std::string give(program& by, const std::string& batch, const std::string& key, const std::string& line)
{
    return by.sql("insert into intake.order_row " + columns + "values ('" + batch + "', '" + key + "', '1', '" + line +
                  "', 'a1b2c3d4', '1-1-1-1-2') returning id");
}

std::string column_of(program& by, const std::string& id, const std::string& column)
{
    return by.sql("select coalesce(" + column + "::text, '') from intake.order_row where id = " + id);
}

void wait_for(program& by, const std::string& id)
{
    wait_until("row " + id, [&] { return column_of(by, id, "state") != "received"; });
}

}

TEST_CASE("the rows of one program do not wait for all those that another inserted before")
{
    stage s;
    s.verb({"migrate"});
    program a(s, "a", "orderd_intake"), b(s, "b", "orderd_intake");
    a.sql("insert into intake.order_row " + columns +
          "select 'bulk', 'A' || i, '9', 'x', 'y', 'z' from generate_series(1, 40000) i");
    auto row = give(b, "single", "B-1", "CAF5000000001");
    auto last = give(a, "bulk", "A-last", "CAF5000000002");
    s.start_and_wait();
    wait_until("all rows",
               [&] { return s.sql("select count(*) from intake.order_row where state = 'received'") == "0"; });
    // The one row was taken after one turn of the others at most; each program's rows in their order.
    CHECK(
        std::stoi(s.sql("select count(*) from intake.order_row where taken_at < (select taken_at from intake.order_row "
                        "where id = " +
                        row + ")")) <= 5'000);
    CHECK(s.sql("select bool_and(taken_at >= before) from (select taken_at, lag(taken_at) over (order by id) as before "
                "from intake.order_row where batch_name = 'bulk') r") == "t");
    CHECK(column_of(b, row, "state") == "taken");
    CHECK(column_of(a, last, "state") == "taken");
}

TEST_CASE("a program learns that another's order exists, and not whose or where it is")
{
    stage s({.settings_toml = "progress_min_ms = 3600000\nprogress_max_ms = 3600000\n", .slow_orders = true});
    s.start_and_wait();
    program a(s, "a", "orderd_intake"), b(s, "b", "orderd_intake");
    auto first = give(a, "secret plan", "K-1", "CAF5000000001");
    wait_for(a, first);
    auto line = give(b, "mine", "B-1", "CAF5000000001"), key = give(b, "mine", "K-1", "CAF5000000002"),
         same = give(b, "mine", "K-1", "CAF5000000001"), own = give(a, "secret plan", "K-1", "CAF5000000001"),
         own_line = give(a, "other", "K-2", "CAF5000000001");
    for (const auto& id : {line, key, same}) {
        wait_for(b, id);
        auto all = b.sql("select r::text from intake.order_row r where id = " + id);
        CHECK_THAT(all, !Contains("secret plan") && !Contains("row " + first) && !Contains(first + "行目"));
    }
    CHECK_THAT(column_of(b, line, "findings"), Contains("live_order_exists") && Contains("elsewhere"));
    CHECK_THAT(column_of(b, key, "findings"), Contains("request_key_conflict") && Contains("elsewhere"));
    CHECK(column_of(b, same, "state") == "duplicate");
    CHECK(column_of(b, same, "order_id") == "");
    // Of its own it is told where.
    wait_for(a, own);
    CHECK(column_of(a, own, "order_id") == column_of(a, first, "order_id"));
    wait_for(a, own_line);
    CHECK_THAT(column_of(a, own_line, "findings"), Contains("row " + first + " of secret plan"));
    // The author of a file is told of rows in files, and of others that they exist.
    const std::string header = "request_key,order_type,line_id,line_access_key,product_codes\r\n";
    s.drop("one.csv", header + "F-1,1,CAF6000000001,a1b2c3d4,1-1-1-1-2\r\n");
    wait_until("the file", [&] { return s.sql("select count(*) from orderd.batch where name = 'one'") == "1"; });
    s.drop("two.csv", header + "F-2,1,CAF6000000001,a1b2c3d4,1-1-1-1-2\r\nF-3,1,CAF5000000001,a1b2c3d4,1-1-1-1-2\r\n"
                               "K-1,1,CAF5000000001,a1b2c3d4,1-1-1-1-2\r\n");
    auto answer = s.drop_directory() + "/results/two.result.csv";
    wait_until("the answer", [&] { return fs::exists(answer); });
    CHECK_THAT(read_file(answer), Contains("row 2 of one") && Contains("taken in elsewhere") &&
                                      Contains("this row came before; no new order") && !Contains("secret plan"));
}

TEST_CASE("rows of two programs under one name are two batches")
{
    stage s({.daemon_toml = "submission.require_approval = true\n"});
    s.start_and_wait();
    program a(s, "a", "orderd_intake"), b(s, "b", "orderd_intake");
    wait_for(a, give(a, "shared", "A-1", "CAF5000000001"));
    wait_for(b, give(b, "shared", "B-1", "CAF5000000002"));
    wait_for(a, give(a, "shared", "A-2", "CAF5000000003"));
    wait_for(b, give(b, "shared", "B-2", "CAF5000000004"));
    CHECK(
        s.sql("select string_agg(b.name || ' ' || o.request_key, ', ' order by o.request_key) from orderd.\"order\" o "
              "join orderd.batch b on b.id = o.batch_id") == "shared A-1, shared A-2, shared.2 B-1, shared.2 B-2");
    CHECK(s.sql("select string_agg(brought_by, ', ' order by batch_id) from report.batch") ==
          a.name() + ", " + b.name());
    CHECK(s.verb({"batches", "approve", "shared", "--yes"}).code == 0);
    CHECK(s.count("awaiting_approval") == 2);
}

TEST_CASE("however many people brought a batch, few are named, and none of them may approve it")
{
    stage s({.daemon_toml = "submission.require_approval = true\n"});
    s.verb({"migrate"});
    s.sql("insert into intake.order_row (batch_name, brought_by, request_key, order_type, line_id, line_access_key, "
          "product_codes) select 'crowd', 'person ' || lpad(i::text, 5, '0') || repeat('x', 180), 'C' || i, '1', 'CAF' "
          "|| "
          "(5000000000 + i), 'a1b2c3d4', '1-1-1-1-2' from generate_series(1, 6000) i");
    s.start_and_wait();
    wait_until("the rows", [&] { return s.count("awaiting_approval") == 6'000; });
    CHECK(s.sql("select cardinality(brought_by) || ' ' || brought_by_more from orderd.batch") == "50 5950");
    CHECK(s.sql("select octet_length(brought_by) < 11000 and brought_by like '%(+5950)' from report.batch") == "t");
    CHECK_THAT(s.verb({"batches", "approve", "crowd"}).output, Contains("(+5950)"));
    auto answer = [&](const std::string& approver) {
        auto id = s.sql("insert into intake.approval (batch_name, approver) values ('crowd', '" + approver +
                        "') returning id");
        wait_until("the answer",
                   [&] { return s.sql("select state from intake.approval where id = " + id) != "received"; });
        return s.sql("select state || ': ' || answer_en from intake.approval where id = " + id);
    };
    const std::string x(180, 'x');
    for (std::string person :
         {"person 00001" + x, "person 06000" + x, "PERSON_03000" + x, "　person 05999" + x + " "}) {
        INFO(person);
        CHECK_THAT(answer(person), Contains("refused: ") && Contains("somebody else"));
    }
    CHECK(s.count("awaiting_approval") == 6'000);
    CHECK_THAT(answer("person 06001" + x), Contains("done: 6000 orders approved"));
}

TEST_CASE("a file with an open quotation mark costs little, says where, and keeps nobody waiting")
{
    stage s;
    s.start_and_wait();
    std::string text = "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\r\n"
                       "X,1,\"open,CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n";
    for (int i = 0; i < 1'500'000; ++i) text += "w\n";
    s.drop("open.csv", text + "G,1,shop,CAF1234567891,a1b2c3d4,1-1-1-1-2\r\n");
    wait_until("the file", [&] { return s.sql("select rows_taken from orderd.batch where name = 'open'") == "1"; });
    CHECK(s.sql("select rows_rejected from orderd.batch where name = 'open'") == "2001");
    CHECK(s.sql("select pg_database_size(current_database()) < 40000000") == "t");
    auto results = s.drop_directory() + "/results/";
    wait_until("its answers", [&] { return fs::exists(results + "open.result.csv"); });
    for (auto name : {"open.summary.txt", "open.rejected.csv"})
        CHECK_THAT(read_file(results + name),
                   Contains("lines 2002 to 1500002") && Contains("quotation mark opened in line 2"));
    wait_until("the original", [&] { return fs::exists(s.drop_directory() + "/done/open.csv"); });
    CHECK(read_file(s.drop_directory() + "/done/open.csv").size() > 3'000'000);
}
