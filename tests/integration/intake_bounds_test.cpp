#include "memory.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace orderd::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

void check_memory(process& daemon)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(peak_memory_mb(daemon.pid()) <= 64);
#else
    CHECK(peak_memory_mb(daemon.pid()) > 0);
#endif
}

/// Text that no database can make shorter.
std::string noise(std::size_t size)
{
    std::string out;
    unsigned state = 17;
    while (out.size() < size) {
        state = state * 1'103'515'245 + 12'345;
        out += static_cast<char>('a' + state / 65'536 % 26);
    }
    return out;
}

/// A file of `first` and then `again` until it has `size` bytes.
void write_big(const std::string& path, const std::string& first, const std::string& again, std::size_t size)
{
    std::ofstream out(path, std::ios::binary);
    out << first;
    std::string piece;
    while (piece.size() < 1 << 20) piece += again;
    for (std::size_t written = 0; written < size; written += piece.size()) out << piece;
}

const std::string header =
    "request_key,order_type,customer_site_name,case_name,line_id,line_access_key,product_codes\r\n";

}

TEST_CASE("a table row with a value that is too long is rejected and says so, whatever its column and order")
{
    stage s;
    s.verb({"migrate"});
    std::istringstream names(
        s.sql("select string_agg(column_name, ' ') from information_schema.columns where "
              "table_schema = 'intake' and table_name = 'order_row' and data_type = 'text' and "
              "column_name not in ('state', 'batch_name', 'brought_by', 'inserted_by', 'inserted_as')"));
    int rows = 0;
    for (std::string column; names >> column;)
        for (std::string type : {"1", "2", "3"}) {
            auto others = column == "order_type" ? std::string("request_key") : std::string("order_type");
            s.sql("insert into intake.order_row (batch_name, " + others + ", " + column + ") select 'long', '" + type +
                  "', string_agg(md5((i + " + std::to_string(rows) +
                  ")::text), '') from generate_series(1, 3125) i "
                  "returning 1");
            ++rows;
        }
    REQUIRE(rows > 100);
    s.insert_starts(5, "good");
    s.start_and_wait();
    wait_until("the good rows",
               [&] { return s.sql("select rows_taken from orderd.batch where name = 'good'") == "5"; });
    CHECK(s.sql("select count(*) from intake.order_row where state = 'received'") == "0");
    CHECK(s.sql("select count(*) from intake.order_row where batch_name = 'long' and state = 'rejected' and "
                "findings::text like '%value_too_long%' and findings::text like '%100000 bytes%'") ==
          std::to_string(rows));
    CHECK(s.sql("select max(octet_length(o::text)) < 20000 from orderd.\"order\" o") == "t");
    CHECK(s.daemon().running());
}

TEST_CASE("a table row with a batch name that is too long is rejected in a batch with a short one")
{
    stage s;
    s.verb({"migrate"});
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, line_id, line_access_key, product_codes) "
          "select repeat('月', 10) || string_agg(md5(i::text), ''), 'P', '1', 'CAF1234567890', 'a1b2c3d4', '1-1-1-1-2' "
          "from generate_series(1, 375) i returning 1");
    s.insert_starts(3, "good");
    s.start_and_wait();
    wait_until("the good rows",
               [&] { return s.sql("select rows_taken from orderd.batch where name = 'good'") == "3"; });
    CHECK_THAT(s.sql("select findings::text from intake.order_row where request_key = 'P'"),
               Contains("batch_name_too_long") && Contains("12030 bytes") && Contains("1000"));
    CHECK_THAT(s.sql("select name from orderd.batch where rows_rejected = 1"), Contains("月月月"));
    CHECK(s.sql("select octet_length(name) < 200 from orderd.batch where rows_rejected = 1") == "t");
}

TEST_CASE("what the database refuses all the same is found among thousands of rows, and set aside alone")
{
    stage s;
    s.verb({"migrate"});
    s.sql("alter table orderd.\"order\" add constraint refused check (customer_site_name is distinct from 'poison') "
          "not valid; select 1");
    auto csv = stage::starts_csv(3'000);
    for (auto key : {"K7,", "K1500,", "K2999,"}) {
        auto at = csv.find(key), from = csv.find(",1,", at) + 3;
        csv.replace(from, csv.find(',', from) - from, "poison");
    }
    s.drop("mixed.csv", csv);
    s.insert_starts(1'000, "rows", 10'000);
    s.sql("update intake.order_row set customer_site_name = 'poison' where request_key in ('T10000', 'T10500'); select "
          "1");
    s.start_and_wait();
    wait_until("the file", [&] { return s.sql("select rows_taken from orderd.batch where name = 'mixed'") == "2997"; });
    wait_until("the table", [&] { return s.sql("select rows_taken from orderd.batch where name = 'rows'") == "998"; });
    CHECK(s.sql("select string_agg(source_row::text, ' ' order by source_row) from report.rejection where rule = "
                "'row_not_stored' and batch_name = 'mixed'") == "9 1502 3001");
    CHECK_THAT(s.sql("select findings::text from intake.order_row where request_key = 'T10500'"),
               Contains("row_not_stored") && Contains("violates check constraint") && Contains("bytes"));
    wait_until("the answer", [&] { return fs::exists(s.drop_directory() + "/results/mixed.rejected.csv"); });
    CHECK_THAT(read_file(s.drop_directory() + "/results/mixed.rejected.csv"), Contains("K1500,1,poison"));
    // Mended, the row is taken: its key was not used up.
    s.sql("alter table orderd.\"order\" drop constraint refused; select 1");
    s.drop("mended.csv", csv);
    wait_until("the mended ones",
               [&] { return s.sql("select rows_taken from orderd.batch where name = 'mended'") == "3"; });
    CHECK(s.sql("select rows_duplicate from orderd.batch where name = 'mended'") == "2997");
}

TEST_CASE("a row that cannot be stored once the catalogue is there keeps no other row waiting")
{
    stage::options o;
    o.start_provider = false;
    stage s(o);
    s.verb({"migrate"});
    s.insert_starts(20);
    s.sql("update intake.order_row set customer_site_name = 'poison' where request_key = 'T7'; select 1");
    s.sql("alter table orderd.\"order\" add constraint refused check (state in ('received', 'rejected') or "
          "customer_site_name is distinct from 'poison'); select 1");
    s.start_daemon();
    wait_until("the rows to wait for the catalogue", [&] { return s.count("received") == 20; });
    s.start_provider();
    wait_until("all to be judged", [&] { return s.count("received") == 0; });
    CHECK(s.sql("select request_key from report.rejection where rule = 'row_not_stored'") == "T7");
    s.wait_for_end();
    CHECK(s.count("completed") == 19);
}

TEST_CASE("a long cell costs its own row, not the file; a cell of a megabyte that nobody asks for is no trouble")
{
    stage s;
    s.start_and_wait();
    auto csv = header + "G1,1,a,case,CAF1234567801,a1b2c3d4,1-1-1-1-2\r\n" +               //
               "B1,1," + noise(9'000) + ",case,CAF1234567802,a1b2c3d4,1-1-1-1-2\r\n" +     //
               "B2,3,a,case," + noise(9'000) + ",a1b2c3d4,1-1-1-1-2\r\n" +                 //
               noise(9'000) + ",1,a,case,CAF1234567804,a1b2c3d4,1-1-1-1-2\r\n" +           //
               "B4,1,a,case,CAF1234567805,a1b2c3d4,1-1-1-1-2|" + noise(900'000) + "\r\n" + //
               "G2,1,a,case,CAF1234567806,a1b2c3d4,1-1-1-1-2\r\n";
    s.drop("cells.csv", csv);
    wait_until("the file", [&] { return s.sql("select rows_taken from orderd.batch where name = 'cells'") == "2"; });
    CHECK(s.sql("select string_agg(source_row || ' ' || rule, ', ' order by source_row) from report.rejection where "
                "rule ~ '(too_long|length)$'") ==
          "3 customer_site_name_length, 4 value_too_long, 5 request_key_length, 6 value_too_long");
    CHECK_THAT(s.sql("select string_agg(findings::text, '') from orderd.\"order\" where state = 'rejected'"),
               Contains("line_id has 9000 bytes; at most 2048") &&
                   Contains("product_codes has 900010 bytes; at most 16384"));
    CHECK(s.sql("select max(octet_length(c.cells::text)) < 20000 from orderd.row_cells c") == "t");
    s.drop("own.csv", "memo,order_type,line_id,line_access_key,product_codes\r\n" + noise(1'000'000) +
                          ",1,CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n");
    wait_until("the file with a memo",
               [&] { return s.sql("select rows_taken from orderd.batch where name = 'own'") == "1"; });
    CHECK(fs::is_empty(s.drop_directory() + "/failed"));
}

TEST_CASE("sixty table rows of ten megabytes each are rejected in a small memory, and the one behind them is taken")
{
    stage s;
    s.verb({"migrate"});
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, installation_address) "
          "select 'heavy', 'H' || i, '1', repeat(md5(i::text), 312500) from generate_series(1, 60) i; select 1");
    s.insert_starts(1, "heavy");
    s.start_and_wait();
    wait_until("all rows", [&] { return s.sql("select rows_taken + rows_rejected from orderd.batch") == "61"; });
    CHECK(s.sql("select count(*) from intake.order_row where findings::text like '%10000000 bytes%'") == "60");
    CHECK(s.sql("select rows_taken from orderd.batch") == "1");
    check_memory(s.daemon());
}

TEST_CASE("whatever lies in a file, the memory stays small and the other files are taken")
{
    stage s;
    s.start_and_wait();
    auto incoming = s.drop_directory() + "/incoming/";
    auto cell = header + "X1,1,\"" + std::string(1, 'x');
    write_big(incoming + ".1", cell, "x", 100'000'000);
    write_big(incoming + ".2", header + "X2,1,\"open,case,", "words without an end\r\n", 3'000'000);
    write_big(incoming + ".3", header, "\r\n", 10'000'000);
    write_big(incoming + ".4", header, ",,,,,,\r\n", 10'000'000);
    write_big(incoming + ".5", header, std::string(1'000'000, ',') + "\r\n", 8'000'000);
    write_big(incoming + ".6", "", "one line and no header ", 100'000'000);
    for (auto name : {"1", "2", "3", "4", "5", "6"})
        fs::rename(incoming + "." + name, incoming + "bad" + name + ".csv");
    s.drop("good.csv", stage::starts_csv(2));
    wait_until(
        "all files", [&] { return fs::is_empty(incoming) && fs::is_empty(s.drop_directory() + "/processing"); },
        std::chrono::seconds(300));
    CHECK(s.sql("select rows_taken from orderd.batch where name = 'good'") == "2");
    CHECK(fs::exists(s.drop_directory() + "/failed/bad6.csv"));
    CHECK(s.sql("select string_agg(name || ' ' || rows_taken, ', ' order by name) from orderd.batch where name like "
                "'bad%'") == "bad1 0, bad2 0, bad3 0, bad4 0, bad5 0");
    check_memory(s.daemon());
}

TEST_CASE("a row of intake.approval with long texts is refused in a small memory, which names each of them")
{
    stage s({.daemon_toml = "submission.require_approval = true\n"});
    s.start_and_wait();
    s.insert_starts(1, "dear");
    wait_until("the order", [&] { return s.count("awaiting_approval") == 1; });
    auto answer_of = [&](const std::string& columns, const std::string& values) {
        auto id = s.sql("insert into intake.approval (" + columns + ") values (" + values + ") returning id");
        wait_until("the answer",
                   [&] { return s.sql("select state from intake.approval where id = " + id) != "received"; });
        return s.sql("select state || ': ' || answer_en from intake.approval where id = " + id);
    };
    const std::string long_text = "repeat('long 長い', 5000000)"; // 55 MB
    CHECK(answer_of("batch_name, approver, why", long_text + ", " + long_text + ", " + long_text) ==
          "refused: batch_name has 55000000 bytes; at most 1000 are allowed; approver has 55000000 bytes; at most 1000 "
          "are allowed; why has 55000000 bytes; at most 2048 are allowed");
    CHECK(answer_of("batch_name, approver, why", "'dear', 'tanaka', repeat('w', 2049)") ==
          "refused: why has 2049 bytes; at most 2048 are allowed");
    CHECK(s.sql("select count(*) from orderd.approval") == "0");
    CHECK_THAT(s.sql("select string_agg(answer_ja, '') from intake.approval"),
               Contains("バイト以内で指定してください"));
    CHECK_THAT(answer_of("batch_name, approver, why", "'dear', ' tanaka ', repeat('w', 2048)"),
               Contains("done: 1 order"));
    CHECK(s.sql("select decided_by from orderd.approval") == "tanaka");
    check_memory(s.daemon());
}

TEST_CASE("a table row with a name that is too long for who brought it is rejected and says so; others are taken")
{
    stage s;
    s.verb({"migrate"});
    s.sql("insert into intake.order_row (batch_name, brought_by, request_key, order_type) "
          "select 'heavy', repeat(' ' || md5(i::text), 300000), 'H' || i, '1' from generate_series(1, 30) i; select 1");
    s.sql(
        "insert into intake.order_row (batch_name, brought_by, request_key, order_type) values (repeat('b', 5000000), "
        "repeat('p', 1001), 'P', '1')");
    s.insert_starts(1, "good");
    s.sql("update intake.order_row set brought_by = repeat('長', 333) where batch_name = 'good'; select 1");
    s.start_and_wait();
    wait_until("all rows",
               [&] { return s.sql("select count(*) from intake.order_row where state = 'received'") == "0"; });
    CHECK(s.sql("select count(*) from intake.order_row where state = 'rejected' and findings::text like "
                "'%brought_by has 9900000 bytes; at most 1000 are allowed%'") == "30");
    CHECK_THAT(s.sql("select findings::text from intake.order_row where request_key = 'P'"),
               Contains("brought_by has 1001 bytes") && Contains("batch_name has 5000000 bytes"));
    CHECK(s.sql("select rows_taken from orderd.batch where name = 'good'") == "1");
    CHECK(s.sql("select max(octet_length(b::text)) < 20000 from orderd.batch b") == "t");
    check_memory(s.daemon());
}

TEST_CASE("table rows of batches that alternate are taken batch by batch")
{
    stage s;
    s.verb({"migrate"});
    s.insert_starts(600, "");
    s.sql("update intake.order_row set batch_name = 'b' || id % 3; select 1");
    s.start_and_wait();
    wait_until("all rows",
               [&] { return s.sql("select count(*) from intake.order_row where state = 'received'") == "0"; });
    CHECK(s.sql("select string_agg(name || ' ' || rows_taken, ', ' order by name) from orderd.batch") ==
          "b0 200, b1 200, b2 200");
    CHECK(s.sql("select count(distinct taken_at) from intake.order_row") == "3"); // the time of its transaction
}
