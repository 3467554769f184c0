#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

using namespace orderd::tests;

namespace {

namespace fs = std::filesystem;
using names = std::set<std::string>;

const std::string sources = ORDERD_SOURCE_DIR;

/// Tables that grow as long as the service is used.
const names growing{"order", "order_event",    "row_cells",    "duplicate_row", "order_row",
                    "batch", "site",           "site_history", "contract",      "site_credential",
                    "tally", "batch_progress", "site_refresh"};

/// Indexes of what waits or is under way: they stay small, and to read one whole is to read what is asked for.
const names hot{"order_ready",       "order_in_doubt", "order_submitting", "order_accepted",         "order_received",
                "order_row_waiting", "batch_paused",   "batch_open",       "batch_progress_minutes", "instance_live"};

/// Statements that say themselves that they read something whole, and what.
const std::map<std::string, names> read_whole{
    {"count_differences", {"order", "site", "contract"}}, // compares everything, some times a day
    {"reread_sites", {"site"}},                           // once a day
    {"sites_in_use", {"site"}},                           // once a day
    {"doubt_restored_held", {"order"}},                   // once, when a backup was restored
};

/// Statements that some thousand keys are looked up with: in a transaction that probes indexes.
const names probing{"known_orders", "known_sites",      "take_table_rows",
                    "judge_orders", "empty_details_of", "empty_intake_rows"};

/// Statements that are planned anew for their values, because some of these mean "all": a usual call.
const std::map<std::string, std::string> with_values{{"batch_overviews", "('', 0, 0, false, 50)"},
                                                     {"count_by_state", "(7)"}};

/// Nodes that hand on rows as they come: a limit above them is one below.
const names keeps_order{"Nested Loop", "LockRows", "Subquery Scan", "Result"};

/// What a plan reads whole: "table" of a sequential scan, "table by index" where no condition limits the index and
/// nobody stops at the first rows.
void collect(const json::object& node, bool limited, names& found)
{
    auto text = [&](const char* key) {
        auto* v = node.if_contains(key);
        return v ? std::string(v->as_string()) : "";
    };
    auto kind = text("Node Type"), table = text("Relation Name"), index = text("Index Name");
    if (kind == "Seq Scan" && growing.contains(table)) found.insert(table);
    bool by_index = kind == "Index Scan" || kind == "Index Only Scan" || kind == "Bitmap Index Scan";
    bool stops = limited && !node.contains("Filter");
    if (by_index && !node.contains("Index Cond") && !stops && !hot.contains(index) &&
        (table.empty() || growing.contains(table)))
        found.insert((table.empty() ? "a table" : table) + " by " + index);
    if (auto* below = node.if_contains("Plans"))
        for (const auto& plan : below->as_array())
            collect(plan.as_object(), kind == "Limit" || (limited && keeps_order.contains(kind)), found);
}

names whole_tables_in(pqxx::work& tx, const std::string& statement, const std::string& values)
{
    tx.exec("prepare planned as " + statement);
    auto parameters =
        tx.exec("select cardinality(parameter_types) from pg_prepared_statements where name = 'planned'")[0][0]
            .as<int>();
    std::string arguments = values;
    for (int i = 0; values.empty() && i < parameters; ++i) arguments += i ? ", null" : "(null";
    if (values.empty() && parameters) arguments += ")";
    tx.exec(std::string("set local plan_cache_mode = ") +
            (values.empty() ? "force_generic_plan" : "force_custom_plan"));
    auto told = tx.exec("explain (format json) execute planned " + arguments)[0][0].as<std::string>();
    tx.exec("deallocate planned");
    names found;
    auto plans = json::parse(told);
    for (const auto& plan : plans.as_array()) collect(plan.at("Plan").as_object(), false, found);
    return found;
}

std::string joined(const names& all)
{
    std::string out;
    for (const auto& n : all) out += (out.empty() ? "" : ", ") + n;
    return out;
}

}

TEST_CASE("no statement reads a table whole that grows, unless it must and says so")
{
    stage::options o;
    o.start_provider = false;
    stage s(o);
    REQUIRE(s.verb({"migrate"}).code == 0);
    pqxx::connection connection(s.database_url());
    {
        pqxx::work tx(connection);
        tx.exec(read_file(sources + "/tests/integration/some_years.sql"));
        tx.commit();
    }
    {
        pqxx::nontransaction gather(connection);
        gather.exec("vacuum analyze");
    }
    auto plan = [&](const std::string& statement, const std::string& values, bool probes) {
        pqxx::work tx(connection);
        tx.exec("set local jit = off");
        if (probes)
            tx.exec(
                "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off");
        return whole_tables_in(tx, statement, values);
    };
    // What the test looks for is found where it is.
    CHECK(plan("select from orderd.\"order\" where customer_site_name = $1", "", false) == names{"order"});
    CHECK(plan("select id from orderd.\"order\" order by id", "", false) == names{"order by order_pkey"});
    CHECK(plan("select id from orderd.\"order\" where id > $1 order by id limit 10", "", false).empty());

    int looked_at = 0;
    for (const auto& entry : fs::directory_iterator(sources + "/sql/queries")) {
        auto name = entry.path().stem().string();
        auto values = with_values.find(name);
        auto found = plan(read_file(entry.path().string()), values == with_values.end() ? "" : values->second,
                          probing.contains(name));
        if (auto allowed = read_whole.find(name); allowed != read_whole.end())
            std::erase_if(found,
                          [&](const std::string& n) { return allowed->second.contains(n.substr(0, n.find(' '))); });
        INFO(name << ".sql reads whole: " << joined(found));
        CHECK(found.empty());
        ++looked_at;
    }
    CHECK(looked_at > 60);
}
