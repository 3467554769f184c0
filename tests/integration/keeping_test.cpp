#include "memory.hpp"
#include "orderd/store/database.hpp"
#include "orderd/store/housekeeping.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

using namespace orderd;
using namespace orderd::tests;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

// What `keep_events`, `keep_details` and `keep_rejected` promise is looked for in a dump of the whole database.
namespace {

/// A row of a file or table, with the values that are to be forgotten in every column that has one.
struct row {
    std::string key, line;
    std::string name = "店", product = "1-1-1-1-2", submit_after{}, mark = "しるし";
};

const std::vector<std::string> columns{"request_key",
                                       "order_type",
                                       "customer_site_name",
                                       "line_id",
                                       "line_access_key",
                                       "product_codes",
                                       "installation_zip_code",
                                       "installation_prefectures",
                                       "installation_address",
                                       "installation_company_name",
                                       "installation_department_name",
                                       "installation_client_name",
                                       "installation_tel",
                                       "terminal_zip_code",
                                       "terminal_prefectures",
                                       "terminal_address",
                                       "terminal_company_name",
                                       "terminal_department_name",
                                       "terminal_client_name",
                                       "terminal_tel",
                                       "lan_network_address",
                                       "lan_interface_address",
                                       "submit_after"};

/// What must not be found once it is forgotten. The address outside the network is quoted in a finding.
const std::vector<std::string> personal{"aKmRk471", "4711471", "しるし", "0904711471", "10.47.12", "10.47.11"};

std::vector<std::string> cells(const row& r)
{
    std::vector<std::string> place{"4711471",     "東京都",      r.mark + "町1-2-3", r.mark + "商事",
                                   r.mark + "部", r.mark + "様", "0904711471"};
    std::vector<std::string> all{r.key, "1", r.name, r.line, "aKmRk471", r.product};
    for (int i = 0; i < 2; ++i) all.insert(all.end(), place.begin(), place.end());
    for (auto rest : {std::string("10.47.12.0/24"), std::string("10.47.11.1"), r.submit_after}) all.push_back(rest);
    return all;
}

std::string csv(const std::vector<row>& rows)
{
    auto line = [](const std::vector<std::string>& cells) {
        std::string out;
        for (const auto& c : cells) out += (out.empty() ? "" : ",") + c;
        return out + "\n";
    };
    auto text = line(columns);
    for (const auto& r : rows) text += line(cells(r));
    return text;
}

void insert(stage& s, const std::vector<row>& rows)
{
    for (const auto& r : rows) {
        std::string names = "batch_name", values = "'portal'";
        auto all = cells(r);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            names += ", " + columns[i];
            values += ", '" + all[i] + "'";
        }
        s.sql("insert into intake.order_row (" + names + ") values (" + values + ")");
    }
}

std::string state_of(stage& s, const std::string& key)
{
    return s.sql("select string_agg(state, ' ' order by id) from orderd.\"order\" where request_key = '" + key + "'");
}

void wait_for(stage& s, const std::string& key, const std::string& state)
{
    wait_until(key + " to be " + state, [&] { return state_of(s, key) == state; });
}

void must(stage& s, std::vector<std::string> words)
{
    auto done = s.verb(std::move(words));
    INFO(done.output << done.errors);
    REQUIRE(done.code == 0);
}

std::string dump(stage& s)
{
    auto made = run({"/usr/bin/pg_dump", "--inserts", s.database_url()}, s.directory());
    INFO(made.errors);
    REQUIRE(made.code == 0);
    return made.output;
}

long count_in(const std::string& text, const std::string& word)
{
    long n = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++n;
    return n;
}

/// Everything of before this moment is two hours older.
void pass_two_hours(stage& s)
{
    s.sql("update orderd.\"order\" set finished_at = finished_at - interval '2 hours' where finished_at is not null;"
          "update intake.order_row set taken_at = taken_at - interval '2 hours' where taken_at is not null;"
          "update orderd.batch set received_at = received_at - interval '2 hours'");
}

void keep_house(stage& s, const store::retention& keep)
{
    auto session = store::open_session(s.database_url());
    constexpr int limit = 3; // many small steps
    for (int rounds = 0; store::delete_old(*session, keep, limit).more; ++rounds) REQUIRE(rounds < 100);
}

/// The words of the provider about an order repeat what was sent, with and without its order code.
void let_provider_repeat(stage& s, const std::string& key)
{
    for (auto code : {"null", "o.order_code"})
        s.sql(std::string(
                  "insert into orderd.order_event (order_id, to_state, event, why, raw, errors, evidence, "
                  "order_code) select o.id, o.state, 'late_answer', 'しるし様 said no', "
                  "'{\"tel\":\"0904711471\",\"n\":\"\\u3057\\u308B\\u3057様\",\"m\":\"\\u3057\\u308b\\u3057部\"}', "
                  "'[{\"errorCode\":\"4000101\",\"errorMessage\":\"しるし町1-2-3?\",\"requestId\":\"r-1\"}]', "
                  "'{\"unusable\":\"しるし商事 \\\\\\\"x\"}', ") +
              code + " from orderd.\"order\" o where request_key = '" + key + "'");
    s.sql("update orderd.\"order\" set error_message = '4711471 is no zip code' where request_key = '" + key + "'");
}

/// Every way that a row may end, in a file and in the table; and one of each that waits to be sent.
void let_every_row_end(stage& s)
{
    s.start_daemon();
    wait_until("the schema", [&] { return s.sql("select to_regclass('intake.order_row')") != ""; });

    // While there is no catalogue: one that will be good, one that will be rejected, one that is withdrawn before.
    std::vector<row> waiting{{"F-WAIT", "CAF6000000001"},
                             {"F-LATER-REJECTED", "CAF6000000002", "却下店", "no-such"},
                             {"F-WITHDRAWN", "CAF6000000003"}};
    auto waiting_rows = waiting;
    for (auto& r : waiting_rows) r.key[0] = 'T', r.line[3] = '7';
    s.drop("waiting.csv", csv(waiting));
    insert(s, waiting_rows);
    wait_until("the rows to wait", [&] { return s.count("received") == 6; });
    for (auto key : {"F-WITHDRAWN", "T-WITHDRAWN"}) must(s, {"orders", "withdraw", key, "--yes"});
    s.start_provider();
    must(s, {"products", "sync"});
    for (auto key : {"F-LATER-REJECTED", "T-LATER-REJECTED"}) wait_for(s, key, "rejected");
    for (auto key : {"F-WAIT", "T-WAIT"}) wait_for(s, key, "completed");
    CHECK(s.sql("select string_agg(row_state || ' ' || (findings <> '[]'), ',') from intake.row_status where "
                "request_key = 'T-LATER-REJECTED'") == "rejected true");

    // Every other way that a row may end, in a file and in the table.
    std::string day_to_come = "2099-01-01";
    std::vector<row> all{{"F-DONE", "CAF6000000011"},
                         {"F-FAILED", "CAF6000000012", "店[failed]"},
                         {"F-CANCELLED", "CAF6000000013", "店[cancelled]"},
                         {"F-PARTIAL", "CAF6000000014", "店[partial]"},
                         {"F-REFUSED", "CAF9990000015"},
                         {"F-REJECTED", "short", "却下店"},
                         {"F-HELD", "CAF6000000016", "店", "1-1-1-1-2", day_to_come},
                         {"F-NEVER-SENT", "CAF6000000017", "店", "1-1-1-1-2", day_to_come},
                         {"F-LIVE", "CAF6000000018", "店", "1-1-1-1-2", day_to_come, "生きている"}};
    auto all_rows = all;
    for (auto& r : all_rows) r.key[0] = 'T', r.line[4] = r.line == "short" ? 't' : '7';
    all_rows[4].line = "CAF9990000025";
    s.drop("all.csv", csv(all));
    insert(s, all_rows);
    for (std::string from : {"F", "T"}) {
        wait_for(s, from + "-NEVER-SENT", "ready");
        wait_for(s, from + "-HELD", "ready");
        must(s, {"orders", "withdraw", from + "-NEVER-SENT", "--yes"});
        must(s, {"orders", "hold", from + "-HELD", "--yes"});
        must(s, {"orders", "withdraw", from + "-HELD", "--yes"});
        for (auto [key, state] : {std::pair{"-DONE", "completed"},
                                  {"-FAILED", "failed"},
                                  {"-CANCELLED", "cancelled"},
                                  {"-PARTIAL", "partially_failed"},
                                  {"-REFUSED", "refused"},
                                  {"-REJECTED", "rejected"}})
            wait_for(s, from + key, state);
    }
    // In doubt, and given up by a person.
    s.provider_settings(R"({"faults": [{"operation": "POST /orders", "answer": "500", "every": 1, "times": 2}]})");
    s.drop("doubt.csv", csv({{"F-GIVEN-UP", "CAF6000000019"}}));
    insert(s, {{"T-GIVEN-UP", "CAF6700000019"}});
    for (std::string key : {"F-GIVEN-UP", "T-GIVEN-UP"}) {
        wait_until(key, [&] { return state_of(s, key) == "in_doubt"; });
        must(s, {"orders", "resolve", key, "--give-up", "--sure"});
        CHECK(state_of(s, key) == "withdrawn");
    }
    // The same rows once more.
    s.drop("again.csv", csv({all[0]}) + "\n");
    auto slid = csv({{"F-SLID", "CAF6000000020", "却下店"}});
    s.drop("slid.csv", slid.insert(slid.find("F-SLID"), "しるし様,"));
    insert(s, {all_rows[0]});
    wait_until("the rows that came before", [&] { return s.sql("select count(*) from orderd.duplicate_row") == "2"; });
    wait_until("the row of too many cells",
               [&] { return s.sql("select rows_rejected from orderd.batch where name = 'slid'") == "1"; });
    wait_until("sites", [&] { return s.sql("select count(*) from orderd.site_refresh") == "0"; });
    for (auto key : {"F-DONE", "T-FAILED", "T-NEVER-SENT"}) let_provider_repeat(s, key);
    CHECK(s.stop_daemon() == 0);
}

std::string promised_away(const std::string& text, const std::string& word)
{
    auto at = text.find(word);
    return at == text.npos ? "" : word + ": " + text.substr(text.rfind('\n', at) + 1, 600);
}

/// Those that wait keep what they will be sent with; then they go, so that the rest can be searched.
void check_and_take_away_live(stage& s)
{
    auto live = s.sql("select string_agg(details, '') from orderd.\"order\" where state = 'ready'");
    CHECK(count_in(live, "生きている") > 4);
    s.sql("delete from orderd.\"order\" where state = 'ready'; delete from intake.order_row where request_key = "
          "'T-LIVE'");
}

}

TEST_CASE("what is kept for a time is gone from every table when the time is over")
{
    stage s({.start_provider = false});
    let_every_row_end(s);
    auto before = dump(s);
    for (const auto& word : personal) {
        INFO(word);
        CHECK(count_in(before, word) > 10);
    }
    CHECK(count_in(before, "却下店") > 3);
    CHECK(count_in(before, "生きている") > 4);
    auto sent = s.sql("select count(*) from orderd.\"order\" where state <> 'rejected'");
    auto codes = s.sql("select count(distinct order_code) from orderd.order_event");
    CHECK(std::stol(codes) >= 10);

    // Not yet.
    keep_house(s, {1h, 1h, 1h});
    CHECK(count_in(dump(s), "aKmRk471") == count_in(before, "aKmRk471"));

    pass_two_hours(s);
    keep_house(s, {1h, 1h, 1h});
    check_and_take_away_live(s);
    auto after = dump(s);
    for (const auto& word : personal) CHECK(promised_away(after, word) == "");
    CHECK(count_in(after, "却下店") == 0);
    CHECK(count_in(after, "REJECTED") == 0);
    CHECK(s.sql("select count(*) from orderd.row_cells") == "0");
    CHECK(s.sql("select count(*) from orderd.duplicate_row") == "0");
    CHECK(s.sql("select count(*) from intake.order_row where state <> 'taken'") == "0");
    // What was sent, or given up, keeps its key and code.
    CHECK(s.sql("select count(*) from orderd.\"order\"") == std::to_string(std::stol(sent) - 2));
    CHECK(s.sql("select count(distinct order_code) from orderd.order_event") == codes);
    CHECK(s.sql("select order_state from intake.row_status where request_key = 'T-DONE'") == "completed");
    CHECK(s.tally_is_true());
}

TEST_CASE("each key alone does what it promises of every row that ended, however it did")
{
    stage s({.start_provider = false});
    let_every_row_end(s);
    pass_two_hours(s);
    auto codes = s.sql("select count(distinct order_code) from orderd.order_event");
    auto rejected = s.sql("select count(*) from orderd.\"order\" where state = 'rejected'");
    auto events = s.sql("select count(*) from orderd.order_event");
    auto before = dump(s);
    CHECK(rejected == "5");

    SECTION("keep_details")
    {
        keep_house(s, {0h, 1h, 0h});
        check_and_take_away_live(s);
        auto after = dump(s);
        for (const auto& word : personal) CHECK(promised_away(after, word) == "");
        // The rows are still there, and what was wrong with them: the rules, and not the values.
        CHECK(s.sql("select count(*) from orderd.\"order\" where state = 'rejected'") == rejected);
        CHECK(s.sql("select count(*) from orderd.\"order\" where state = 'rejected' and findings = '[]'") == "0");
        CHECK(s.sql("select count(*) from orderd.duplicate_row") == "2");
        CHECK(s.sql("select count(*) from intake.order_row where state = 'duplicate'") == "1");
        CHECK(s.sql("select count(*) from orderd.order_event") == events);
    }
    SECTION("keep_events")
    {
        keep_house(s, {1h, 0h, 0h});
        CHECK(s.sql("select count(*) from orderd.order_event e join orderd.\"order\" o on o.id = e.order_id where "
                    "finished_at is not null and (why is not null or raw is not null or errors is not null or evidence "
                    "is not null or (e.order_code is null and through_order_id is null))") == "0");
        CHECK(s.sql("select count(distinct order_code) from orderd.order_event") == codes);
        CHECK(count_in(dump(s), "aKmRk471") == count_in(before, "aKmRk471"));
        CHECK(s.sql("select count(*) from orderd.\"order\" where state = 'rejected'") == rejected);
    }
    SECTION("keep_rejected")
    {
        keep_house(s, {0h, 0h, 1h});
        auto after = dump(s);
        CHECK(promised_away(after, "却下店") == "");
        CHECK(promised_away(after, "REJECTED") == "");
        // The cells of the row that was withdrawn while it waited are keep_details' to empty.
        CHECK(s.sql("select string_agg(request_key, ' ') from orderd.row_cells c join orderd.\"order\" o on o.id = "
                    "c.order_id") == "F-WITHDRAWN");
        CHECK(s.sql("select count(*) from orderd.duplicate_row") == "0");
        CHECK(s.sql("select count(*) from intake.order_row where state in ('rejected', 'duplicate')") == "0");
        CHECK(s.sql("select count(*) > 5 from orderd.\"order\" where details like '%しるし%' and finished_at is not "
                    "null") == "t");
    }
    CHECK(s.tally_is_true());
}

TEST_CASE("each key empties what it names, and leaves the rest")
{
    stage s;
    s.start_and_wait();
    insert(
        s,
        {{"T-DONE", "CAF6700000011"}, {"T-FAILED", "CAF6700000012", "店[failed]"}, {"T-REJECTED", "short", "却下店"}});
    wait_for(s, "T-DONE", "completed");
    wait_for(s, "T-FAILED", "failed");
    insert(s, {{"T-DONE", "CAF6700000011"}});
    wait_until("the row that came before", [&] { return s.sql("select count(*) from orderd.duplicate_row") == "1"; });
    let_provider_repeat(s, "T-FAILED");
    CHECK(s.stop_daemon() == 0);
    pass_two_hours(s);
    auto failed = "(select id from orderd.\"order\" where request_key = 'T-FAILED')";
    auto story = s.sql(
        std::string("select string_agg(event, ' ' order by id) from orderd.order_event where order_id = ") + failed);
    auto of_table = [&](const std::string& key) {
        return s.sql("select string_agg(r::text, ' ') from intake.order_row r where request_key = '" + key + "'");
    };

    SECTION("keep_details")
    {
        keep_house(s, {0h, 1h, 0h});
        CHECK(s.sql("select count(*) from orderd.\"order\" where details is not null") == "0");
        CHECK_THAT(of_table("T-FAILED"), !Contains("しるし") && !Contains("4711471"));
        CHECK_THAT(of_table("T-REJECTED"), !Contains("しるし") && Contains("line_id"));
        // The story is whole but for what it repeated.
        CHECK(s.sql(std::string("select string_agg(event, ' ' order by id) from orderd.order_event where order_id = ") +
                    failed) == story);
        auto told =
            s.sql(std::string("select string_agg(e::text, ' ') from orderd.order_event e where order_id = ") + failed);
        CHECK_THAT(told, Contains("*** said no") && Contains("4000101") && Contains("r-1") &&
                             Contains("\"\"tel\"\":\"\"***"));
        for (const auto& word : personal) CHECK_THAT(told, !Contains(word));
        CHECK(s.sql("select error_message from orderd.\"order\" where request_key = 'T-FAILED'") ==
              "*** is no zip code");
    }
    SECTION("keep_rejected")
    {
        keep_house(s, {0h, 0h, 1h});
        CHECK(s.sql("select count(*) from intake.order_row") == "2");
        CHECK(s.sql("select count(*) from orderd.\"order\" where state = 'rejected'") == "0");
        CHECK_THAT(of_table("T-FAILED"), Contains("しるし"));
        CHECK_THAT(s.sql("select details from orderd.\"order\" where request_key = 'T-FAILED'"), Contains("しるし"));
    }
    SECTION("keep_events")
    {
        auto code = s.sql("select order_code from orderd.\"order\" where request_key = 'T-FAILED'");
        keep_house(s, {1h, 0h, 0h});
        CHECK(s.sql("select count(*) from orderd.order_event where why is not null or raw is not null or errors is not "
                    "null or evidence is not null") == "0");
        CHECK(
            s.sql(std::string("select string_agg(distinct order_code, ' ') from orderd.order_event where order_id = ") +
                  failed) == code);
        CHECK_THAT(s.sql("select details from orderd.\"order\" where request_key = 'T-FAILED'"), Contains("しるし"));
    }
}

TEST_CASE("sixty thousand rows that ended at one moment go in small steps and a small memory, at once after a reload")
{
    stage s;
    s.start_and_wait();
    s.drop("few.csv", csv({{"F-DONE", "CAF6000000011"}}));
    wait_for(s, "F-DONE", "completed");
    constexpr int many = 60'000;
    std::vector<row> rows(many, {"", "short", "却下店", "no-such"});
    for (int i = 0; i < many; ++i) rows[static_cast<std::size_t>(i)].key = "R" + std::to_string(i);
    s.drop("many.csv", csv(rows));
    wait_until(
        "the answer", [&] { return std::filesystem::exists(s.drop_directory() + "/results/many.result.csv"); }, 120s);
    CHECK(s.sql("select count(distinct finished_at) from orderd.\"order\" where state = 'rejected'") == "1");
    pass_two_hours(s);
    // Until now nothing was to be deleted, and the next run is minutes away.
    s.set_keys("database.keep_rejected = \"1h\"\ndatabase.keep_details = \"1h\"\ndatabase.keep_events = \"1h\"\n");
    s.daemon().send(SIGHUP);
    wait_until(
        "the deletion", [&] { return s.log().find("what was older than configured was deleted") != std::string::npos; },
        120s);
    CHECK(s.sql("select count(*) from orderd.\"order\"") == "1");
    CHECK(s.sql("select count(*) from orderd.row_cells") == "0");
    CHECK(s.sql("select string_agg(name, ' ') from orderd.batch") == "few");
    // What was only looked at is not counted.
    CHECK_THAT(s.log(), Contains("rejected_rows=60000 "));
    CHECK(s.sql("select string_agg(distinct id::text, ' ') from orderd.kept_through where purpose <> 'details of "
                "intake rows'") != "");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(peak_memory_mb(s.daemon().pid()) <= 64);
#endif
    CHECK(s.tally_is_true());
}

TEST_CASE("what is counted as deleted was deleted, in steps of which none is larger than asked for")
{
    stage s;
    s.start_and_wait();
    insert(s,
           {{"T-1", "CAF6700000011"}, {"T-2", "CAF6700000012"}, {"T-X", "short"}, {"T-Y", "short"}, {"T-Z", "short"}});
    for (auto key : {"T-1", "T-2"}) wait_for(s, key, "completed");
    wait_for(s, "T-Z", "rejected");
    CHECK(s.stop_daemon() == 0);
    pass_two_hours(s);
    s.sql("update orderd.\"order\" set finished_at = (select min(finished_at) from orderd.\"order\")");
    auto session = store::open_session(s.database_url());
    auto first = store::delete_old(*session, {0h, 1h, 1h}, 4);
    CHECK(first.more);
    CHECK(first.details == 4);
    CHECK(first.emptied_rows == 5);
    CHECK(first.rejected <= 3);
    auto second = store::delete_old(*session, {0h, 1h, 1h}, 4);
    CHECK(first.rejected + second.rejected == 3);
    CHECK(first.intake_rows + second.intake_rows == 3);
    CHECK(first.events + second.events == 0);
    auto third = store::delete_old(*session, {0h, 1h, 1h}, 4);
    CHECK(third.all() == 0);
    CHECK_FALSE(third.more);
}

TEST_CASE("what a transaction ends that is still open is not passed")
{
    stage s;
    s.start_and_wait();
    s.drop("two.csv", csv({{"F-EARLY", "CAF6000000011"}, {"F-LATE", "CAF6000000012"}}));
    for (auto key : {"F-EARLY", "F-LATE"}) wait_for(s, key, "completed");
    CHECK(s.stop_daemon() == 0);
    s.sql("update orderd.\"order\" set finished_at = null where request_key = 'F-EARLY'");
    pqxx::connection other(s.database_url());
    pqxx::work open(other);
    open.exec("update orderd.\"order\" set finished_at = now() where request_key = 'F-EARLY'");
    s.sql("update orderd.\"order\" set finished_at = now() where request_key = 'F-LATE'");
    keep_house(s, {0ms, 1ms, 0ms});
    open.commit();
    keep_house(s, {0ms, 1ms, 0ms});
    CHECK(s.sql("select count(*) from orderd.\"order\" where details is not null") == "0");
}

TEST_CASE("an answer keeps the rows to mend when their cells are gone from the database")
{
    stage s;
    s.start_and_wait();
    s.drop("mixed.csv", csv({{"F-LIVE", "CAF6000000018", "店", "1-1-1-1-2", "2099-01-01"}, {"F-REJECTED", "short"}}));
    auto to_mend = s.drop_directory() + "/results/mixed.rejected.csv";
    auto result = s.drop_directory() + "/results/mixed.result.csv";
    wait_until("the answer", [&] { return std::filesystem::exists(result); });
    auto told = read_file(to_mend);
    CHECK_THAT(told, Contains("しるし"));
    pass_two_hours(s);
    keep_house(s, {0h, 1h, 0h});
    must(s, {"orders", "withdraw", "F-LIVE", "--yes"});
    wait_until("the answer to tell it", [&] { return read_file(result).find("withdrawn") != std::string::npos; });
    CHECK(read_file(to_mend) == told);
}

TEST_CASE("a stop ends the writing of a large answer, and the next start begins it anew")
{
    stage s;
    s.start_and_wait();
    CHECK(s.stop_daemon() == 0);
    s.sql(
        "with b as (insert into orderd.batch (name, source, directory, rows_rejected, header) values ('large', 'csv', "
        "'" +
        s.drop_directory() +
        "', 300000, '{request_key}') returning id) insert into orderd.\"order\" (batch_id, source_row, request_key, "
        "content_hash, state, findings, finished_at) select b.id, n, 'L' || n, md5(n::text), 'rejected', "
        "jsonb_build_array(jsonb_build_object('rule', 'line_id_format', 'field', 'line_id', 'severity', 'error', "
        "'message_ja', repeat('x', 200), 'message_en', repeat('y', 200))), now() from b, generate_series(1, 300000) n");
    s.sql("insert into orderd.row_cells select id, array[request_key] from orderd.\"order\"");
    auto results = s.drop_directory() + "/results";
    auto begun = [&] { return !std::filesystem::is_empty(results); };
    s.start_and_wait();
    wait_until("the answer to be begun", begun);
    CHECK(s.stop_daemon() == 0);
    CHECK_THAT(s.log(), Contains("answer files that are not whole are written anew after the next start"));
    CHECK_FALSE(std::filesystem::exists(results + "/large.result.csv"));
    CHECK(s.sql("select reported_at is null from orderd.batch where name = 'large'") == "t");
    s.start_and_wait();
    wait_until(
        "the whole answer", [&] { return std::filesystem::exists(results + "/large.result.csv"); }, 120s);
    CHECK(count_in(read_file(results + "/large.result.csv"), "\n") == 300'001);
    CHECK(count_in(read_file(results + "/large.rejected.csv"), "\n") == 300'001);
    CHECK_THAT(read_file(results + "/large.summary.txt"), Contains("300000 rejected"));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(peak_memory_mb(s.daemon().pid()) <= 64);
#endif
}
