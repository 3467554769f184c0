#include "stage.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <sys/resource.h>

using namespace orderd::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

int times(const std::string& text, const std::string& word)
{
    int n = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++n;
    return n;
}

int open_descriptors(pid_t pid)
{
    int n = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) ++n;
    return n;
}

void limit_descriptors(pid_t pid, rlim_t most)
{
    rlimit now{};
    REQUIRE(::prlimit(pid, RLIMIT_NOFILE, nullptr, &now) == 0);
    now.rlim_cur = most;
    REQUIRE(::prlimit(pid, RLIMIT_NOFILE, &now, nullptr) == 0);
}

std::string rows_of(int count, int first)
{
    auto text = stage::starts_csv(count, first);
    return text.substr(text.find('\n') + 1);
}

}

TEST_CASE("a daemon without a free descriptor leaves a good file where it is, says so once, and takes it later")
{
#ifdef __SANITIZE_ADDRESS__
    return; // the sanitizer looks at memory through a pipe of its own, and takes the lack of one for a broken object
#endif
    stage s;
    s.start_and_wait();
    s.drop("before.csv", stage::starts_csv(1));
    s.wait_for_end();
    wait_until("an idle daemon", [&] { return fs::exists(s.drop_directory() + "/done/before.csv"); });
    limit_descriptors(s.daemon().pid(), 3); // those that are open stay open
    s.drop("good.csv", stage::starts_csv(2, 10));
    wait_until("the trouble to be said", [&] { return s.log().find("Too many open files") != std::string::npos; });
    CHECK(fs::is_empty(s.drop_directory() + "/failed"));
    limit_descriptors(s.daemon().pid(), 1'024);
    wait_until(
        "the file", [&] { return fs::exists(s.drop_directory() + "/done/good.csv"); }, std::chrono::seconds(150));
    CHECK(fs::is_empty(s.drop_directory() + "/failed"));
    s.wait_for_end();
    s.check_ledger(3);
    CHECK(open_descriptors(s.daemon().pid()) < 100);
}

TEST_CASE("directories that are missing are made again, and each file is taken in once")
{
    stage s;
    s.start_and_wait();
    for (auto part : {"done", "failed", "results"}) fs::remove_all(s.drop_directory() + "/" + part);
    s.drop("first.csv", stage::starts_csv(1));
    s.drop("no_rows.csv", "nothing\r\n");
    wait_until("the file in done/", [&] { return fs::exists(s.drop_directory() + "/done/first.csv"); });
    wait_until("the other in failed/",
               [&] { return fs::exists(s.drop_directory() + "/failed/no_rows.csv.error.txt"); });
    wait_until("the answer", [&] { return fs::exists(s.drop_directory() + "/results/first.result.csv"); });
    CHECK(times(s.log(), "file taken in") == 1);
    CHECK(s.sql("select count(*) from orderd.batch") == "1");
}

TEST_CASE("where done/ cannot be made a file is taken in once, says so once, and goes there when it can")
{
    stage s;
    s.start_and_wait();
    fs::remove_all(s.drop_directory() + "/done");
    write_file(s.drop_directory() + "/done", "a file in the way");
    s.drop("first.csv", stage::starts_csv(1));
    auto note = s.drop_directory() + "/results/first.csv.waiting.txt";
    wait_until("a note for whoever dropped it", [&] { return fs::exists(note); });
    s.drop("second.csv", stage::starts_csv(1, 5));
    wait_until("both batches", [&] { return s.sql("select count(*) from orderd.batch") == "2"; });
    wait_until("a second try", [&] { return s.sql("select 1") == "1" && times(s.log(), "file taken in") == 2; });
    CHECK(times(s.log(), "cannot be moved to done/") == 1);
    CHECK_THAT(read_file(note), Contains("tried again"));
    fs::remove(s.drop_directory() + "/done");
    wait_until(
        "both in done/",
        [&] {
            return fs::exists(s.drop_directory() + "/done/first.csv") &&
                   fs::exists(s.drop_directory() + "/done/second.csv");
        },
        std::chrono::seconds(150));
    CHECK_FALSE(fs::exists(note));
    CHECK(times(s.log(), "file taken in") == 2);
    CHECK(s.sql("select count(*) from orderd.batch") == "2");
}

TEST_CASE("a name of 255 bytes gets a short one inside, and so do its answers")
{
    stage s;
    s.start_and_wait();
    std::string kanji;
    for (int i = 0; i < 83; ++i) kanji += "拠";
    s.drop(kanji + "aa.csv", stage::starts_csv(1));
    s.drop(kanji + "bb.csv", stage::starts_csv(1, 1));
    s.drop(std::string(251, '\x83') + ".csv", stage::starts_csv(1, 2)); // no UTF-8
    s.drop(std::string(255, 'n'), "no header\r\n");
    s.drop("line\nbreak.csv", stage::starts_csv(1, 3));
    s.drop("-rf \x01.csv", stage::starts_csv(1, 4));
    wait_until("all of them", [&] { return fs::is_empty(s.drop_directory() + "/incoming"); });
    wait_until("five batches",
               [&] { return s.sql("select count(*) from orderd.batch where reported_at is not null") == "5"; });
    int done = 0, failed = 0, results = 0;
    for (const auto& e : fs::directory_iterator(s.drop_directory() + "/done")) done += e.is_regular_file();
    for (const auto& e : fs::directory_iterator(s.drop_directory() + "/failed")) failed += e.is_regular_file();
    for (const auto& e : fs::directory_iterator(s.drop_directory() + "/results")) {
        ++results;
        CHECK(e.path().filename().string().find('\n') == std::string::npos);
    }
    CHECK(done == 5);
    CHECK(failed == 2); // the file and why
    CHECK(results == 10);
    CHECK(s.sql("select count(distinct name) from orderd.batch where name like '拠拠%~%'") == "2");
    CHECK_THAT(s.sql("select notes::text from orderd.batch where name like '拠拠%' limit 1"), Contains("too long"));
}

TEST_CASE("an answer file that cannot be replaced keeps no other answer from being written")
{
    stage s;
    s.start_and_wait();
    fs::create_directories(s.drop_directory() + "/results/first.result.csv");
    s.drop("first.csv", stage::starts_csv(1));
    wait_until("its summary", [&] { return fs::exists(s.drop_directory() + "/results/first.summary.txt"); });
    s.drop("second.csv", stage::starts_csv(1, 1));
    wait_until("the later answers",
               [&] { return fs::is_regular_file(s.drop_directory() + "/results/second.result.csv"); });
    CHECK_THAT(s.log(), Contains("first.result.csv cannot be put in place"));
    fs::remove(s.drop_directory() + "/results/first.result.csv");
    wait_until("the answer that could not be written",
               [&] { return fs::is_regular_file(s.drop_directory() + "/results/first.result.csv"); });
}

TEST_CASE("a file that is still open for writing is not taken")
{
    stage s;
    s.start_and_wait();
    auto incoming = s.drop_directory() + "/incoming/";
    std::ofstream writer(incoming + "slow.csv", std::ios::binary);
    writer << stage::starts_csv(2) << std::flush;
    wait_until("the daemon to say so", [&] { return s.log().find("still open for writing") != std::string::npos; });
    CHECK(fs::exists(incoming + "slow.csv"));
    writer << rows_of(3, 2) << std::flush;
    writer.close();
    wait_until("the whole file", [&] { return s.sql("select rows_taken from orderd.batch") == "5"; });
    CHECK(s.sql("select count(*) from orderd.batch") == "1");
}

TEST_CASE("the rows that are written to a file after it was taken are taken, and that is told")
{
    stage s;
    s.start_and_wait();
    auto whole = stage::starts_csv(4);
    auto cut = whole.size() - rows_of(1, 3).size() - 3; // in the product code of the third row: 1-1-1-1-2 is 1-1-1-1
    s.drop("slow.csv", stage::starts_csv(2));
    auto done = s.drop_directory() + "/done/slow.csv";
    wait_until("the file in done/", [&] { return fs::exists(done); });
    {
        std::ofstream writer(done, std::ios::binary | std::ios::app);
        writer << rows_of(2, 2);
    }
    wait_until("the new rows",
               [&] { return s.sql("select rows_taken from orderd.batch where name = 'slow.2'") == "2"; });
    CHECK(s.sql("select rows_duplicate from orderd.batch where name = 'slow.2'") == "2");
    CHECK_THAT(s.log(), Contains("a file was written to after it was taken in"));
    auto summary = [&](const std::string& name) {
        return read_file(s.drop_directory() + "/results/" + name + ".summary.txt");
    };
    wait_until("both summaries", [&] {
        return summary("slow").find("was taken in as \"slow.2\"") != std::string::npos &&
               summary("slow.2").find("as \"slow\" before it was complete") != std::string::npos;
    });
    auto page = stage::get(s.operations_port(), "/batches/" + s.sql("select id from orderd.batch where name = 'slow'"));
    CHECK_THAT(page.second, Contains("was taken in as &quot;slow.2&quot;"));
    // The same after a restart, with a last line that was cut where it still made sense.
    s.drop("half.csv", whole.substr(0, cut));
    wait_until("the half file", [&] { return fs::exists(s.drop_directory() + "/done/half.csv"); });
    s.stop_daemon();
    {
        std::ofstream writer(s.drop_directory() + "/done/half.csv", std::ios::binary | std::ios::app);
        writer << whole.substr(cut);
    }
    s.start_and_wait();
    wait_until("the whole file",
               [&] { return s.sql("select count(*) from orderd.batch where name = 'half.2'") == "1"; });
    // Written anew with the same content it is no news.
    wait_until("it in done/", [&] { return fs::exists(s.drop_directory() + "/done/half.csv"); });
    const std::string looked_at = "select file_written from orderd.batch where name = 'half.2'";
    auto before = s.sql(looked_at);
    write_file(s.drop_directory() + "/done/half.csv", whole);
    wait_until("a look at the file that was written anew", [&] { return s.sql(looked_at) != before; });
    s.drop("last.csv", stage::starts_csv(1, 50));
    wait_until("another file", [&] { return fs::exists(s.drop_directory() + "/done/last.csv"); });
    CHECK(s.sql("select count(*) from orderd.batch") == "5");
    s.wait_for_end();
    s.check_ledger(5);
}

TEST_CASE("a last line that was taken while it was cut, and is another row now, is named to its author")
{
    stage s;
    s.start_and_wait();
    const std::string csv = "order_type,line_id,line_access_key,product_codes,customer_site_name\r\n"
                            "1,CAF1234567890,a1b2c3d4,1-1-1-1-2,first\r\n"
                            "1,CAF1234567891,a1b2c3d4,1-1-1-1-2,Shibu";
    s.drop("cut.csv", csv);
    auto done = s.drop_directory() + "/done/cut.csv";
    wait_until("the file in done/", [&] { return fs::exists(done); });
    CHECK(s.sql("select unfinished_row from orderd.batch") == "3");
    {
        std::ofstream writer(done, std::ios::binary | std::ios::app);
        writer << "ya\r\n1,CAF1234567892,a1b2c3d4,1-1-1-1-2,third\r\n";
    }
    wait_until("the rest", [&] { return s.sql("select rows_taken from orderd.batch where name = 'cut.2'") != ""; });
    CHECK_THAT(s.sql("select notes::text from orderd.batch where name = 'cut'"),
               Contains("row 3 may have been cut") && Contains("auto-"));
    CHECK_THAT(s.sql("select notes::text from orderd.batch where name = 'cut.2'"), Contains("row 3 may have been cut"));
    CHECK(s.sql("select rows_duplicate from orderd.batch where name = 'cut.2'") == "1");
}

TEST_CASE("a stop in the midst of a long file gives it back, and the next start takes it, once")
{
    stage s;
    s.start_and_wait();
    s.stop_daemon();
    s.drop("long.csv", stage::starts_csv(200'000));
    s.start_and_wait();
    wait_until("the import", [&] {
        return s.sql("select count(*) from pg_locks where locktype = 'advisory' and granted and database = (select oid "
                     "from "
                     "pg_database where datname = current_database())") == "1";
    });
    CHECK(s.stop_daemon() == 0);
    CHECK(s.sql("select count(*) from orderd.batch") == "0");
    int waiting = 0;
    for ([[maybe_unused]] const auto& e : fs::directory_iterator(s.drop_directory() + "/processing")) ++waiting;
    CHECK(waiting == 1);
    s.set_keys("submission.requests_per_second = 1\n");
    s.start_and_wait();
    wait_until(
        "the file", [&] { return s.sql("select rows_taken from orderd.batch") == "200000"; },
        std::chrono::seconds(300));
    CHECK(s.sql("select count(*) from orderd.batch") == "1");
}

TEST_CASE("a daemon that waits for another's long file stops all the same")
{
    stage s;
    s.start_and_wait();
    pqxx::connection other(s.database_url());
    pqxx::work holding(other);
    holding.exec("select from orderd.setting where name = 'content_key' for update"); // as another daemon would hold it
    s.drop("waits.csv", stage::starts_csv(2));
    s.insert_starts(2, "table");
    wait_until("both to wait", [&] {
        return std::stoi(s.sql("select count(*) from pg_locks where locktype = 'transactionid' and not granted")) >= 1;
    });
    CHECK(s.stop_daemon() == 0);
    CHECK_THAT(s.log(), !Contains("not everything came home"));
    holding.abort();
    s.start_and_wait();
    s.wait_for_end();
    s.check_ledger(4);
}

TEST_CASE("a start without incoming/ in a drop directory that was used makes none, says so, and waits for it")
{
    stage s;
    s.verb({"migrate"});
    auto incoming = s.drop_directory() + "/incoming";
    for (auto part : {"processing", "done", "failed", "results"})
        fs::create_directories(s.drop_directory() + "/" + part);
    s.start_and_wait();
    wait_until("the log to say so",
               [&] { return s.log().find("incoming is missing; mount or make it") != std::string::npos; });
    CHECK_THAT(s.verb({"check"}).output, Contains("incoming is missing; mount or make it"));
    CHECK_FALSE(fs::exists(incoming));
    fs::create_directory(incoming);
    s.drop("later.csv", stage::starts_csv(1));
    wait_until("the file", [&] { return fs::exists(s.drop_directory() + "/done/later.csv"); });
}

TEST_CASE("files that wait for a long one are taken when it is their turn, and the wait is no fault of theirs")
{
    stage s;
    s.start_and_wait();
    pqxx::connection other(s.database_url());
    pqxx::work holding(other);
    holding.exec("select from orderd.setting where name = 'content_key' for update"); // as a long import holds it
    s.drop("dropped.csv", stage::starts_csv(2));
    write_file(s.directory() + "/imported.csv", stage::starts_csv(2, 10));
    process import({std::string(ORDERD_BIN_DIR) + "/ipoe-orderd", "import", s.directory() + "/imported.csv"},
                   s.directory(), "import", {"ORDERD_CONFIG=" + s.config_file()});
    // Each asks for half a second at a time: both are seen asking for the third time.
    std::map<std::string, std::set<std::string>> asked;
    wait_until("both to ask again", [&] {
        auto line =
            s.sql("select string_agg(pid || ' ' || query_start, ';') from pg_stat_activity where wait_event_type = "
                  "'Lock' and query like '%content_key%for update%' and datname = current_database()");
        std::istringstream all(line);
        for (std::string one; std::getline(all, one, ';');) asked[one.substr(0, one.find(' '))].insert(one);
        return std::count_if(asked.begin(), asked.end(), [](const auto& a) { return a.second.size() >= 3; }) >= 2;
    });
    holding.abort();
    CHECK(import.wait() == 0);
    CHECK(import.errors() == "");
    s.wait_for_end();
    s.check_ledger(4);
    CHECK_THAT(s.log(), !Contains("transaction") && !Contains("the drop directory is away"));
}

TEST_CASE("a daemon under a limit of file sizes says that a file is too large, goes on, and writes it when it may")
{
    constexpr rlim_t most = 20'000; // more than the log, less than the answers
    stage s;
    s.start_and_wait();
    rlimit now{};
    REQUIRE(::prlimit(s.daemon().pid(), RLIMIT_FSIZE, nullptr, &now) == 0);
    rlimit few{most, now.rlim_max};
    REQUIRE(::prlimit(s.daemon().pid(), RLIMIT_FSIZE, &few, nullptr) == 0);
    s.drop("many.csv", stage::starts_csv(500));
    wait_until("the trouble to be said", [&] { return s.log().find("File too large") != std::string::npos; });
    s.wait_for_end();
    REQUIRE(s.daemon().running());
    REQUIRE(::prlimit(s.daemon().pid(), RLIMIT_FSIZE, &now, nullptr) == 0);
    wait_until(
        "the answers", [&] { return fs::exists(s.drop_directory() + "/results/many.result.csv"); },
        std::chrono::seconds(150));
    CHECK(fs::file_size(s.drop_directory() + "/results/many.result.csv") > most);
    s.check_ledger(500);
}

TEST_CASE("an export under a limit of file sizes is told as on a full disk")
{
    stage s;
    s.verb({"migrate"});
    write_file(s.directory() + "/many.csv", stage::starts_csv(500));
    s.verb({"import", s.directory() + "/many.csv"});
    auto path = s.directory() + "/out.csv";
    auto done = run({"/usr/bin/prlimit", "--fsize=20000", std::string(ORDERD_BIN_DIR) + "/ipoe-orderd", "export",
                     "results", "--format", "csv", "--output", path},
                    s.directory(), {"ORDERD_CONFIG=" + s.config_file()});
    CHECK(done.code == 2);
    CHECK(done.errors == "ipoe-orderd: " + path + " cannot be written: File too large\n");
    CHECK(!fs::exists(path));
}
