#include "orderd/core/encoding.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace orderd::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

[[maybe_unused]] long peak_memory_mb(pid_t pid)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6)) / 1'024;
    return -1;
}

}

TEST_CASE("files as people make them: a clear message, the file where it belongs, the daemon alive")
{
    stage s;
    s.start_and_wait();
    auto incoming = s.drop_directory() + "/incoming/", failed = s.drop_directory() + "/failed/";
    const std::string header = "order_type,line_id,line_access_key,product_codes\r\n";
    s.drop("empty.csv", "");
    s.drop("blank.csv", "\r\n\r\n");
    s.drop("no_header.csv", "1,CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n");
    s.drop("missing_column.csv", "line_id,line_access_key\r\nCAF1234567890,a1b2c3d4\r\n");
    s.drop("book.xlsx", std::string("PK\x03\x04\0\0garbage", 13));
    s.drop("binary.csv", std::string("a,b\0c\r\n", 7));
    s.drop("utf16.csv", std::string("\xFF\xFEo\0r\0", 6));
    s.drop("unknown_header.csv",
           "order_type,line_di,line_access_key,product_codes\r\n1,CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n");
    s.drop("broken_line.csv", header + "1,CAF1234567891,a1b2c3d4,1-1-1-1-2\r\n1,CAF\"1234,x\r\n1,CAF1234567892,"
                                       "a1b2c3d4\r\n1,CAF1234567893,a1b2c3d4,1-1-1-1-2,,\r\n");
    s.drop("not_utf8_\x83\x65.csv", header + "1,CAF1234567894,a1b2c3d4,1-1-1-1-2\r\n");
    s.drop("'; drop table orderd.batch; --.csv", header + "1,CAF1234567895,a1b2c3d4,1-1-1-1-2\r\n");
    s.drop("half.csv.part", header + "1,CAF1234567896,a1b2c3d4,1-1-1-1-2\r\n");
    fs::create_directory(incoming + "directory.csv");
    fs::create_symlink("/etc/passwd", incoming + "link.csv");
    REQUIRE(::mkfifo((incoming + "fifo.csv").c_str(), 0600) == 0);

    const std::pair<const char*, const char*> refused[] = {{"empty.csv", "the file is empty"},
                                                           {"blank.csv", "the file is empty"},
                                                           {"no_header.csv", "there is no header line"},
                                                           {"missing_column.csv", "\"order_type\" is missing"},
                                                           {"book.xlsx", "save it as \"CSV UTF-8"},
                                                           {"binary.csv", "binary data (from byte 4 on)"},
                                                           {"utf16.csv", "there is no header line"},
                                                           {"link.csv", "not a regular file"},
                                                           {"fifo.csv", "not a regular file"}};
    for (auto [name, why] : refused) {
        wait_until(std::string(name) + " in failed/", [&] { return fs::exists(fs::symlink_status(failed + name)); });
        wait_until("its reason",
                   [&] { return read_file(failed + name + ".error.txt").find(why) != std::string::npos; });
    }
    CHECK(fs::is_symlink(failed + "link.csv"));
    CHECK(fs::is_directory(incoming + "directory.csv"));
    CHECK(fs::exists(incoming + "half.csv.part"));
    wait_until("the other files",
               [&] { return s.sql("select count(*) from orderd.batch where reported_at is not null") == "4"; });
    wait_until("every order to end", [&] { return s.open_orders() == 0; });

    CHECK_THAT(s.sql("select notes::text from orderd.batch where name = 'unknown_header'"),
               Contains("did you mean") && Contains("line_id"));
    CHECK(s.sql("select count(*) from report.rejection where rule = 'line_id_required'") == "1");
    CHECK(s.sql("select string_agg(source_row || ' ' || rule, ', ' order by source_row) from report.rejection where "
                "batch_name = 'broken_line'") == "3 row_quotes, 4 row_cell_count");
    CHECK_THAT(read_file(s.drop_directory() + "/results/broken_line.rejected.csv"),
               Contains("CAF\"\"1234") && Contains("double the marks"));
    CHECK(s.count("completed") == 4);
    CHECK_THAT(s.log(), Contains("a directory in incoming/ is left alone"));
    CHECK(s.daemon().running());
    CHECK(s.stop_daemon() == 0);
}

TEST_CASE("a file so short that a string keeps it within itself is read as any other")
{
    stage s;
    s.start_and_wait();
    s.drop("tiny.csv", "order_type\n1\n");
    wait_until("its rejection", [&] {
        return s.sql("select count(*) from report.rejection where source_row = 2 and rule = 'line_id_required'") == "1";
    });
    CHECK(s.sql("select rows_rejected from orderd.batch where name = 'tiny'") == "1");
}

TEST_CASE("Excel's Unicode text with a title above the header is read, and answered in its own encoding")
{
    stage s;
    s.start_and_wait();
    const std::string text =
        "新規開通の一覧（十一月分）\r\n\r\n管理番号\tオーダ種別\t拠点名\t回線ID\tアクセスキー\t商品コード\r\n"
        "U-1\t新規\t髙橋商店①㈱\tCAF1234567801\ta1b2c3d4\t1-1-1-1-2\r\n"
        "U-2\t新規\t𠮷野家\tCAF12\ta1b2c3d4\t1-1-1-1-2\r\n"
        "U-3\t新規\t店X\tCAF1234567803\ta1b2c3d4\t1-1-1-1-2\r\n";
    auto bytes = "\xFF\xFE" + orderd::from_utf8(text, orderd::encoding::utf16le);
    auto half = bytes.find(std::string("X\0", 2));
    REQUIRE(half != bytes.npos);
    bytes.replace(half, 2, "\x3D\xD8"); // half a pair of surrogates
    s.drop("unicode.txt", bytes);
    wait_until("its answers", [&] { return fs::exists(s.drop_directory() + "/results/unicode.rejected.csv"); });
    s.wait_for_end();
    CHECK(s.sql("select customer_site_name from orderd.\"order\" where request_key = 'U-1'") == "髙橋商店①㈱");
    CHECK(s.sql("select string_agg(source_row || ' ' || rule, ', ' order by source_row) from report.rejection") ==
          "5 line_id_format, 6 row_unreadable");
    CHECK_THAT(s.sql("select notes::text from orderd.batch"), Contains("line 3"));
    auto answer = read_file(s.drop_directory() + "/results/unicode.rejected.csv");
    REQUIRE(answer.starts_with("\xFF\xFE"));
    auto seen = orderd::to_utf8(std::string_view(answer).substr(2), orderd::encoding::utf16le).value();
    CHECK_THAT(seen, Contains("管理番号\tオーダ種別") && Contains("𠮷野家\tCAF12"));
    // Mended, it comes back as it is: the title is gone, the header is in the first line.
    auto at = seen.find("CAF12\t");
    seen.replace(at, 5, "CAF1234567802");
    s.drop("unicode.rejected.txt", "\xFF\xFE" + orderd::from_utf8(seen, orderd::encoding::utf16le));
    wait_until("the mended row", [&] {
        return s.sql("select state from orderd.\"order\" where request_key = 'U-2' and state <> 'rejected'") ==
               "completed";
    });
}

TEST_CASE(
    "with a marker a file waits for it; by name they are taken in the order of names; old files are deleted when told")
{
    stage::options o;
    o.daemon_toml = "intake.csv.marker = \".done\"\nintake.csv.order = \"name\"\nintake.csv.keep_files = \"3s\"\n";
    stage s(o);
    s.start_and_wait();
    auto incoming = s.drop_directory() + "/incoming/";
    s.drop("a.csv", stage::starts_csv(1, 0));
    s.drop("c.csv", stage::starts_csv(1, 2));
    s.drop("b.csv", stage::starts_csv(1, 1));
    s.drop("waits.csv", stage::starts_csv(1, 3));
    s.drop("c.csv.done", "");
    s.drop("b.csv.done", "");
    wait_until("the two", [&] { return s.sql("select count(*) from orderd.batch") == "2"; });
    wait_until("their markers to go",
               [&] { return !fs::exists(incoming + "b.csv.done") && !fs::exists(incoming + "c.csv.done"); });
    CHECK(fs::exists(incoming + "a.csv"));
    s.drop("a.csv.done", "");
    wait_until("the third", [&] { return s.sql("select count(*) from orderd.batch") == "3"; });
    CHECK(fs::exists(incoming + "waits.csv"));
    wait_until("it to be in done/", [&] { return fs::exists(s.drop_directory() + "/done/a.csv"); });
    wait_until("the old files to go", [&] { return fs::is_empty(s.drop_directory() + "/done"); });
    CHECK(fs::exists(incoming + "waits.csv"));
}

TEST_CASE("a file that may not be read stays where it is, with a note, and is taken when it may be read")
{
    stage s;
    s.verb({"migrate"});
    fs::permissions(s.directory(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
    fs::permissions(s.directory() + "/client_secret", fs::perms::owner_read | fs::perms::others_read);
    bool root = ::geteuid() == 0; // for whom nothing is unreadable: the daemon runs as somebody else
    for (auto part : {"", "/incoming", "/processing", "/done", "/failed", "/results"}) {
        fs::create_directories(s.drop_directory() + part);
        if (root) REQUIRE(::chown((s.drop_directory() + part).c_str(), 65534, 65534) == 0);
    }
    // Its own copy of the program: the tree may lie where only root comes.
    fs::copy_file(std::string(ORDERD_BIN_DIR) + "/ipoe-orderd", s.directory() + "/ipoe-orderd");
    std::vector<std::string> words{s.directory() + "/ipoe-orderd", "run", "--config", s.config_file()};
    if (root) words.insert(words.begin(), {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    process daemon(words, s.directory(), "nobody");
    auto secret = s.drop_directory() + "/incoming/secret.csv",
         note = s.drop_directory() + "/results/secret.csv.waiting.txt";
    write_file(s.drop_directory() + "/incoming/.secret", stage::starts_csv(1));
    fs::permissions(s.drop_directory() + "/incoming/.secret", root ? fs::perms::owner_read : fs::perms::none);
    fs::rename(s.drop_directory() + "/incoming/.secret", secret);
    wait_until("a note with the reason",
               [&] { return read_file(note).find("Permission denied") != std::string::npos; });
    s.drop("good.csv", stage::starts_csv(1, 5));
    fs::permissions(s.drop_directory() + "/incoming/good.csv", fs::perms::all);
    wait_until("the other file", [&] { return fs::exists(s.drop_directory() + "/done/good.csv"); });
    CHECK(fs::exists(secret));
    CHECK(fs::is_empty(s.drop_directory() + "/failed"));
    fs::permissions(secret, fs::perms::all);
    wait_until(
        "the file", [&] { return fs::exists(s.drop_directory() + "/done/secret.csv"); }, std::chrono::seconds(150));
    CHECK_FALSE(fs::exists(note));
    CHECK(daemon.running());
}

TEST_CASE("a file taken before a crash is finished after it, and only once")
{
    stage s;
    s.start_and_wait();
    s.drop("first.csv", stage::starts_csv(3));
    s.wait_for_end();
    wait_until("the file in done/", [&] { return fs::exists(s.drop_directory() + "/done/first.csv"); });
    CHECK(s.stop_daemon() == 0);
    // As a crash leaves it: committed but not yet put away; and taken but not yet committed.
    auto take_id = s.sql("select take_id from orderd.batch where name = 'first'");
    fs::rename(s.drop_directory() + "/done/first.csv", s.drop_directory() + "/processing/" + take_id + "~first.csv");
    write_file(s.drop_directory() + "/processing/17-4-2~second.csv", stage::starts_csv(4, 100));
    s.start_and_wait("second");
    wait_until("both files in done/", [&] {
        return fs::exists(s.drop_directory() + "/done/first.csv") &&
               fs::exists(s.drop_directory() + "/done/second.csv");
    });
    s.wait_for_end();
    CHECK(s.sql("select count(*) from orderd.batch") == "2");
    s.check_ledger(7);
}

TEST_CASE("the same file again, under another name and after a restart, is recognised and creates nothing")
{
    stage s;
    s.start_and_wait();
    s.drop("first.csv", stage::starts_csv(3));
    wait_until("the first", [&] { return s.sql("select rows_taken from orderd.batch where name = 'first'") == "3"; });
    s.stop_daemon();
    s.start_and_wait();
    s.drop("second.csv", stage::starts_csv(3));
    wait_until("the second",
               [&] { return s.sql("select rows_duplicate from orderd.batch where name = 'second'") == "3"; });
    wait_until("its summary", [&] {
        return read_file(s.drop_directory() + "/results/second.summary.txt").find("as \"first\"") != std::string::npos;
    });
    // The same name with other content is a file of its own.
    s.drop("first.csv", stage::starts_csv(2, 10));
    wait_until("the third", [&] { return s.sql("select rows_taken from orderd.batch where name = 'first.2'") == "2"; });
    s.wait_for_end();
    s.check_ledger(5);
}

TEST_CASE("files below incoming are taken when told so")
{
    stage::options o;
    o.daemon_toml = "intake.csv.subdirectories = true\n";
    stage s(o);
    s.start_and_wait();
    auto incoming = s.drop_directory() + "/incoming/";
    fs::create_directories(incoming + "tokyo/shops");
    fs::create_directories(incoming + ".hidden");
    write_file(incoming + ".hidden/x.csv", stage::starts_csv(1, 5));
    write_file(incoming + "tokyo/.first", stage::starts_csv(1));
    fs::rename(incoming + "tokyo/.first", incoming + "tokyo/shops/a.csv");
    wait_until("the first", [&] { return s.sql("select count(*) from orderd.batch") == "1"; });
    write_file(incoming + "tokyo/.second", stage::starts_csv(1, 1));
    fs::rename(incoming + "tokyo/.second", incoming + "tokyo/a.csv");
    wait_until("both", [&] { return s.sql("select string_agg(name, ' ' order by id) from orderd.batch") == "a a.2"; });
    wait_until("both in done/", [&] {
        return fs::exists(s.drop_directory() + "/done/a.csv") && fs::exists(s.drop_directory() + "/done/a.2.csv");
    });
    CHECK(fs::exists(incoming + ".hidden/x.csv"));
}

TEST_CASE("a directory below incoming that cannot be read is named, and everything else is taken")
{
    stage s({.daemon_toml = "intake.csv.subdirectories = true\n"});
    auto incoming = s.drop_directory() + "/incoming/";
    fs::create_directories(incoming + "a/locked");
    fs::permissions(incoming + "a/locked", fs::perms::none);
    if (::geteuid() == 0) // which reads everything
        s.run_under({"/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"});
    s.start_and_wait();
    write_file(incoming + "a/.first", stage::starts_csv(1));
    fs::rename(incoming + "a/.first", incoming + "a/first.csv");
    wait_until("the file beside it", [&] { return s.sql("select count(*) from orderd.batch") == "1"; });
    wait_until("its name", [&] { return s.log().find("a/locked") != std::string::npos; });
    fs::create_directories(incoming + "b/locked");
    fs::permissions(incoming + "b/locked", fs::perms::none);
    write_file(incoming + "a/.second", stage::starts_csv(1, 1));
    fs::rename(incoming + "a/.second", incoming + "a/second.csv");
    wait_until("the next file", [&] { return s.sql("select count(*) from orderd.batch") == "2"; });
    CHECK(s.daemon().running());
    for (auto locked : {"a/locked", "b/locked"}) fs::permissions(incoming + locked, fs::perms::all);
}

TEST_CASE("a row of fifty megabytes is refused with a reason, and its neighbours are taken in a small memory")
{
    stage s;
    s.verb({"migrate"});
    s.start_and_wait();
    auto csv = stage::starts_csv(2);
    csv += "K7,1," + std::string(50'000'000, 'x') + ",case,CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n";
    csv += "K8,1,\"" + std::string(3'000'000, 'y') + "\",case,CAF1234567891,a1b2c3d4,1-1-1-1-2\r\n";
    auto more = stage::starts_csv(1, 5);
    csv += more.substr(more.find('\n') + 1);
    s.drop("huge.csv", csv);
    wait_until("the file", [&] { return s.sql("select rows_taken from orderd.batch") == "3"; });
    CHECK(s.sql("select string_agg(source_row || ' ' || (findings -> 0 ->> 'rule'), ', ' order by source_row) "
                "from orderd.\"order\" where state = 'rejected'") == "4 row_too_long, 5 row_too_long");
    wait_until("its answer", [&] { return fs::exists(s.drop_directory() + "/results/huge.rejected.csv"); });
    CHECK(fs::file_size(s.drop_directory() + "/results/huge.rejected.csv") < 20'000);
    CHECK(fs::file_size(s.drop_directory() + "/done/huge.csv") == csv.size());
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(peak_memory_mb(s.daemon().pid()) < 100);
#endif
}

TEST_CASE("the sites of change and cancel orders are compared with what was read from the provider")
{
    stage s;
    s.verb({"migrate"});
    s.sql("insert into orderd.site (code, status, detail) values ('int-1', '1', '{}'), ('int-2', '2', '{}')");
    const std::string csv = "request_key,order_type,customer_site_code,hope_to_end_at,change_products\r\n"
                            "A,3,int-1,209912,\r\nB,3,int-2,209912,\r\nC,2,int-2,,3:1-1-1-1-2\r\nD,3,int-3,209912,\r\n";
    write_file(s.directory() + "/ends.csv", csv);
    auto dry = s.verb({"import", "--dry-run", s.directory() + "/ends.csv"});
    INFO(dry.errors << dry.code);
    CHECK_THAT(dry.output, Contains("2 rows would be taken in, 2 would be rejected") && Contains("site_ended") &&
                               Contains("the site codes of 1 rows were not checked"));
    s.verb({"import", s.directory() + "/ends.csv"});
    auto found = "select string_agg(request_key || ' ' || (findings -> 0 ->> 'rule'), ', ' order by request_key) "
                 "from orderd.\"order\" where findings <> '[]'";
    CHECK(s.sql(found) == "B site_ended, C site_ended");
    CHECK_THAT(s.sql("select notes::text from orderd.batch"), Contains("of 1 rows were not checked"));
    // Once all sites have been read, one that is not among them is remarked, and sent.
    s.sql("insert into orderd.setting values ('sites_read_at', now()::text)");
    write_file(s.directory() + "/more.csv",
               "request_key,order_type,customer_site_code,hope_to_end_at\r\nE,3,int-9,209912\r\n");
    s.verb({"import", s.directory() + "/more.csv"});
    CHECK(s.sql(found) == "B site_ended, C site_ended, E site_unknown");
    CHECK(s.sql("select state from orderd.\"order\" where request_key = 'E'") == "ready");
    CHECK(s.sql("select notes::text from orderd.batch where name = 'more'") == "[]");
}

TEST_CASE("a directory below incoming/ that may not be written is named, and its files are told from their namesakes")
{
    stage s({.daemon_toml = "intake.csv.subdirectories = true\n"});
    s.verb({"migrate"});
    fs::permissions(s.directory(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
    fs::permissions(s.directory() + "/client_secret", fs::perms::owner_read | fs::perms::others_read);
    bool root = ::geteuid() == 0; // who may write everywhere: the daemon runs as somebody else
    for (auto part : {"", "/incoming", "/processing", "/done", "/failed", "/results"}) {
        fs::create_directories(s.drop_directory() + part);
        if (root) REQUIRE(::chown((s.drop_directory() + part).c_str(), 65534, 65534) == 0);
    }
    auto incoming = s.drop_directory() + "/incoming/";
    for (std::string part : {"east", "west"}) {
        fs::create_directories(incoming + part);
        write_file(incoming + part + "/a.csv", stage::starts_csv(1, part == "east" ? 0 : 1));
        fs::permissions(incoming + part, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                                             fs::perms::others_exec);
    }
    fs::copy_file(std::string(ORDERD_BIN_DIR) + "/ipoe-orderd", s.directory() + "/ipoe-orderd");
    std::vector<std::string> words{s.directory() + "/ipoe-orderd", "run", "--config", s.config_file()};
    if (root) words.insert(words.begin(), {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    process daemon(words, s.directory(), "nobody");
    for (std::string part : {"east", "west"}) {
        auto note = s.drop_directory() + "/results/" + part + "~a.csv.waiting.txt";
        wait_until("a note that says what to mend", [&] {
            return read_file(note).find("Permission denied; " + incoming + part + " must be there and writable") !=
                   std::string::npos;
        });
        CHECK_THAT(read_file(note), Contains(part + "/a.csv"));
        CHECK_THAT(daemon.errors(), Contains("file=" + part + "/a.csv"));
        fs::permissions(incoming + part, fs::perms::all);
    }
    wait_until(
        "both files", [&] { return s.sql("select count(*) from orderd.batch where name in ('a', 'a.2')") == "2"; },
        std::chrono::seconds(150));
    CHECK_THAT(daemon.errors(), Contains("file taken in file=east/a.csv") && Contains("file taken in file=west/a.csv"));
    for (std::string part : {"east", "west"})
        wait_until("its note to go",
                   [&] { return !fs::exists(s.drop_directory() + "/results/" + part + "~a.csv.waiting.txt"); });
    CHECK(daemon.running());
}

TEST_CASE("a text that was protected comes back protected, and is read as it was")
{
    stage s;
    s.start_and_wait();
    const std::string csv =
        "request_key,order_type,customer_site_name,case_name,line_id,line_access_key,product_codes\r\n"
        "G1,1,'=safe,　'=x,CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n"
        "G2,1,　=x,'＋y,CAF1234567891,a1b2c3d4,1-1-1-1-2\r\n"
        "G3,1,'=bad,-,CAF12,a1b2c3d4,1-1-1-1-2\r\n";
    s.drop("guarded.csv", csv);
    s.wait_for_end();
    auto results = s.drop_directory() + "/results/";
    wait_until("the answer", [&] { return fs::exists(results + "guarded.result.csv"); });
    CHECK_THAT(read_file(results + "guarded.result.csv"),
               Contains(",'=safe,'=x,") && Contains(",'=x,'＋y,") && !Contains(",=") && !Contains(",＋"));
    CHECK_THAT(read_file(results + "guarded.rejected.csv"), Contains("G3,1,'=bad,-,CAF12"));
    // What stands in the answer is the same row.
    s.drop("again.csv", "request_key,order_type,customer_site_name,case_name,line_id,line_access_key,product_codes\r\n"
                        "G1,1,'=safe,'=x,CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n"
                        "G2,1,'=x,'＋y,CAF1234567891,a1b2c3d4,1-1-1-1-2\r\n");
    wait_until("both rows", [&] { return s.sql("select count(*) from orderd.duplicate_row") == "2"; });
}

TEST_CASE("what comes from elsewhere than the user is no formula in an answer file")
{
    stage s;
    s.verb({"migrate"});
    write_file(s.directory() + "/names.csv",
               "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\r\n"
               "=1+1,1,=HYPERLINK(1),CAF1234567890,a1b2c3d4,1-1-1-1-2\r\n"
               "bad,1,=HYPERLINK(2),CAF12,a1b2c3d4,1-1-1-1-2\r\n");
    fs::create_directories(s.drop_directory() + "/results");
    s.verb({"import", s.directory() + "/names.csv"});
    s.sql("update orderd.\"order\" set error_message = '@SUM(A1)', order_code = '-2+3', updated_at = now() where "
          "request_key = '=1+1'");
    s.sql("update orderd.batch set reported_at = null");
    s.verb({"import", s.directory() + "/names.csv"});
    auto result = read_file(s.drop_directory() + "/results/names.result.csv");
    CHECK_THAT(result,
               Contains(",'=1+1,") && Contains(",'=HYPERLINK(1),") && Contains(",'-2+3,") && Contains(",'@SUM(A1),"));
    CHECK_THAT(read_file(s.drop_directory() + "/results/names.rejected.csv"), Contains("bad,1,=HYPERLINK(2),CAF12"));
    CHECK_THAT(s.verb({"export", "--batch", "names"}).output, Contains("'@SUM(A1)") && Contains("=HYPERLINK(1)"));
}
