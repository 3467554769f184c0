#include "orderd/core/column.hpp"
#include "orderd/intake/content_hash.hpp"
#include "orderd/store/batches.hpp"
#include "stage.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

using namespace orderd;
using namespace orderd::tests;
using Catch::Matchers::Contains;

// A line is the same line in capital and small letters, in full and half width, however it was written before.
namespace {

namespace fs = std::filesystem;

void insert_start(stage& s, const std::string& key, const std::string& line)
{
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, customer_site_name, line_id, "
          "line_access_key, product_codes) values ('rows', nullif('" +
          key + "', ''), '1', '店', '" + line + "', 'a1b2c3d4', '1-1-1-1-2')");
}

std::string row_state(stage& s, const std::string& line)
{
    return s.sql("select string_agg(state, ' ' order by id) from intake.order_row where line_id = '" + line + "'");
}

void wait_for_row(stage& s, const std::string& line, const std::string& state)
{
    wait_until("the row of " + line + " to be " + state, [&] { return row_state(s, line) == state; });
}

/// The schema as release 0.11.0 made it.
void make_schema_of_0_11(stage& s)
{
    s.sql("create table public.orderd_migration (version int primary key, name text not null, applied_at timestamptz "
          "not null default now())");
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(std::string(ORDERD_SOURCE_DIR) + "/sql/migrations"))
        if (std::stoi(entry.path().filename().string()) <= 16) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() == 16);
    for (const auto& file : files) {
        s.sql(read_file(file));
        s.sql("insert into public.orderd_migration values (" + std::to_string(std::stoi(file.filename().string())) +
              ", '" + file.stem().string() + "')");
    }
}

/// An order as it was kept when lines were told apart by case.
void insert_old_order(stage& s, const std::string& key, const std::string& hash, const std::string& state,
                      const std::string& line)
{
    s.sql("insert into orderd.batch (name, source) values ('old', 'table') on conflict do nothing");
    s.sql("insert into orderd.\"order\" (batch_id, source_row, request_key, content_hash, state, not_before, "
          "order_type, natural_key, line_id, customer_code, product_codes, details, finished_at) "
          "select id, 1, '" +
          key + "', '" + hash + "', '" + state + "', 'infinity', 1, 'start:" + line + "', '" + line +
          "', 'A10000105', '1-1-1-1-2', '[\"a1b2c3d4\"]', case when '" + state +
          "' in ('completed', 'rejected') then now() end from orderd.batch where name = 'old'");
}

std::string natural_key_of(stage& s, const std::string& key)
{
    return s.sql("select natural_key from orderd.\"order\" where request_key = '" + key + "'");
}

}

TEST_CASE("one line in capital and in small letters is one line")
{
    stage s({.settings_toml = "progress_min_ms = 3600000\nprogress_max_ms = 3600000\n", .slow_orders = true});
    s.start_and_wait();
    insert_start(s, "K-1", "cAf-5000000001");
    wait_until("the order", [&] { return s.count("accepted") == 1; });
    // It is sent, and kept, in capital letters.
    CHECK(s.ledger()[0].at("naturalKey").as_string() == "start:CAF5000000001");
    CHECK(s.sql("select line_id from orderd.\"order\"") == "CAF5000000001");

    for (std::string other : {"CAF5000000001", "caf5000000001", "ｃａｆ５０００００００01", "CaF 5000-000001"}) {
        insert_start(s, "", other);
        insert_start(s, "K-OTHER", other);
        wait_for_row(s, other, "rejected rejected");
    }
    CHECK(s.sql("select count(*) from report.rejection where rule = 'live_order_exists'") == "8");
    // The very row again, written otherwise.
    insert_start(s, "K-1", "CAF5000000001 ");
    wait_for_row(s, "CAF5000000001 ", "duplicate");

    s.drop("lines.csv", "request_key,order_type,line_id,line_access_key,product_codes\n"
                        "F-1,1,abc6000000001,a1b2c3d4,1-1-1-1-2\nF-2,1,ABC6000000001,a1b2c3d4,1-1-1-1-2\n");
    wait_until("the file",
               [&] { return s.sql("select count(*) from report.batch where batch_name = 'lines'") == "1"; });
    CHECK(s.sql("select string_agg(state, ' ' order by request_key) from orderd.\"order\" where request_key like 'F-%' "
                "and state = 'rejected'") == "rejected");

    for (auto word : {"caf5000000001", "CAF5000000001", "ｃａｆ５０００００００01", "caf-5000-000001"}) {
        INFO(word);
        auto listed = s.verb({"orders", "list", "--line", word, "--json"});
        CHECK(listed.code == 0);
        CHECK_THAT(listed.output, Contains("\"K-1\""));
    }
    CHECK_THAT(stage::get(s.operations_port(), "/orders?line=caf5000000001").second, Contains("K-1"));
    CHECK(s.tally_is_true());
}

TEST_CASE("lines of before are compared without regard to case, and what was sent stays as it was sent")
{
    stage s;
    make_schema_of_0_11(s);
    insert_old_order(s, "LOWER", "h1", "accepted", "caf7000000001");
    insert_old_order(s, "ENDED", "h2", "completed", "caf7000000002");
    insert_old_order(s, "TWICE-1", "h3", "accepted", "caf7000000003");
    insert_old_order(s, "TWICE-2", "h4", "held", "CAF7000000003");
    insert_old_order(s, "TWICE-3", "h5", "ready", "Caf7000000003");
    insert_old_order(s, "MIXED-1", "h6", "held", "caf7000000004");
    insert_old_order(s, "MIXED-2", "h7", "held", "caF7000000004");
    for (auto [code, line] : {std::pair{"S1", "caf7000000009"}, {"S2", "CAF7000000009"}})
        s.sql(std::string("insert into orderd.site (code, status, line_id, detail) values ('") + code + "', '1', '" +
              line + "', '{}')");
    auto migrated = s.verb({"migrate"});
    INFO(migrated.output << migrated.errors);
    REQUIRE(migrated.code == 0);

    CHECK(natural_key_of(s, "LOWER") == "start:CAF7000000001");
    CHECK(natural_key_of(s, "ENDED") == "start:CAF7000000002");
    CHECK(natural_key_of(s, "TWICE-1") == "start:caf7000000003"); // two live orders there were, two there are
    CHECK(natural_key_of(s, "TWICE-2") == "start:CAF7000000003");
    CHECK(natural_key_of(s, "MIXED-1") == "start:CAF7000000004");
    CHECK(natural_key_of(s, "MIXED-2") == "start:caF7000000004");
    CHECK(s.sql("select line_id from orderd.\"order\" where request_key = 'LOWER'") == "caf7000000001");
    CHECK(s.sql("select count(*) from report.difference where kind = 'line_twice'") == "2");
    CHECK_THAT(s.verb({"orders", "list", "--line", "CAF7000000003", "--json"}).output,
               Contains("TWICE-1") && Contains("TWICE-2"));

    // A row that came before 0.12.0 is known again, whether its author or its content named it.
    {
        auto session = store::open_session(s.database_url());
        row_values row;
        row[column::order_type] = "1";
        row[column::customer_site_name] = "店";
        row[column::line_id] = "caf7000000005";
        row[column::line_access_key] = "a1b2c3d4";
        row[column::product_codes] = "1-1-1-1-2";
        auto hash = intake::content_hash(store::content_key(*session), row);
        insert_old_order(s, "auto-" + hash, hash, "completed", "caf7000000005");
        row[column::line_id] = "caf7000000006";
        insert_old_order(s, "NAMED", intake::content_hash(store::content_key(*session), row), "completed",
                         "caf7000000006");
    }
    s.start_and_wait();
    insert_start(s, "", "caf7000000001");
    wait_for_row(s, "caf7000000001", "rejected");
    insert_start(s, "", "Caf7000000003");
    wait_for_row(s, "Caf7000000003", "rejected");
    insert_start(s, "", "caf7000000005");
    wait_for_row(s, "caf7000000005", "duplicate");
    insert_start(s, "NAMED", "caf7000000006");
    wait_for_row(s, "caf7000000006", "duplicate");
}
