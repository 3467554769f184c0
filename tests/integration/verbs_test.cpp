#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <sstream>

using namespace orderd::tests;
using Catch::Matchers::Contains;

TEST_CASE("the verbs tell and do what they promise, with their exit codes")
{
    stage s;
    CHECK(s.verb({"--version"}).code == 0);
    CHECK(s.verb({"nonsense"}).code == 2);
    CHECK_THAT(s.verb({"rules"}).output, Contains("line_id_format"));

    // Before anything is there.
    CHECK(s.verb({"check"}).code == 2); // the schema is missing
    CHECK(s.verb({"status"}).code == 3);
    CHECK_THAT(s.verb({"migrate"}).output, Contains("applied 0001_orders"));
    CHECK_THAT(s.verb({"migrate"}).output, Contains("up to date"));
    CHECK_THAT(s.verb({"products", "sync"}).output, Contains("1-1-1-1-2"));
    auto check = s.verb({"check"});
    CHECK_THAT(check.output, Contains("a token was given") && Contains("8 products"));

    // Files, judged without storing, then stored.
    auto csv = stage::starts_csv(3) + "K3,1,拠点3,案件,CAF12,secret99,1-1-1-1-2\r\n";
    write_file(s.directory() + "/shops.csv", csv);
    auto dry = s.verb({"import", "--dry-run", s.directory() + "/shops.csv"});
    CHECK(dry.code == 1);
    CHECK_THAT(dry.output, Contains("3 rows would be taken in, 1 would be rejected") && Contains("line_id_format") &&
                               Contains("5文字"));
    CHECK(dry.output.find("secret99") == std::string::npos);
    CHECK(s.sql("select count(*) from orderd.\"order\"") == "0");
    CHECK(s.verb({"import", s.directory() + "/nowhere.csv"}).code == 1);
    auto imported = s.verb({"import", s.directory() + "/shops.csv"});
    CHECK(imported.code == 1);
    CHECK_THAT(imported.output, Contains("shops"));
    CHECK(s.count("ready") == 3);

    // A person decides before anything is sent.
    CHECK(s.verb({"orders", "hold", "K0", "K1", "--why", "wait for the contract"}).code == 0);
    CHECK(s.count("held") == 2);
    CHECK(s.verb({"orders", "hold", "K0"}).code == 1);
    CHECK(s.verb({"orders", "hold", "nobody"}).code == 2);
    CHECK(s.verb({"orders", "withdraw", "K1"}).code == 0);
    CHECK(s.verb({"orders", "release", "K0"}).code == 0);
    CHECK_THAT(s.verb({"orders", "show", "K0"}).output, Contains("wait for the contract") && Contains("held -> ready"));
    CHECK_THAT(s.verb({"orders", "list", "--state", "withdrawn"}).output, Contains("K1"));
    CHECK(s.verb({"orders", "list", "--state", "sent"}).code == 2);

    s.start_and_wait();
    s.wait_for_end();
    CHECK(s.count("completed") == 2);
    auto status = s.verb({"status", "--json"});
    CHECK(json::parse(status.output).at("states").at("completed").as_int64() == 2);
    CHECK(s.verb({"status", "--batch", "nothing"}).code == 2);
    CHECK_THAT(s.verb({"status", "--batch", "shops"}).output, Contains("completed") && Contains("shops"));
    auto exported = s.verb({"export", "--batch", "shops"});
    CHECK_THAT(exported.output, Contains("\xEF\xBB\xBFrequest_key,") && Contains("K0,") && Contains("A10000105"));
    CHECK(s.verb({"export", "--batch", "shops", "--output", s.directory() + "/out.csv"}).code == 0);
    CHECK(read_file(s.directory() + "/out.csv") == exported.output);
    CHECK(s.verb({"export", "--batch", "nothing"}).code == 2);
    auto checked = s.verb({"check"});
    INFO(checked.output);
    CHECK(checked.code == 0);

    write_file(s.directory() + "/wait.csv", stage::starts_csv(5, 50));
    CHECK(s.verb({"import", "--wait", s.directory() + "/wait.csv"}).code == 0);
    CHECK(s.count("completed") == 7);
    CHECK(s.stop_daemon() == 0);
}

TEST_CASE("an order is named by #number, or by a word that fits no other; nothing is done with one that may be meant")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    auto taken = [&](const std::string& name, const std::string& rows) {
        write_file(s.directory() + "/" + name,
                   "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n" + rows);
        return s.verb({"import", s.directory() + "/" + name}).code;
    };
    auto row = [](const std::string& key, const std::string& site, const std::string& line) {
        return key + ",1," + site + "," + line + ",a1b2c3d4,1-1-1-1-2\n";
    };
    REQUIRE(taken("first.csv", row("A", "渋谷", "CAF1230000001") + row("B", "新宿", "CAF1230000002")) == 0);
    auto a = s.sql("select id from orderd.\"order\" where request_key = 'A'");
    REQUIRE(taken("second.csv", row(a, "池袋", "CAF1230000003")) == 0); // its key is the number of another
    auto other = s.sql("select id from orderd.\"order\" where request_key = '" + a + "'");
    REQUIRE(other != a);

    auto both = s.verb({"orders", "withdraw", "B", a});
    CHECK(both.code == 2);
    CHECK_THAT(both.errors, Contains("\"" + a + "\" may be 2 orders") && Contains("#" + a + " ") &&
                                Contains("#" + other + " ") && Contains("first") && Contains("second") &&
                                Contains("渋谷") && Contains("池袋") && Contains("ready") && Contains("'#" + a + "'"));
    CHECK(s.count("withdrawn") == 0); // nor is the one that was named rightly
    CHECK(s.verb({"orders", "withdraw", "B"}).code == 0);
    CHECK(s.verb({"orders", "show", a}).code == 2);
    CHECK(s.verb({"orders", "resolve", a}).code == 2);
    CHECK_THAT(s.verb({"orders", "show", "#" + a}).output, Contains("#" + a + "\n") && Contains("渋谷"));
    CHECK_THAT(s.verb({"orders", "list"}).output, Contains("#" + other + " "));
    CHECK(json::parse(s.verb({"orders", "list", "--json"}).output).at(0).at("id").as_string() == other);
    CHECK(s.verb({"orders", "hold", "＃" + other}).code == 0); // as a Japanese keyboard writes it
    CHECK(s.sql("select state from orderd.\"order\" where id = " + other) == "held");
    CHECK(s.verb({"orders", "hold", "#999999"}).code == 2);

    // A key of rejected rows names the newest of them, and the live order as soon as there is one.
    CHECK(taken("bad.csv", row("R", "品川", "CAF12")) == 1);
    CHECK(taken("worse.csv", row("R", "目黒", "CAF13")) == 1);
    CHECK_THAT(s.verb({"orders", "show", "R"}).output, Contains("目黒") && Contains("rejected"));
    CHECK(taken("good.csv", row("R", "上野", "CAF1230000004")) == 0);
    CHECK_THAT(s.verb({"orders", "show", "R"}).output, Contains("上野"));

    // An empty word, as of a variable that is not set, is not "all" or "the newest".
    CHECK(s.verb({"batches", "pause", ""}).code == 2);
    CHECK(s.verb({"orders", "withdraw", "--text", "", "--yes"}).code == 2);
    CHECK(s.verb({"export", "--batch", ""}).code == 2);
    CHECK(s.sql("select count(*) from orderd.batch where paused_at is not null") == "0");

    // What cannot be sent as it is written is rejected, whatever the configuration says about its rule.
    s.set_keys("validation.severity.change_products_format = \"warning\"\n");
    write_file(s.directory() + "/change.csv",
               "request_key,order_type,customer_site_code,change_products\nC,2,S000000001,0-1-1-3-1\n");
    auto warned = s.verb({"import", s.directory() + "/change.csv"});
    CHECK(warned.code == 1);
    CHECK_THAT(warned.errors, Contains("\"change_products_format\" stays an error"));
    CHECK(s.sql("select state from orderd.\"order\" where request_key = 'C'") == "rejected");
}

TEST_CASE("a refused order is retried by a person; an order in doubt is resolved by a person")
{
    stage::options o;
    o.daemon_toml = "submission.settle_time = \"10m\"\n"; // nobody but the person decides
    o.settings_toml = "progress_min_ms = 3600000\nprogress_max_ms = 3600000\n";
    stage s(o);
    s.start_and_wait();
    auto end = [&](const std::string& key, const std::string& status) {
        wait_until(key + " to be accepted", [&] {
            return s.sql("select state from orderd.\"order\" where request_key = '" + key + "'") == "accepted";
        });
        auto code = s.sql("select order_code from orderd.\"order\" where request_key = '" + key + "'");
        s.provider_post("/end", "{\"orderCode\": \"" + code + "\", \"status\": \"" + status + "\"}");
    };
    s.drop("one.csv",
           "request_key,order_type,line_id,line_access_key,product_codes\nR,1,CAF9990000001,a1b2c3d4,1-1-1-1-2\n");
    wait_until("the refusal",
               [&] { return s.sql("select count(*) from orderd.batch") == "1" && s.count("refused") == 1; });
    s.provider_settings(R"({"refused_line_prefix": ""})"); // the line came alive
    // Refused for a product that does not exist, it surely is not there.
    s.tell_refusal("R", {"4000137"});
    CHECK(s.verb({"orders", "retry", "R"}).code == 0);
    end("R", "2");
    s.wait_for_end();
    CHECK(s.sql("select state from orderd.\"order\" where request_key = 'R'") == "completed");

    // A retried order does not take its own earlier order at the provider for the new one.
    s.drop("two.csv", "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n"
                      "F,1,店,CAF9990000002,a1b2c3d4,1-1-1-1-2\n");
    end("F", "3");
    wait_until("the failure",
               [&] { return s.sql("select state from orderd.\"order\" where request_key = 'F'") == "failed"; });
    auto first_code = s.sql("select order_code from orderd.\"order\" where request_key = 'F'");
    s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "every": 1}]})");
    CHECK(s.verb({"orders", "retry", "F"}).code == 0);
    wait_until("the doubt", [&] { return s.count("in_doubt") == 1; });
    s.sql("update orderd.\"order\" set not_before = now() where request_key = 'F' returning 1"); // its settle time is
                                                                                                 // over
    wait_until("the new order",
               [&] { return s.sql("select order_code from orderd.\"order\" where request_key = 'F'") != ""; });
    CHECK(s.sql("select order_code from orderd.\"order\" where request_key = 'F'") != first_code);

    s.insert_starts(2);
    wait_until("the doubt", [&] { return s.count("in_doubt") == 2; });
    s.provider_settings(R"({"faults": []})");
    CHECK(s.verb({"orders", "withdraw", "T0"}).code == 1);
    auto book = s.ledger();
    std::string code, other_code;
    for (const auto& entry : book) {
        if (entry.at("naturalKey").as_string() == "start:CAF5000000000")
            code = std::string(entry.at("orderCode").as_string());
        if (entry.at("naturalKey").as_string() == "start:CAF5000000001")
            other_code = std::string(entry.at("orderCode").as_string());
    }
    // Undecided, it shows what the provider has; a decision that does not fit it needs a person who is sure.
    auto undecided = s.verb({"orders", "resolve", "T0"});
    CHECK(undecided.code == 2);
    CHECK_THAT(undecided.output, Contains(code) && !Contains(other_code));
    CHECK_THAT(s.verb({"orders", "resolve", "T0", "--json"}).output, Contains("\"orderCode\":\"" + code));
    auto wrong = s.verb({"orders", "resolve", "T0", "--not-created"});
    CHECK(wrong.code == 1);
    CHECK_THAT(wrong.errors, Contains("sent again, it may be there twice"));
    CHECK(s.verb({"orders", "resolve", "T0", "--order-code", other_code}).code == 1);
    CHECK(s.verb({"orders", "resolve", "T1", "--give-up"}).code == 1);
    CHECK(s.count("in_doubt") == 2);
    CHECK(s.verb({"orders", "resolve", "T0", "--order-code", code, "--why", "seen in the portal"}).code == 0);
    CHECK(s.verb({"orders", "resolve", "T1", "--give-up", "--sure"}).code == 0);
    end("T0", "2");
    wait_until("its end",
               [&] { return s.sql("select state from orderd.\"order\" where request_key = 'T0'") == "completed"; });
    CHECK(s.count("withdrawn") == 1);
    CHECK(s.sql("select operator is not null from orderd.order_event where event = 'resolved_as_ours'") == "t");
    CHECK(s.ledger().size() == 5);
}

TEST_CASE("a refused order whose line has a live order is searched for, and sent again, only when a person says so")
{
    stage::options o;
    o.settings_toml = "progress_max_ms = 600000\n";
    stage s(o);
    s.start_and_wait();
    s.insert_starts(1);
    wait_until("the order", [&] { return s.count("accepted") == 1; });
    // Somebody else ordered the same line: at the provider it is live, here it is refused.
    s.drop("again.csv", "request_key,order_type,line_id,line_access_key,product_codes\n"
                        "G,1,CAF9990000007,a1b2c3d4,1-1-1-1-2\n");
    wait_until("the refusal", [&] { return s.count("refused") == 1; });
    s.sql("update orderd.\"order\" set line_id = 'CAF5000000000' where request_key = 'G' returning 1");
    auto asked = s.verb({"orders", "retry", "G"});
    CHECK(asked.code == 1);
    CHECK_THAT(asked.errors, Contains("a live order for the same line") && Contains("--yes"));
    CHECK_THAT(asked.output, Contains(s.sql("select order_code from orderd.\"order\" where request_key = 'T0'")));
    CHECK(s.count("refused") == 1);
    s.stop_provider();
    auto away = s.verb({"orders", "retry", "G"});
    CHECK(away.code == 1);
    CHECK_THAT(away.errors, Contains("cannot be asked"));
    CHECK(s.stop_daemon() == 0);
    CHECK(s.verb({"orders", "retry", "G", "--yes", "--why", "the line is free"}).code == 0);
    CHECK(s.count("in_doubt") == 1);
    CHECK(s.sql("select count(*) from orderd.order_event e join orderd.\"order\" o on o.id = e.order_id where "
                "request_key = 'G' and event in ('refused_by_provider', 'retry_after_search')") == "2");
}

TEST_CASE("an order held because it may exist at the provider is not let go without a decision")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(1);
    s.wait_for_end();
    CHECK(s.stop_daemon() == 0);
    s.sql("update orderd.\"order\" set state = 'held', revision = revision + 1 returning 1");
    s.sql("insert into orderd.order_event (order_id, from_state, to_state, event) select id, 'in_doubt', 'held', "
          "'several_candidates' from orderd.\"order\" returning 1");
    auto released = s.verb({"orders", "release", "T0"});
    CHECK(released.code == 1);
    CHECK_THAT(released.errors, Contains("orders resolve"));
    CHECK(s.verb({"orders", "withdraw", "T0"}).code == 1);
    CHECK(s.count("held") == 1);
}

TEST_CASE("no secret is in a log, in what reporting reads, in the pages, or in the process list")
{
    for (std::string format : {"text", "json"}) {
        stage::options o;
        o.daemon_toml = "log.level = \"debug\"\nlog.format = \"" + format + "\"\n";
        stage s(o);
        s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "500", "after": true, "every": 5},
            {"operation": "POST /accesstokens", "answer": "broken_json", "every": 2},
            {"operation": "GET /customerSites/{customerSiteCode}", "answer": "cut_short", "every": 3}]})");
        s.start_and_wait();
        s.drop("shops.csv", "order_type,customer_site_name,line_id,line_access_key,product_codes\n1,店,CAF3000000001,"
                            "zQ9xK3y1,1-1-1-1-2\n"
                            "1,店,CAF3000000002,zQ9xK3y2,1-3-1-5-2\n1,店,CAF12,zQ9xK3y3,1-1-1-1-2\n1,店,CAF3000000004,"
                            "zQ9xK3y4tooLong,1-1-1-1-2\n");
        s.sql("insert into intake.order_row (order_type, line_id, line_access_key, product_codes) values ('1', "
              "'CAF3000000005', 'zQ9xK3y5', '1-1-1-1-2') returning 1");
        wait_until("the rows", [&] { return s.sql("select count(*) from orderd.\"order\"") == "5"; });
        s.wait_for_end();
        wait_until("the keys of the sites",
                   [&] { return s.sql("select count(distinct code) from orderd.site_credential") == "3"; });
        std::vector<std::string> secrets{"tOpSecret-4711", "zQ9xK3y"};
        for (int i = 0; i < 3; ++i) {
            auto code = s.sql("select code from orderd.site order by code offset " + std::to_string(i) + " limit 1");
            auto shown = json::parse(s.verb({"sites", "show", code, "--secrets", "--json"}).output);
            for (const auto& secret : shown.as_array())
                if (secret.at("secret").as_string() != "username") secrets.emplace_back(secret.at("value").as_string());
        }
        CHECK(secrets.size() >= 8);

        std::string everything = s.log();
        everything += read_file("/proc/" + std::to_string(s.daemon().pid()) + "/cmdline");
        for (auto path : {"/metrics", "/", "/readyz"}) everything += stage::get(s.operations_port(), path).second;
        std::stringstream views(s.sql("select string_agg(viewname, ' ') from pg_views where schemaname = 'report'"));
        for (std::string view; views >> view;)
            everything += s.sql("select coalesce(string_agg(v::text, ' '), '') from report." + view + " v");
        for (auto table : {"site", "site_history", "contract", "approval", "difference_count"})
            everything +=
                s.sql("select coalesce(string_agg(t::text, ' '), '') from orderd." + std::string(table) + " t");
        for (auto what :
             {"results", "products", "charges", "contracts", "rejections", "sites", "differences", "approvals"})
            for (auto form : {"csv", "jsonl"}) everything += s.verb({"export", what, "--format", form}).output;
        for (auto path : {"/orders", "/batches/1", "/batches/1/summary", "/batches/1/result"})
            everything += stage::get(s.operations_port(), path).second;
        everything += s.sql("select string_agg(r::text, ' ') from intake.order_row r");
        everything += s.sql("select string_agg(e::text, ' ') from orderd.order_event e");
        everything += s.sql("select string_agg(c::text, ' ') from orderd.site_credential c");
        everything +=
            s.verb({"orders", "show", s.sql("select id from orderd.\"order\" where line_id = 'CAF3000000001'")}).output;
        for (const auto& secret : secrets) {
            INFO(secret);
            CHECK(everything.find(secret) == std::string::npos);
        }
        // The author of a rejected row gets it back whole, key included: only the drop directory holds that.
        wait_until("the rejected rows", [&] {
            return read_file(s.drop_directory() + "/results/shops.rejected.csv").find("zQ9xK3y3") != std::string::npos;
        });

        // The role for reporting sees its views and nothing else.
        CHECK(s.sql("select count(*) from information_schema.role_table_grants where grantee = 'orderd_report' and "
                    "table_schema <> 'report'") == "0");
        CHECK(s.sql("select count(*) > 0 from information_schema.role_table_grants where grantee = 'orderd_report' and "
                    "table_schema = 'report'") == "t");
        CHECK(s.sql("select bool_and(col_description((table_schema || '.' || table_name)::regclass, ordinal_position) "
                    "is not null) "
                    "from information_schema.columns where table_schema = 'report'") == "t");
    }
}

TEST_CASE("the operations port tells whether it lives, whether it works, and figures")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(3, "<script>alert(1)</script>");
    s.wait_for_end();
    auto metrics = stage::get(s.operations_port(), "/metrics").second;
    CHECK_THAT(metrics, Contains("orderd_orders{state=\"completed\"} 3") && Contains("orderd_api_requests_total{") &&
                            Contains("# HELP"));
    CHECK(stage::get(s.operations_port(), "/nothing").first == 404);
    CHECK(stage::get(s.operations_port(), "/", "POST").first == 405);
    auto page = stage::get(s.operations_port(), "/").second;
    CHECK_THAT(page, Contains("&lt;script&gt;"));
    CHECK(page.find("<script>") == std::string::npos);
}

TEST_CASE("orders that wait in a database of version 0.2.0 are sent as they were accepted then")
{
    stage s;
    for (auto migration : {"0001_orders", "0002_intake", "0003_report", "0004_roles", "0005_shared_limits"})
        s.sql(read_file(std::string(ORDERD_SOURCE_DIR) + "/sql/migrations/" + migration + ".sql"));
    s.sql("create table public.orderd_migration (version int primary key, name text not null, "
          "applied_at timestamptz not null default now()); "
          "insert into public.orderd_migration (version, name) select n, 'old' from generate_series(1, 5) n");
    const std::string dedicated =
        R"({"orderType":"1","startOrderPostData":{"customerSiteName":"\"本店\"","customerCode":"A10000105","caseName":"","lineId":"CAF1234567801","lineAccessKey":"a1b2c3d4","hopeToOpenAt":"20990301","products":[{"productCode":"1-1-1-1-1"}],"installationLocation":{"zipCode":"1050003","prefectures":"東京都","address":"港区\\1","companyName":"会社","departmentName":"部","clientName":"山田","tel":"0312345678"},"terminalDestination":{"zipCode":"5300001","prefectures":"大阪府","address":"北区","companyName":"別会社","departmentName":"課","clientName":"鈴木","tel":"0612345678","hopeToAt":"20990226"},"lanAddress":{"lanNetworkAddress":"192.168.1.0/24","lanInterfaceAddress":"192.168.1.1"},"dhcpServerFunction":{"howToUse":"1","startAddress":"192.168.1.10","endAddress":"192.168.1.20","dns2":"8.8.8.8"}}})";
    const std::string change =
        R"({"orderType":"2","changeOrderPostData":{"customerCode":"A10000105","customerSiteCode":"int-1","products":[{"changeType":"1","productCode":"a"},{"changeType":"3","productCode":"b"}]}})";
    const std::string cancel =
        R"({"orderType":"3","cancelOrderPostData":{"customerCode":"A10000105","customerSiteCode":"int-2","hopeToEndAt":"209912","overwriteCheckFlag":"1"}})";
    s.sql("insert into orderd.batch (name, source) values ('old', 'csv')");
    auto insert = [&](int row, const std::string& columns, const std::string& values, const std::string& body) {
        s.sql("insert into orderd.\"order\" (batch_id, source_row, request_key, content_hash, state, not_before, "
              "customer_code, body, order_type, natural_key, " +
              columns + ") values (1, " + std::to_string(row) + ", 'old " + std::to_string(row) +
              "', 'x', 'ready', now(), 'A10000105', $body$" + body + "$body$, " + values + ")");
    };
    insert(2, "customer_site_name, line_id, product_codes, hope_to_open_at",
           "1, 'start:CAF1234567801', '\"本店\"', 'CAF1234567801', '1-1-1-1-1', '20990301'", dedicated);
    insert(3, "customer_site_code, product_codes", "2, 'change:int-1', 'int-1', '1:a|3:b'", change);
    insert(4, "customer_site_code, hope_to_end_at", "3, 'cancel:int-2', 'int-2', '209912'", cancel);

    CHECK_THAT(s.verb({"migrate"}).output, Contains("applied 0006_intake"));
    s.start_and_wait();
    wait_until("all three to be sent",
               [&] { return s.sql("select count(*) from orderd.\"order\" where submitted_at is null") == "0"; });
    // The provider may refuse a change of a site that it does not have; what was accepted came as it was.
    s.wait_for_end();
    auto ledger = s.ledger();
    REQUIRE_FALSE(ledger.empty());
    auto sent = boost::json::parse(dedicated);
    sent.as_object()["startOrderPostData"].as_object().erase("caseName");
    CHECK(ledger[0].as_object().at("body") == sent.as_object()["startOrderPostData"]);
    CHECK(
        s.sql("select details from orderd.\"order\" where order_type = 3") ==
        R"(["", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "209912", "1"])");
}
