#include "orderd/core/encoding.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace orderd;
using namespace orderd::tests;
using Catch::Matchers::Contains;

TEST_CASE("sample files and table rows become orders, are followed to their end, and are answered")
{
    stage s;
    s.start_and_wait();
    const std::string samples = std::string(ORDERD_SOURCE_DIR) + "/config/samples/";
    s.drop("新規開通_鈴木商店.csv", read_file(samples + "新規開通_鈴木商店.csv"));
    s.drop("new_sites.csv", read_file(samples + "new_sites.csv"));
    s.insert_starts(10);
    s.wait_for_end();

    auto states = s.states();
    CHECK(states["completed"] == 24);
    CHECK(states["rejected"] == 4);
    CHECK(states["refused"] == 1);
    CHECK(states["failed"] == 1);
    CHECK(states["cancelled"] == 1);
    CHECK(states["partially_failed"] == 1);
    s.check_ledger(27);
    CHECK(s.sql("select count(*) from report.order_result") == "32");
    CHECK(s.sql("select error_code from report.order_result where state = 'refused'") == "4000139");
    CHECK(
        s.sql("select count(*) from report.rejection where rule = 'excel_scientific' and field = 'installation_tel'") ==
        "1");
    CHECK(
        s.sql("select purchase_price || ' ' || monthly_price from report.order_result where request_key = 'S-0001'") ==
        "7000 2400");
    CHECK(s.sql("select count(*) from intake.order_row where state = 'taken' and line_access_key is null and order_id "
                "is not null") == "10");
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'accepted_by_provider'") == "27");

    // Sites with their keys, apart from what reporting reads.
    wait_until("the sites", [&] { return s.sql("select count(*) from report.site") == "25"; });
    CHECK(s.sql("select global_ip is not null from report.order_result where request_key = 'S-0001'") == "t");
    CHECK(s.sql("select count(distinct name) from orderd.site_credential") == "5");

    // The answers come back in the encoding of the file.
    auto results = s.drop_directory() + "/results/";
    wait_until("the result file to tell the end", [&] {
        auto text = to_utf8(read_file(results + "新規開通_鈴木商店.result.csv"), encoding::cp932).value_or("");
        return text.find("進行中") == text.npos && text.find("完了") != text.npos;
    });
    auto rejected = to_utf8(read_file(results + "新規開通_鈴木商店.rejected.csv"), encoding::cp932);
    REQUIRE(rejected);
    CHECK_THAT(*rejected, Contains("管理番号,オーダ種別") && Contains("S-0006") && Contains("CAF12,") &&
                              Contains("回線ID「CAF12」（5文字）は半角英数字11～16文字") &&
                              Contains(",設置先電話番号 アクセスキー 開通希望日,"));
    CHECK_THAT(*rejected, Contains("error_fields"));
    CHECK_THAT(read_file(results + "new_sites.result.csv"), Contains("T-0001") && Contains("duplicate"));
    CHECK(std::filesystem::exists(s.drop_directory() + "/done/new_sites.csv"));

    // Changes and ends of sites that exist.
    auto site = s.sql("select customer_site_code from orderd.\"order\" where request_key = 'S-0001'");
    auto other = s.sql("select customer_site_code from orderd.\"order\" where request_key = 'S-0003'");
    s.drop("changes.csv", "request_key,order_type,customer_site_code,change_products,hope_to_end_at\nC1,変更," + site +
                              ",1:0-1-1-3-2|3:0-1-1-3-1,\nC2,廃止," + other + ",,2099/12\n");
    wait_until("the changes to be taken",
               [&] { return s.sql("select count(*) from orderd.batch where name = 'changes'") == "1"; });
    s.wait_for_end();
    CHECK(s.sql("select count(*) from orderd.\"order\" where request_key in ('C1', 'C2') and state = 'completed'") ==
          "2");
    wait_until("the ended site", [&] {
        return s.sql("select status from report.site where customer_site_code = '" + other + "'") == "2";
    });
    CHECK(s.stop_daemon() == 0);
}

TEST_CASE("the same file again creates nothing and says so; a mended rejected file brings only what changed")
{
    stage s;
    s.start_and_wait();
    auto csv = stage::starts_csv(20);
    csv += "K20,1,拠点20,案件,CAF12,k3y10020,1-1-1-1-2\r\n";
    s.drop("sites.csv", csv);
    s.wait_for_end();
    s.drop("again.csv", csv);
    wait_until("the second taking", [&] {
        return s.sql("select count(*) from orderd.batch where name = 'again' and reported_at is not null") == "1";
    });
    CHECK(s.sql("select rows_taken || ' ' || rows_rejected || ' ' || rows_duplicate from orderd.batch where name = "
                "'again'") == "0 1 20");
    CHECK_THAT(read_file(s.drop_directory() + "/results/again.summary.txt"), Contains("20 that had come before"));

    auto rejected = read_file(s.drop_directory() + "/results/sites.rejected.csv");
    auto at = rejected.find("CAF12,");
    REQUIRE(at != rejected.npos);
    rejected.replace(at, 6, "CAF1000000020,");
    s.drop("sites.rejected.csv", rejected);
    wait_until("the mended row", [&] {
        return s.sql("select state from orderd.\"order\" where request_key = 'K20' and state <> 'rejected'") ==
               "completed";
    });
    s.check_ledger(21);

    // The same key with other content is not the same row.
    s.drop("conflict.csv",
           "request_key,order_type,line_id,line_access_key,product_codes\nK1,1,CAF7777777777,abcd1234,1-1-1-1-2\n");
    wait_until("the conflict", [&] {
        return s.sql("select count(*) from report.rejection where rule = 'request_key_conflict'") == "1";
    });
    s.check_ledger(21);
}

TEST_CASE(
    "a thousand orders under a token that lives two seconds are all accepted, and never two token requests run at once")
{
    stage::options o;
    o.settings_toml = "token_lifetime_seconds = 2\nlatency_min_ms = 200\nlatency_max_ms = 400\n";
    stage s(o);
    s.start_and_wait();
    s.insert_starts(1000);
    s.wait_for_end();
    CHECK(s.count("completed") == 1000);
    s.check_ledger(1000);
    auto counts = s.counts();
    CHECK(counts.at("POST /accesstokens").at("peak_in_flight").as_int64() == 1);
    CHECK(counts.at("POST /accesstokens").at("requests").as_int64() >= 2);
    CHECK(counts.at("POST /orders").at("peak_in_flight").as_int64() <= 64);
}

TEST_CASE("ten thousand rows in one file take at most 2.3 requests an order")
{
    stage::options o;
    o.daemon_toml = "tracking.interval = \"1s\"\n";
    o.settings_toml = "progress_max_ms = 3000\n";
    stage s(o);
    s.start_and_wait();
    auto began = std::chrono::steady_clock::now();
    s.drop("many.csv", stage::starts_csv(10'000));
    wait_until("the file", [&] { return s.sql("select count(*) from orderd.batch") == "1"; });
    s.wait_for_end();
    auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    CHECK(s.count("completed") == 10'000);
    auto per_order = static_cast<double>(s.requests("POST /orders") + s.requests("GET /orders/{orderCode}")) / 10'000;
    CHECK(per_order <= 2.3);
    s.check_ledger(10'000);
    WARN("10,000 orders from file to end in "
         << seconds << " s; requests an order " << per_order << "; sweeps " << s.requests("GET /orders")
         << ", catalogue " << s.requests("GET /customerProducts") << ", tokens " << s.requests("POST /accesstokens")
         << ", sites so far " << s.requests("GET /customerSites/{customerSiteCode}"));
}

TEST_CASE(
    "a provider that pages from 1, nests the site's parts beside it and writes numbers otherwise is understood as well")
{
    for (std::string numbers : {"strings", "integers"}) {
        stage::options o;
        o.settings_toml = "offset_base = 1\nsite_nesting = \"beside\"\nnumbers = \"" + numbers + "\"\n";
        stage s(o);
        s.start_and_wait();
        s.drop("sample.csv", read_file(std::string(ORDERD_SOURCE_DIR) + "/config/samples/新規開通_鈴木商店.csv"));
        wait_until("the file", [&] { return s.sql("select count(*) from orderd.batch") == "1"; });
        s.wait_for_end();
        CHECK(s.count("completed") == 4);
        wait_until("the sites", [&] { return s.sql("select count(*) from report.site") == "4"; });
        CHECK(s.sql("select detail -> 'customerSiteInstallationLocation' ->> 'zipCode' from orderd.site where code = "
                    "(select customer_site_code from "
                    "orderd.\"order\" where request_key = 'S-0001')") == "1050003");
    }
}

TEST_CASE("TLS is verified: a certificate that is trusted works, another stops everything without losing anything")
{
    stage::options o;
    o.tls = true;
    stage s(o);
    s.start_and_wait();
    s.insert_starts(5);
    s.wait_for_end();
    CHECK(s.count("completed") == 5);
    CHECK(s.stop_daemon() == 0);

    auto config = read_file(s.config_file());
    write_file(s.config_file(), config.substr(0, config.find("api.ca_file")) +
                                    config.substr(config.find('\n', config.find("api.ca_file")) + 1));
    s.start_daemon("distrustful");
    wait_until("the complaint", [&] { return s.log().find("TLS with localhost") != std::string::npos; });
    s.insert_starts(3, "more", 100);
    wait_until("the rows", [&] { return s.count("ready") == 3; });
    CHECK(s.stop_daemon("distrustful") == 0);
    s.check_ledger(5);
}
