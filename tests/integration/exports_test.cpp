#include "small_disk.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>
#include <sys/stat.h>

using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

json::array lines_of(const std::string& text)
{
    json::array all;
    std::stringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(json::parse(line));
    return all;
}

/// A day of the Japanese calendar, so many days from now.
std::string day(stage& s, int days)
{
    return s.sql("select ((now() at time zone 'Asia/Tokyo')::date + " + std::to_string(days) + ")::text");
}

}

TEST_CASE("results, charges, rejections and sites go out as CSV, JSON lines and workbooks, by batch, day and month")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(2, "=batch");
    s.drop("bad.csv", "request_key,order_type,line_id\n=1+1,1,short\n");
    s.wait_for_end();
    wait_until("the sites", [&] { return s.sql("select count(*) from report.contract") == "2"; });
    wait_until("the file", [&] { return s.count("rejected") == 1; });
    auto today = day(s, 0), month = today.substr(0, 7);

    auto all = lines_of(s.verb({"export", "--json"}).output);
    CHECK(all.size() == 3);
    auto one = lines_of(s.verb({"export", "results", "--batch", "=batch", "--format", "jsonl"}).output);
    REQUIRE(one.size() == 2);
    CHECK(one[0].at("purchase_price").as_int64() == 3000); // a number is a number
    CHECK(one[0].at("error_code").is_null());
    CHECK(lines_of(s.verb({"export", "--since", today, "--until", today, "--json"}).output).size() == 3);
    CHECK(lines_of(s.verb({"export", "--until", day(s, -1), "--json"}).output).empty());
    CHECK(lines_of(s.verb({"export", "rejections", "--month", month, "--json"}).output).size() >= 2);
    auto charges = lines_of(s.verb({"export", "charges", "--month", month, "--json"}).output);
    REQUIRE(charges.size() == 2);
    CHECK(charges[0].at("amount").as_int64() == 3000);
    CHECK(charges[0].at("month").as_string() == month + "-01");
    CHECK(lines_of(s.verb({"export", "products", "--json"}).output).size() == 2);
    CHECK(lines_of(s.verb({"export", "contracts", "--since", today, "--json"}).output).size() == 2);
    CHECK(lines_of(s.verb({"export", "sites", "--json"}).output).size() == 2);
    CHECK(lines_of(s.verb({"export", "differences", "--json"}).output).empty());
    CHECK(lines_of(s.verb({"export", "approvals", "--json"}).output).empty());

    // For Excel: a BOM, CRLF, and texts that are no formulas.
    auto csv = s.verb({"export", "--batch", "bad"}).output;
    CHECK_THAT(csv, Catch::Matchers::StartsWith("\xEF\xBB\xBFrequest_key,") && Contains("\r\n'=1+1,"));
    CHECK_THAT(s.verb({"export", "sites", "--encoding", "utf-8"}).output,
               Catch::Matchers::StartsWith("customer_site_code,"));
    CHECK_THAT(s.verb({"export", "sites", "--encoding", "cp932"}).output,
               Contains("\x95\x5C\x82\xCC\x8B\x92\x93\x5F")); // 表の拠点
    auto book = s.directory() + "/charges.xlsx";
    CHECK(s.verb({"export", "charges", "--format", "xlsx", "--output", book}).code == 0);
    // A workbook is a zip archive.
    run({"/bin/sh", "-c", "cd \"$0\" && cmake -E tar xf charges.xlsx", s.directory()}, s.directory());
    auto sheet = read_file(s.directory() + "/xl/worksheets/sheet1.xml");
    CHECK_THAT(sheet, Contains("<v>3000</v>") && Contains("amount_at_risk"));
    CHECK(s.verb({"export", "--output", s.directory() + "/nowhere/results.csv"}).code != 0);

    // Careless.
    auto wrong = [&](std::vector<std::string> words, const std::string& said) {
        words.insert(words.begin(), "export");
        auto done = s.verb(words);
        CHECK(done.code == 2);
        CHECK_THAT(done.errors + done.output, Contains(said));
    };
    wrong({"--since", "2027-02-30"}, "--since must be a day");
    wrong({"--month", "2027-13"}, "--month must be a month");
    wrong({"--month", "2027-03", "--since", "2027-03-01"}, "goes without");
    wrong({"--batch", "nowhere"}, "there is no batch");
    wrong({"sites", "--batch", "=batch"}, "not told by batch");
    wrong({"differences", "--month", month}, "not told by day");
    wrong({"--format", "xlsx"}, "needs --output");
    wrong({"--format", "pdf"}, "csv, jsonl or xlsx");
    wrong({"secrets"}, "results");
    wrong({"results", "--secrets"}, "export sites");
}

TEST_CASE("whatever a portal or the provider wrote, finance gets no formula, by hand and every night")
{
    stage s;
    auto directory = s.directory() + "/exports";
    std::filesystem::create_directory(directory);
    s.start_and_wait();
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, case_name, line_id, "
          "line_access_key, product_codes) values ('@portal', '-K1', '1', '=HYPERLINK(\"http://x\",\"店\")', "
          "'＝SUM(1)', 'CAF5000000001', 'a1b2c3d4', '1-1-1-1-2'), ('@portal', '+K2', '1', ' =1+1', '\t@x', 'short', "
          "'a1b2c3d4', '1-1-1-1-2')");
    s.wait_for_end();
    wait_until("the sites", [&] { return s.sql("select count(*) from report.contract") == "1"; });
    s.sql("update orderd.\"order\" set error_code = '=1', error_message = E'\\r=cmd|x', purchase_price = -5, "
          "order_code = "
          "'-' || order_code, finished_at = finished_at - interval '1 day' where finished_at is not null;"
          "update orderd.site set case_name = '+81 3', prefecture = default, start_at = '@2027'");
    CHECK(s.stop_daemon() == 0);
    s.set_keys("reporting.directory = \"" + directory +
               "\"\nreporting.at = \"00:00\"\nreporting.exports = [\"results\", \"products\", \"charges\", "
               "\"contracts\", \"rejections\", \"sites\", \"differences\", \"approvals\"]\n");
    s.start_and_wait();
    wait_until("the files",
               [&] { return s.sql("select count(*) from orderd.setting where name = 'exported_through'") == "1"; });
    std::string everything;
    for (const auto& file : std::filesystem::directory_iterator(directory)) everything += read_file(file.path());
    for (auto what : {"results", "products", "charges", "contracts", "rejections", "sites", "differences"})
        everything += s.verb({"export", what, "--encoding", "utf-8"}).output;
    auto session_table = s.directory() + "/sites.csv";
    CHECK(s.verb({"export", "sites", "--secrets", "--output", session_table}).code == 0);
    everything += read_file(session_table);

    // No cell begins like a formula, quoted or not; numbers stay numbers.
    for (std::string sign : {"=", "+", "-K", "-A", "@", "＝", "\t", " ="})
        for (std::string before : {",", "\n", ",\"", "\n\""}) {
            INFO(before << sign);
            CHECK(everything.find(before + sign) == std::string::npos);
        }
    CHECK_THAT(everything, Contains("'=HYPERLINK(") && Contains("'＝SUM(1)") && Contains("'@portal") &&
                               Contains("'-K1") && Contains("'+K2") && Contains("'+81 3") && Contains(",-5,"));

    // What an export made harmless is read as it was.
    s.drop("again.csv",
           "request_key,order_type,customer_site_name,case_name,line_id,line_access_key,product_codes\n"
           "'-K1,1,\"'=HYPERLINK(\"\"http://x\"\",\"\"店\"\")\",'＝SUM(1),CAF5000000001,a1b2c3d4,1-1-1-1-2\n");
    wait_until("the row that came before", [&] { return s.sql("select count(*) from orderd.duplicate_row") == "1"; });
}

TEST_CASE("routers are provisioned from a template, with the secrets, and who took them is kept")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(2, "shops");
    s.wait_for_end();
    wait_until("the keys", [&] { return s.sql("select count(distinct code) from orderd.site_credential") == "2"; });
    auto code = s.sql("select min(code) from orderd.site");
    auto secrets = json::parse(s.verb({"sites", "show", code, "--secrets", "--json"}).output).as_array();
    auto secret = secrets[0].at("secret").as_string();
    auto value = std::string(secrets[0].at("value").as_string());

    // All of it as a table, for its owner only.
    auto table = s.directory() + "/routers.csv";
    CHECK(s.verb({"export", "sites", "--secrets", "--output", table}).code == 0);
    CHECK_THAT(read_file(table), Contains(value) && Contains(std::string(secret)) && Contains("globalIp"));
    struct stat about {};
    REQUIRE(::stat(table.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    CHECK(s.sql("select count(*) from orderd.secret_access") == "3"); // one was shown above
    // Without --secrets none is told.
    CHECK(s.verb({"export", "sites"}).output.find(value) == std::string::npos);

    // A file for each router.
    write_file(s.directory() + "/router.cfg", "hostname {{customer_site_code}}\nip {{ globalIp }}\nkey {{" +
                                                  std::string(secret) +
                                                  "}}\nlan {{customerSiteLanAddress.lanNetworkAddress?}}\n");
    auto each = s.verb({"export", "sites", "--batch", "shops", "--secrets", "--template", s.directory() + "/router.cfg",
                        "--output", s.directory() + "/routers/{{customer_site_code}}.cfg"});
    INFO(each.errors);
    CHECK(each.code == 0);
    CHECK_THAT(read_file(s.directory() + "/routers/" + code + ".cfg"),
               Contains("hostname " + code + "\n") && Contains("key " + value + "\n") && Contains("lan \n"));
    // JSON, escaped.
    write_file(s.directory() + "/router.json",
               "{\"name\": \"{{customer_site_name}}\", \"key\": \"{{" + std::string(secret) + "}}\"}\n");
    s.sql("update orderd.site set name = 'a\"b' where code = '" + code + "'");
    CHECK(s.verb({"export", "sites", "--secrets", "--template", s.directory() + "/router.json", "--output",
                  s.directory() + "/routers.jsonl"})
              .code == 0);
    auto parsed = lines_of(read_file(s.directory() + "/routers.jsonl"));
    REQUIRE(parsed.size() == 2);
    CHECK(parsed[0].at("name").as_string() == "a\"b");

    // What is wrong is said, with the line; nothing half is left.
    write_file(s.directory() + "/wrong.cfg", "a\nb {{noSuchThing}}\n");
    auto wrong = s.verb({"export", "sites", "--secrets", "--template", s.directory() + "/wrong.cfg", "--output",
                         s.directory() + "/wrong.out"});
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.errors, Contains("line 2") && Contains("noSuchThing") && Contains("globalIp"));
    CHECK(!std::filesystem::exists(s.directory() + "/wrong.out"));
    write_file(s.directory() + "/wrong.cfg", "a\n{{globalIp\n");
    CHECK_THAT(s.verb({"export", "sites", "--template", s.directory() + "/wrong.cfg", "--output",
                       s.directory() + "/wrong.out"})
                   .errors,
               Contains("line 2: {{ has no }}"));
    CHECK_THAT(s.verb({"export", "sites", "--secrets"}).errors, Contains("need --output"));
    // Secrets and their values are nowhere else.
    CHECK(s.log().find(value) == std::string::npos);
}

TEST_CASE("every night the files of the day before are written, once, whole, also of days that were missed")
{
    stage s;
    auto directory = s.directory() + "/exports";
    std::filesystem::create_directory(directory);
    s.set_keys("reporting.directory = \"" + directory + "\"\nreporting.at = \"00:00\"\n");
    s.start_and_wait();
    auto yesterday = day(s, -1);
    wait_until("the files", [&] { return std::filesystem::exists(directory + "/results-" + yesterday + ".csv"); });
    wait_until("the mark",
               [&] { return s.sql("select value from orderd.setting where name = 'exported_through'") == yesterday; });
    for (auto name : {"charges-" + yesterday.substr(0, 7) + ".csv", "rejections-" + yesterday + ".csv",
                      std::string("sites.csv"), std::string("differences.csv")}) {
        INFO(name);
        CHECK(std::filesystem::exists(directory + "/" + name));
    }
    CHECK_THAT(s.log(), Contains("exports written"));
    // Orders that end "yesterday" and the daemon was away for three days.
    s.insert_starts(2);
    s.wait_for_end();
    CHECK(s.stop_daemon() == 0);
    s.sql("update orderd.\"order\" set finished_at = finished_at - interval '1 day';"
          "update orderd.setting set value = ((now() at time zone 'Asia/Tokyo')::date - 4)::text where name = "
          "'exported_through'");
    std::filesystem::remove_all(directory);
    s.start_and_wait();
    wait_until("somebody to say that it cannot be written",
               [&] { return s.log().find("scheduled exports") != std::string::npos; });
    CHECK(s.sql("select value from orderd.setting where name = 'exported_through'") == day(s, -4));
    std::filesystem::create_directory(directory);
    CHECK(s.stop_daemon() == 0);
    s.start_and_wait();
    wait_until("the mark",
               [&] { return s.sql("select value from orderd.setting where name = 'exported_through'") == yesterday; });
    for (int days : {-3, -2, -1}) CHECK(std::filesystem::exists(directory + "/results-" + day(s, days) + ".csv"));
    auto results = read_file(directory + "/results-" + yesterday + ".csv");
    CHECK(std::count(results.begin(), results.end(), '\n') == 3); // the header and two orders
    for (const auto& file : std::filesystem::directory_iterator(directory))
        CHECK(!file.path().filename().string().starts_with('.')); // nothing half written
}

TEST_CASE("a workbook that a full disk cuts is told by its name and left out, as every other file is")
{
    small_disk disk("200k");
    if (!disk.mounted()) {
        WARN("a small file system cannot be mounted here");
        return;
    }
    stage s;
    s.verb({"migrate"});
    write_file(s.directory() + "/many.csv", stage::starts_csv(5'000)); // a workbook of 300 kB
    s.verb({"import", s.directory() + "/many.csv"});
    for (std::string format : {"xlsx", "csv", "jsonl"}) {
        auto path = disk.directory() + "/results." + format;
        auto done = s.verb({"export", "results", "--format", format, "--output", path});
        INFO(done.errors);
        CHECK(done.code == 2);
        CHECK(done.errors == "ipoe-orderd: " + path + " cannot be written: No space left on device\n");
        CHECK(std::filesystem::is_empty(disk.directory()));
    }
}
