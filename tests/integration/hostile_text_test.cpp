#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

/// Commands to a terminal, a line that looks like one of the log, and what turns the direction of writing.
const std::string hostile = "\x1B[2J\x1B]0;pwn\x07\xC2\x9B"
                            "31m\x7F\r\nlevel=error msg=fake\u202E\u2066\u200F\u061C\u2028";

/// `own_lines`: the text may have line breaks of its author, in a quoted cell or in HTML.
void check_harmless(const std::string& where, const std::string& text, bool own_lines = false)
{
    INFO(where << ":\n" << text);
    for (auto raw : {"\x1B[2J", "\x1B]", "\x07", "\xC2\x9B", "\x7F", "\u202E", "\u2066", "\u200F", "\u061C", "\u2028"})
        CHECK(text.find(raw) == std::string::npos);
    if (!own_lines) CHECK(text.find("\nlevel=error") == std::string::npos);
}

/// The text in every column that is told to somebody, of everything the stage has.
void spoil(stage& s)
{
    auto text = "'" + hostile + "'";
    for (
        std::string statement :
        {"update orderd.\"order\" set error_message = $, error_code = $, customer_site_name = $, case_name = $, "
         "global_ip = $, hope_to_start_at = $, findings = case when state = 'rejected' then "
         "jsonb_build_array(jsonb_build_object('rule', 'x', 'field', 'line_id', 'severity', 'error', 'message_ja', $, "
         "'message_en', $)) else findings end",
         "update orderd.\"order\" set request_key = $ where request_key = 'H1'",
         "insert into orderd.order_event (order_id, from_state, to_state, event, why, errors, request_id, raw, "
         "operator, "
         "revision) select id, state, state, 'answered', $, jsonb_build_array(jsonb_build_object('code', $, 'message', "
         "$, 'developerMessage', $, 'moreInfo', $, 'requestId', $)), $, $, $, revision from orderd.\"order\"",
         "update orderd.batch set notes = jsonb_build_array($), file_name = $, brought_by = array[$], paused_by = $, "
         "paused_at = now()",
         "update orderd.batch set name = 'table' || $ where source = 'table'", "update orderd.product set name = $",
         "update orderd.site set name = $, case_name = $, global_ip = $, detail = detail || "
         "jsonb_build_object('customerSiteName', $, 'globalIp', $)",
         "update orderd.contract set product_name = $",
         "update orderd.instance set name = $, troubles = jsonb_build_array(jsonb_build_object('what', $, 'why', $, "
         "'since', '2027-03-01 00:00'))",
         "insert into orderd.approval (batch_id, decision, decided_by, channel, orders, purchase_price, monthly_price, "
         "first_year_price, why) select id, 'approved', $, 'verb', 1, 1, 1, 13, $ from orderd.batch"}) {
        for (auto at = statement.find('$'); at != statement.npos; at = statement.find('$', at + text.size()))
            statement.replace(at, 1, text + "::text");
        INFO(statement);
        CHECK_NOTHROW(s.sql(statement));
    }
}

}

TEST_CASE("no text of others commands a terminal, fakes a line or turns the direction of writing, by any way out")
{
    stage s;
    s.start_and_wait();
    s.drop("shops.csv", "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n"
                        "H1,1,good,CAF1230000001,zQ9xK3y1,1-1-1-1-2\n"
                        "H2,1,[failed],CAF1230000002,zQ9xK3y2,1-1-1-1-2\n"
                        "H3,1,\"a\x1B[2Jb\x07\",CAF12,zQ9xK3y3,1-1-1-1-2\n");
    s.insert_starts(1, "table");
    wait_until("the rows", [&] { return s.sql("select count(*) from orderd.\"order\"") == "4"; });
    s.wait_for_end();
    wait_until("the sites", [&] { return s.sql("select count(*) from report.contract") == "2"; });
    auto id = s.sql("select id from orderd.\"order\" where request_key = 'H1'");
    auto site = s.sql("select code from orderd.site order by code");
    auto batch = s.sql("select id from orderd.batch where name = 'shops'");
    spoil(s);

    std::vector<std::vector<std::string>> verbs{{"status"},
                                                {"orders", "list"},
                                                {"orders", "show", id},
                                                {"orders", "resolve", id},
                                                {"batches", "list"},
                                                {"batches", "show", "shops"},
                                                {"batches", "show", "table" + hostile},
                                                {"batches", "approve", "shops"},
                                                {"orders", "hold", id},
                                                {"orders", "show", hostile},
                                                {"orders", "retry", "--state", "failed"},
                                                {"orders", "hold", "--text", "good" + hostile},
                                                {"sites", "list"},
                                                {"sites", "show", site},
                                                {"sites", "show", site, "--history"},
                                                {"sites", "show", hostile},
                                                {"sites", "differences"},
                                                {"products", "list"},
                                                {"products", "history"},
                                                {"health"},
                                                {"check"},
                                                {"batches", "show", hostile},
                                                {"status", "--batch", hostile},
                                                {hostile}};
    for (const auto& verb : verbs)
        for (bool json : {false, true}) {
            auto words = verb;
            if (json) words.emplace_back("--json");
            auto told = s.verb(words);
            check_harmless(verb[0] + (verb.size() > 1 ? " " + verb[1] : "") + (json ? " --json" : ""),
                           told.output + told.errors);
        }
    CHECK_THAT(s.verb({"orders", "show", id}).output, Contains("␛[2J") && Contains("<U+202E>"));
    CHECK(json::parse(s.verb({"products", "list", "--json"}).output).at(0).at("name").as_string() == hostile);

    for (std::string what :
         {"results", "products", "charges", "contracts", "rejections", "sites", "differences", "approvals"}) {
        for (std::string format : {"csv", "jsonl"})
            check_harmless(what, s.verb({"export", what, "--format", format}).output);
        auto path = s.directory() + "/" + what + ".xlsx";
        CHECK(s.verb({"export", what, "--format", "xlsx", "--output", path}).code == 0);
        auto unzipped = run({"/usr/bin/unzip", "-p", path}, s.directory());
        if (unzipped.code == 0) check_harmless(what + ".xlsx", unzipped.output);
    }
    auto table = s.directory() + "/sites.csv";
    CHECK(s.verb({"export", "sites", "--secrets", "--output", table}).code == 0);
    check_harmless("sites with secrets", read_file(table));

    for (const auto& page :
         {std::string("/"), std::string("/orders"), "/order/" + id, "/batches/" + batch, std::string("/metrics")})
        check_harmless(page, stage::get(s.operations_port(), page).second, true);

    s.sql("update orderd.batch set reported_at = null, changed_at = now()");
    auto results = s.drop_directory() + "/results/shops.";
    std::filesystem::remove(results + "result.csv");
    wait_until("the answers", [&] { return std::filesystem::exists(results + "result.csv"); });
    for (auto file : {"result.csv", "rejected.csv", "summary.txt"})
        check_harmless(file, read_file(results + file), std::string_view(file) == "result.csv");
    CHECK_THAT(read_file(results + "rejected.csv"), Contains("a␛[2Jb␇"));
    check_harmless("the log", s.log());

    // Handed in again as it is, the row is refused for the same reason.
    write_file(s.directory() + "/again.csv",
               "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n"
               "H3,1,a␛[2Jb,CAF1230000009,zQ9xK3y3,1-1-1-1-2\n");
    CHECK_THAT(s.verb({"import", "--dry-run", s.directory() + "/again.csv"}).output, Contains("control_character"));
    // What is stored stays as it came.
    CHECK(s.sql("select error_message from orderd.\"order\" where id = " + id) == hostile);
}
