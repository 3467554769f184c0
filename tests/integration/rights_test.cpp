#include "program.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <map>
#include <set>
#include <sstream>

using namespace orderd::tests;

namespace {

using names = std::set<std::string>;

names split_lines(const std::string& text)
{
    names out;
    std::stringstream in(text);
    for (std::string one; std::getline(in, one);) out.insert(one);
    return out;
}

/// Tries every kind of access to every table, view, sequence and column, and undoes each try. A line for each that is
/// not refused: "select report.batch(*)", "insert intake.approval(batch_name decision)", "delete orderd.site".
constexpr auto try_all = R"(
create function public.may(wanted text, statement text) returns boolean language plpgsql as $$
begin
    execute format('set local role %I', wanted);
    execute statement;
    raise exception 'it may' using errcode = 'ZZ001';
exception
    when insufficient_privilege or object_not_in_prerequisite_state or feature_not_supported or wrong_object_type or generated_always then return false;
    when others then return true; -- it went through, or was stopped by something else than a missing right
end $$;
create function public.try_all(wanted text) returns setof text language plpgsql as $$
declare
    r record;
    action text;
    allowed text[];
begin
    for r in select format('%I.%I', n.nspname, c.relname) as name, c.relkind,
                    array(select quote_ident(attname) from pg_attribute a where a.attrelid = c.oid and attnum > 0 and not attisdropped order by attnum) as columns
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname in ('orderd', 'intake', 'report', 'public') and c.relkind in ('r', 'v', 'm', 'S') loop
        foreach action in array array['select', 'insert', 'update'] loop
            continue when r.relkind = 'S' and action <> 'select';
            allowed := array(select c from unnest(r.columns) with ordinality as t (c, n) where may(wanted, case action
                when 'select' then format('select %s from %s limit 0', c, r.name)
                when 'insert' then format('insert into %s (%s) values (default)', r.name, c)
                else format('update %s set %s = default where false', r.name, c) end) order by n);
            if allowed <> '{}' then
                return next action || ' ' || r.name || '(' || case when allowed = r.columns then '*' else array_to_string(allowed, ' ') end || ')';
            end if;
        end loop;
        if r.relkind = 'S' then
            if may(wanted, format('select nextval(%L)', r.name)) then return next 'nextval ' || r.name; end if;
            continue;
        end if;
        if may(wanted, format('delete from %s where false', r.name)) then return next 'delete ' || r.name; end if;
        if may(wanted, format('truncate %s', r.name)) then return next 'truncate ' || r.name; end if;
        if has_table_privilege(wanted, r.name, 'references') or has_any_column_privilege(wanted, r.name, 'references') then return next 'references ' || r.name; end if;
        if has_table_privilege(wanted, r.name, 'trigger') then return next 'trigger ' || r.name; end if;
    end loop;
    for r in select distinct format('%I.%I', n.nspname, p.proname) as name
               from pg_proc p join pg_namespace n on n.oid = p.pronamespace
              where n.nspname in ('orderd', 'intake', 'report') and p.prorettype <> 'trigger'::regtype
                and has_schema_privilege(wanted, n.oid, 'usage') and has_function_privilege(wanted, p.oid, 'execute') loop
        return next 'call ' || r.name;
    end loop;
end $$)";

names allowed(stage& s, const std::string& role)
{
    return split_lines(s.sql("select string_agg(what, E'\n') from public.try_all('" + role + "') what"));
}

/// What is there and should not be (+), and what is missing (-).
std::string differences(const names& found, const names& expected)
{
    std::string out;
    for (const auto& one : found)
        if (!expected.contains(one)) out += "+ " + one + "\n";
    for (const auto& one : expected)
        if (!found.contains(one)) out += "- " + one + "\n";
    return out;
}

names views_of_report(stage& s, const std::string& form)
{
    return split_lines(
        s.sql("select string_agg(format('" + form + "', viewname), E'\n') from pg_views where schemaname = 'report'"));
}

/// What a program may say about a row; everything else is written by the database or the daemon.
const std::string columns_of_programs =
    "batch_name request_key order_type customer_code customer_site_name case_name line_id line_access_key "
    "hope_to_open_at product_codes installation_zip_code installation_prefectures installation_address "
    "installation_company_name installation_department_name installation_client_name installation_tel "
    "terminal_zip_code terminal_prefectures terminal_address terminal_company_name terminal_department_name "
    "terminal_client_name terminal_tel terminal_hope_to_at lan_network_address lan_interface_address dhcp_how_to_use "
    "dhcp_start_address dhcp_end_address dhcp_dns1 dhcp_dns2 customer_site_code change_products hope_to_end_at "
    "overwrite_check_flag submit_after brought_by";

/// What the daemon's role may do with a table; everything where nothing else is said.
const std::map<std::string, std::string> less_for_the_daemon{{"orderd.approval", "select insert"},
                                                             {"orderd.secret_access", "select insert"},
                                                             {"orderd.seen_order_code", "select insert delete"},
                                                             {"orderd.month", "select"},
                                                             {"public.orderd_migration", "select"}};
/// It numbers the orders of a batch in a row.
const names numbers_of_orders{"select orderd.order_id_seq(*)", "nextval orderd.order_id_seq"};

}

TEST_CASE("every role can do what it is for with every column, and nothing else")
{
    stage s({.start_provider = false});
    REQUIRE(s.verb({"migrate"}).code == 0);
    s.sql(try_all);
    CHECK(allowed(s, "orderd_intake") == names{"select intake.order_row(*)",
                                               "insert intake.order_row(" + columns_of_programs + ")",
                                               "select intake.row_status(*)", "call intake.sees_all"});
    CHECK(allowed(s, "orderd_approval") ==
          names{"select intake.approval(*)",
                "insert intake.approval(batch_name decision approver why orders first_year_price)",
                "call intake.sees_all"});
    auto views = views_of_report(s, "select report.%I(*)");
    CHECK(views.size() >= 14);
    views.insert("call report.today");
    CHECK(allowed(s, "orderd_report") == views);
    auto secrets = allowed(s, "orderd_secrets");
    std::erase_if(secrets, [](const std::string& one) { return one.starts_with("call orderd."); });
    CHECK(secrets == names{"select orderd.site(*)", "select orderd.site_credential(*)",
                           "insert orderd.secret_access(operator code)"});

    auto app = views_of_report(s, "select report.%I(*)");
    auto tables = split_lines(s.sql("select string_agg(format('%I.%I', schemaname, tablename), E'\n') from pg_tables "
                                    "where schemaname in ('orderd', 'intake', 'public')"));
    for (const auto& table : tables) {
        auto less = less_for_the_daemon.find(table);
        std::stringstream actions(less == less_for_the_daemon.end() ? "select insert update delete" : less->second);
        for (std::string action; actions >> action;)
            app.insert(action + " " + table + (action == "delete" ? "" : "(*)"));
    }
    for (auto view : {"orderd.charge_line", "orderd.order_story", "orderd.tally_now", "intake.row_status"})
        app.insert("select " + std::string(view) + "(*)");
    app.insert(numbers_of_orders.begin(), numbers_of_orders.end());
    auto found = allowed(s, "orderd_app");
    std::erase_if(found, [](const std::string& one) { return one.starts_with("call "); });
    CHECK(differences(found, app) == "");

    // Events and decisions are final even for whom tables belong to, and no function acts with another's rights.
    for (auto table : {"orderd.order_event", "orderd.approval", "orderd.secret_access"})
        CHECK_THROWS_WITH(s.sql(std::string("update ") + table + " set id = default"),
                          Catch::Matchers::Contains("never updated"));
    CHECK(s.sql("select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where prosecdef and "
                "nspname in ('orderd', 'intake', 'report')") == "0");
    for (std::string role : {"orderd_intake", "orderd_approval", "orderd_report", "orderd_secrets", "orderd_app"}) {
        INFO(role);
        for (std::string schema : {"orderd", "intake", "report"})
            CHECK_THROWS(s.sql("begin; set local role " + role + "; create table " + schema + ".mine (a int)"));
        CHECK_THROWS(s.sql("begin; set local role " + role + "; create role somebody"));
    }
    CHECK_THROWS(s.sql("begin; set local role orderd_report; select * from orderd.product_at('x', now())"));
}

TEST_CASE("a daemon whose login is no more than a member of orderd_app does all of its work")
{
    stage s({.daemon_toml = "submission.requests_per_second = 100\nsubmission.approval_above = 1\n"});
    REQUIRE(s.verb({"migrate"}).code == 0);
    program app(s, "app", "orderd_app");
    s.set_keys("database.url = \"" + app.url() + "\"");
    CHECK_THAT(s.verb({"check"}).output, !Catch::Matchers::Contains("permission denied"));
    s.start_and_wait();
    s.insert_starts(5);
    s.drop("some.csv", stage::starts_csv(5) + "K1,1,again\r\n,9,wrong\r\n");
    wait_until("all rows", [&] { return s.count("awaiting_approval") == 10; });
    s.sql("insert into intake.approval (batch_name, approver) values ('table', 'tanaka'), ('some', 'tanaka')");
    s.wait_for_end();
    wait_until("their sites",
               [&] { return s.sql("select count(*) from orderd.site where detail_read_at is not null") == "10"; });
    wait_until("the answers",
               [&] { return s.sql("select reported_at = 'infinity' from orderd.batch where name = 'some'") == "t"; });
    CHECK(s.count("completed") == 10);
    for (auto words : {std::vector<std::string>{"status"},
                       {"health"},
                       {"orders", "show", "K1"},
                       {"sites", "list"},
                       {"products", "sync"},
                       {"sites", "sync"},
                       {"reconcile"}}) {
        INFO(words.front());
        auto done = s.verb(words);
        INFO(done.output << done.errors);
        CHECK(done.errors.find("permission denied") == std::string::npos);
    }
    CHECK(s.count("rejected") > 0);
    s.set_keys("database.keep_details = \"1s\"\ndatabase.keep_events = \"1s\"\ndatabase.keep_rejected = \"1s\"\n");
    s.daemon().send(SIGHUP);
    wait_until("what is over to be deleted", [&] {
        return s.count("rejected") == 0 &&
               s.sql("select count(*) from orderd.\"order\" where details is not null") == "0";
    });
    CHECK(s.stop_daemon() == 0);
    CHECK_THAT(s.log(), !Catch::Matchers::Contains("refused by the database") &&
                            !Catch::Matchers::Contains("permission denied") &&
                            !Catch::Matchers::Contains("level=error"));
    s.check_ledger(10);
}

TEST_CASE("a daemon with a duty whose statements are all refused is not ready, says which, and does its other duties")
{
    auto right = GENERATE(as<std::string>(), "update on orderd.\"order\"", "insert on orderd.order_event",
                          "insert on orderd.tally_change", "insert on orderd.batch");
    INFO(right);
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    program app(s, "app", "orderd_app");
    s.set_keys("database.url = \"" + app.url() + "\"");
    s.start_and_wait();
    auto readiness = [&] { return stage::get(s.operations_port(), "/readyz"); };
    s.insert_starts(3);
    s.wait_for_end();
    s.sql("revoke " + right + " from orderd_app");
    s.insert_starts(3, "refused", 10);
    wait_until("the daemon not to be ready", [&] { return readiness().first == 503; });
    CHECK_THAT(readiness().second,
               Catch::Matchers::Contains("is refused by the database: permission denied for table"));
    CHECK(stage::get(s.operations_port(), "/").first == 200);
    CHECK(stage::get(s.operations_port(), "/metrics").second.find("orderd_database_up 1") != std::string::npos);
    s.sql("grant " + right + " to orderd_app");
    s.wait_for_end();
    wait_until("it to be ready again", [&] { return readiness().first == 200; });
    CHECK(s.count("completed") == 6);
    s.check_ledger(6);
}

TEST_CASE("who looks at secrets is written down under its own name and time, whatever it says")
{
    stage s({.start_provider = false});
    REQUIRE(s.verb({"migrate"}).code == 0);
    auto last = [&](const std::string& what) {
        return s.sql("select " + what + " from orderd.secret_access order by id desc limit 1");
    };
    {
        program looks(s, "looks", "orderd_secrets");
        looks.sql("insert into orderd.secret_access (operator, code) values ('somebody else', 'S1')");
        CHECK(last("operator") == looks.name());
        CHECK(last("login") == looks.name());
        CHECK(last("claimed") == "somebody else");
        CHECK(last("at > now() - interval '1 hour'") == "t");
        for (auto forged :
             {"(operator, code, at) values ('x', 'S1', '2020-01-01')",
              "(operator, code, login) values ('x', 'S1', 'x')", "(operator, code, claimed) values ('x', 'S1', 'x')",
              "(id, operator, code) overriding system value values (1, 'x', 'S1')"})
            CHECK_THROWS_WITH(looks.sql(std::string("insert into orderd.secret_access ") + forged),
                              Catch::Matchers::Contains("permission denied"));
    }
    {
        program daemon(s, "daemon", "orderd_app"); // tells which person asked it, and nothing else
        daemon.sql(
            "insert into orderd.secret_access (operator, code, at, login) values ('a person', 'S1', '2020-01-01', "
            "'x')");
        CHECK(last("operator") == "a person");
        CHECK(last("login") == daemon.name());
        CHECK(last("at > now() - interval '1 hour'") == "t");
    }
    CHECK(s.sql("select count(*) from orderd.secret_access") == "2");
}

TEST_CASE("a program sees what became of its own rows, and of nobody else's")
{
    stage s;
    s.start_and_wait();
    program a(s, "a", "orderd_intake"), b(s, "b", "orderd_intake");
    auto give = [](program& by, const std::string& key, const std::string& line) {
        return by.sql("insert into intake.order_row (batch_name, request_key, order_type, line_id, line_access_key, "
                      "product_codes, customer_site_name) values ('" +
                      by.name() + "', '" + key + "', '1', '" + line +
                      "', 'aKey4711', '1-1-1-1-2', 'shop') returning id");
    };
    auto of_a = give(a, "A-1", "CAF5000000001");
    auto of_b = give(b, "B-1", "CAF5000000002");
    CHECK(of_a != of_b);
    wait_until("the orders to end", [&] { return s.count("completed") == 2; });

    for (auto* one : {&a, &b}) {
        INFO(one->name());
        CHECK(one->sql("select string_agg(request_key, ' ') from intake.order_row") == (one == &a ? "A-1" : "B-1"));
        CHECK(one->sql("select string_agg(request_key || ' ' || order_state, ' ') from intake.row_status") ==
              (one == &a ? "A-1 completed" : "B-1 completed"));
        CHECK(one->sql("select count(*) from intake.order_row where inserted_by = session_user") == "1");
        CHECK(one->sql("select order_code <> '' from intake.row_status") == "t");
    }
    CHECK(b.sql("select count(*) from intake.order_row where id = " + of_a) == "0");
    CHECK(b.sql("select count(*) from intake.row_status where id = " + of_a) == "0");
    CHECK(b.sql("set role orderd_intake; select count(*) from intake.order_row") == "0");
    b.sql("reset role");
    CHECK(s.sql("begin; set local role orderd_app; select count(*) from intake.order_row") == "2");
    CHECK(s.sql("begin; set local role orderd_app; select count(*) from intake.row_status") == "2");
    CHECK(s.sql("select count(*) from intake.row_status") == "2");

    // A condition that tells what it is asked about is asked about one's own rows only.
    b.sql("create temp table heard (word text)");
    b.sql("create function pg_temp.tell(word text) returns boolean language plpgsql cost 0.0001 as "
          "$$ begin insert into heard values (word); return true; end $$");
    b.sql("select count(*) from intake.order_row where pg_temp.tell(request_key)");
    b.sql("select count(*) from intake.row_status where pg_temp.tell(request_key)");
    CHECK(b.sql("select string_agg(distinct word, ' ') from heard") == "B-1");

    // Nor does a name of its own that comes before the one that is meant.
    s.sql("create schema lair authorization " + b.name());
    b.sql("create function lair.pg_has_role(oid, text) returns boolean language sql as 'select true'");
    b.sql("create function lair.same(text, name) returns boolean language sql as 'select true'");
    b.sql("create operator lair.= (leftarg = text, rightarg = name, function = lair.same)");
    b.sql(
        "create view lair.pg_class as select oid, (select oid from pg_roles where rolname = session_user) as relowner "
        "from pg_catalog.pg_class");
    b.sql(
        "create temp view pg_roles as select oid, 'orderd_app'::name as rolname from pg_catalog.pg_roles where rolname "
        "= session_user");
    b.sql("set search_path = pg_temp, lair, pg_catalog");
    CHECK(b.sql("select count(*) from intake.order_row") == "1");
    CHECK(b.sql("select count(*) from intake.row_status") == "1");
    b.sql("reset search_path; drop view pg_temp.pg_roles");

    // The very row of another: that it came before is told, not what became of it.
    auto again = give(b, "A-1", "CAF5000000001"), own = give(b, "B-1", "CAF5000000002");
    wait_until("the rows that came before",
               [&] { return b.sql("select count(*) from intake.row_status where row_state = 'duplicate'") == "2"; });
    CHECK(b.sql("select coalesce(order_state || order_code, 'not told') from intake.row_status where id = " + again) ==
          "not told");
    CHECK(b.sql("select order_state from intake.row_status where id = " + own) == "completed");

    // What was inserted before rows had owners belongs to nobody but the daemon.
    s.sql("update intake.order_row set inserted_by = null, inserted_as = null where id = " + of_b);
    CHECK(b.sql("select count(*) from intake.order_row where id = " + of_b) == "0");
    CHECK(b.sql("select count(*) from intake.row_status where id = " + of_b) == "0");
    // Those of 0.11.0 know the login.
    s.sql("update intake.order_row set inserted_by = '" + b.name() + "' where id = " + of_b);
    CHECK(b.sql("select count(*) from intake.row_status where id = " + of_b) == "1");
    CHECK(a.sql("select count(*) from intake.row_status where id = " + of_b) == "0");
}

TEST_CASE("a program says nothing that is the daemon's or the database's to say")
{
    stage s({.start_provider = false});
    REQUIRE(s.verb({"migrate"}).code == 0);
    program a(s, "a", "orderd_intake, orderd_approval"), b(s, "b", "orderd_intake, orderd_approval");
    for (std::string forged :
         {"id", "inserted_at", "state", "findings", "order_id", "taken_at", "inserted_by", "inserted_as"}) {
        INFO(forged);
        std::map<std::string, std::string> value{
            {"inserted_at", "now()"}, {"taken_at", "now()"}, {"state", "'taken'"}, {"findings", "'[]'"}};
        auto as = value.contains(forged) ? value[forged] : "'1'";
        CHECK_THROWS_WITH(a.sql("insert into intake.order_row (batch_name, " + forged +
                                ") overriding system value "
                                "values ('b', " +
                                as + ")"),
                          Catch::Matchers::Contains("permission denied"));
        CHECK_THROWS_WITH(a.sql("update intake.order_row set " + forged + " = default"),
                          Catch::Matchers::Contains("permission denied"));
    }
    CHECK(a.sql("insert into intake.order_row (batch_name) values ('b') returning inserted_by") == a.name());
    CHECK(a.sql("insert into intake.order_row (batch_name) values ('b'), ('b') returning state") == "received");
    CHECK_THROWS(a.sql("insert into intake.order_row (batch_name) values ('b') on conflict (id) do update set state = "
                       "'taken'"));
    CHECK_THROWS(a.sql("delete from intake.order_row"));
    CHECK(a.sql("select count(*) from intake.order_row") == "3");
    CHECK(b.sql("select count(*) from intake.order_row") == "0");

    CHECK_THROWS(a.sql("insert into intake.approval (batch_name, state) values ('b', 'done')"));
    CHECK_THROWS(a.sql("insert into intake.approval (batch_name, inserted_by) values ('b', 'somebody')"));
    CHECK(a.sql("insert into intake.approval (batch_name, approver) values ('b', 'tanaka') returning inserted_by") ==
          a.name());
    CHECK(a.sql("select count(*) from intake.approval") == "1");
    CHECK(b.sql("select count(*) from intake.approval") == "0");
    CHECK(s.sql("select count(*) from intake.approval") == "1");
}
