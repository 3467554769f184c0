#include "orderd/store/sites.hpp"
#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

/// Months with what finance pays in them: "2026-01 11200".
std::string monthly_amounts(stage& s, const std::string& until)
{
    return s.sql("select string_agg(to_char(month, 'YYYY-MM') || ' ' || amount, E'\\n' order by month) from (select "
                 "month, sum(amount) as amount from report.charge where month between '2026-01-01' and '" +
                 until + "' group by month) m");
}

std::string one_order(const std::string& key, int type, const std::string& site, const std::string& products,
                      const std::string& accepted, const std::string& finished, const std::string& state = "completed")
{
    std::string natural = (type == 1 ? "start:CAF" + key : type == 2 ? "change:" + site : "cancel:" + site);
    return "insert into orderd.\"order\" (batch_id, source_row, request_key, content_hash, state, order_type, "
           "natural_key, "
           "line_id, product_codes, customer_site_code, order_code, received_at, accepted_at, finished_at) values "
           "((select "
           "id from orderd.batch), 1, '" +
           key + "', '" + key + "', '" + state + "', " + std::to_string(type) + ", '" + natural + "', 'CAF" + key +
           "', '" + products + "', " + (site.empty() ? "null" : "'" + site + "'") + ", 'A-" + key + "', '" + accepted +
           "+09', '" + accepted + "+09', '" + finished + "+09');";
}

struct told_contract {
    std::string code, type, start, end;
};

/// What the provider tells of a site, kept as the daemon keeps it.
std::string one_site(const std::string& code, const std::vector<told_contract>& contracts, const std::string& end = "")
{
    json::array all;
    for (const auto& c : contracts)
        all.push_back(json::object{{"productCode", c.code},
                                   {"productName", "product " + c.code},
                                   {"productType", c.type},
                                   {"startAt", c.start},
                                   {"endAt", c.end}});
    auto detail = json::serialize(json::object{{"customerSiteCode", code}, {"contracts", all}});
    return "insert into orderd.site (code, name, status, line_id, start_at, end_at, detail, detail_read_at) values ('" +
           code + "', '" + code + "', '" + (end.empty() ? "1" : "2") + "', 'CAF" + code + "', '" + contracts[0].start +
           "', nullif('" + end + "', ''), '" + detail +
           "', now()) on conflict (code) do update set status = excluded.status, end_at = excluded.end_at, detail = "
           "excluded.detail, read_at = now(), detail_read_at = now();";
}

std::string prices(const std::string& code, int type, int once, int monthly, int period)
{
    return "insert into orderd.product (code, name, type, purchase_price, monthly_price, shortest_period) values ('" +
           code + "', 'product " + code + "', " + std::to_string(type) + ", " + std::to_string(once) + ", " +
           std::to_string(monthly) + ", " + std::to_string(period) +
           ") on conflict (code) do update set purchase_price = excluded.purchase_price, monthly_price = "
           "excluded.monthly_price, shortest_period = excluded.shortest_period;";
}

}

TEST_CASE("three months of orders, changes, early ends, a new price and a partial failure are charged to the yen")
{
    stage s({.start_provider = false});
    REQUIRE(s.verb({"migrate"}).code == 0);
    s.sql("insert into orderd.batch (name, source) values ('example', 'csv') returning id");
    s.sql(prices("A", 1, 7000, 1900, 12) + prices("B", 1, 3000, 1200, 12) + prices("O", 2, 0, 500, 0));
    s.sql("update orderd.product_history set valid_from = '2025-12-01 00:00+09'");
    // From February 10 on, A and O cost more.
    s.sql(prices("A", 1, 7500, 2000, 12) + prices("O", 2, 0, 600, 0));
    s.sql("update orderd.product_history set valid_to = '2026-02-10 00:00+09' where valid_to is not null;"
          "update orderd.product_history set valid_from = '2026-02-10 00:00+09' where valid_from > '2026-03-01'");
    CHECK(
        s.sql("select string_agg(product_code || ':' || monthly_price || ':' || coalesce(ended_by, '-'), ' ' order by "
              "product_code, valid_from) from report.product_price") ==
        "A:1900:price A:2000:- B:1200:- O:500:price O:600:-");

    s.sql(one_order("1", 1, "S1", "A|O", "2026-01-05 10:00", "2026-01-20 12:00") +
          one_order("2", 1, "S2", "A", "2026-02-09 23:30", "2026-02-25 12:00") + // half an hour before the new price
          one_order("3", 1, "S3", "A", "2026-02-10 00:30", "2026-02-28 12:00") +
          one_order("4", 1, "S4", "B", "2026-01-10 10:00", "2026-01-31 12:00") +
          one_order("5", 1, "S5", "A|O", "2026-02-12 10:00", "2026-02-20 12:00", "partially_failed") +
          one_order("7", 1, "", "A|O", "2026-02-12 10:00", "2026-02-20 12:00", "failed") +
          one_order("9", 1, "S9", "B", "2026-03-01 10:00", "2026-03-03 12:00"));
    s.sql(one_site("S1", {{"A", "1", "20260120", ""}, {"O", "2", "20260120", ""}}) +
          one_site("S2", {{"A", "1", "20260225", ""}}) + one_site("S3", {{"A", "1", "2026/02/28", ""}}) +
          one_site("S4", {{"B", "1", "20260131", ""}}) + one_site("S5", {{"A", "1", "20260220", ""}}) +
          one_site("S8", {{"B", "1", "20251215", ""}}) + // nobody here ordered it
          one_site("S9", {{"B", "1", "20260303", ""}}));
    // S4 and S9 end early; S1 gives its option up; S2 gets one.
    s.sql(one_order("4c", 3, "S4", "", "2026-03-01 10:00", "2026-03-15 12:00") +
          one_order("9c", 3, "S9", "", "2026-03-10 10:00", "2026-03-20 12:00") +
          one_order("1c", 2, "S1", "3:O", "2026-03-05 10:00", "2026-03-12 12:00") +
          one_order("2c", 2, "S2", "1:O", "2026-03-02 10:00", "2026-03-10 12:00"));
    s.sql(one_site("S4", {{"B", "1", "20260131", "20260315"}}, "20260315") +
          one_site("S9", {{"B", "1", "20260303", "20260320"}}, "20260320") +
          one_site("S1", {{"A", "1", "20260120", ""}}) + // the provider no longer tells the option
          one_site("S2", {{"A", "1", "20260225", ""}, {"O", "2", "20260310", ""}}));

    // January:  S1 7000 (+0), S4 3000, S8 1200
    // February: S1 1900 + 500, S2 7000, S3 7500, S4 1200, S5 7500, S8 1200
    // March:    S1 1900 + 500, S2 1900 + 0, S3 2000, S4 1200, S5 2000, S8 1200, S9 3000
    // April:    S1 1900, S2 1900 + 600, S3 2000, S5 2000, S8 1200
    CHECK(monthly_amounts(s, "2026-04-01") == "2026-01 11200\n2026-02 26800\n2026-03 13700\n2026-04 9600");
    auto of = [&](const std::string& site) {
        return s.sql(
            "select string_agg(to_char(month, 'MM') || product_code || ' ' || initial_fee || '+' || monthly_fee, ', ' "
            "order by month, product_code) from report.charge where month <= '2026-04-01' and customer_site_code = '" +
            site + "'");
    };
    CHECK(of("S1") == "01A 7000+0, 01O 0+0, 02A 0+1900, 02O 0+500, 03A 0+1900, 03O 0+500, 04A 0+1900");
    CHECK(of("S2") == "02A 7000+0, 03A 0+1900, 03O 0+0, 04A 0+1900, 04O 0+600");
    CHECK(of("S3") == "02A 7500+0, 03A 0+2000, 04A 0+2000");
    CHECK(of("S4") == "01B 3000+0, 02B 0+1200, 03B 0+1200");
    CHECK(of("S5") == "02A 7500+0, 03A 0+2000, 04A 0+2000");
    CHECK(of("S9") == "03B 3000+0");
    // Ended early: S4 after two of twelve months, S9 after none.
    CHECK(
        s.sql(
            "select string_agg(customer_site_code || ' ' || to_char(month, 'MM') || ' ' || months_left || ' ' || "
            "amount_at_risk, ', ' "
            "order by 1) from (select * from report.charge where amount_at_risk > 0 order by customer_site_code) c") ==
        "S4 03 10 12000, S9 03 12 14400");
    CHECK(s.sql("select string_agg(distinct customer_site_code, ',') from report.charge where not ordered_here") ==
          "S8");
    CHECK(s.sql("select bool_and(price_known) from report.charge") == "t");

    // What the orders themselves say: prices frozen at acceptance.
    CHECK(
        s.sql(
            "select string_agg(request_key || product_code || change || ' ' || purchase_price || '+' || monthly_price, "
            "', ' order by "
            "request_key, product_code) from report.order_product where request_key in ('1', '2', '3', '1c', '2c')") ==
        "1Aadd 7000+1900, 1Oadd 0+500, 1cOremove 0+0, 2Aadd 7000+1900, 2cOadd 0+600, 3Aadd 7500+2000");

    SECTION("reading the sites again changes nothing; a later price neither")
    {
        s.sql("update orderd.site set detail = detail");
        s.sql(prices("A", 1, 9999, 9999, 99) + prices("B", 1, 9999, 9999, 99));
        s.sql("update orderd.site set detail = detail");
        CHECK(monthly_amounts(s, "2026-04-01") == "2026-01 11200\n2026-02 26800\n2026-03 13700\n2026-04 9600");
        CHECK(s.sql("select count(*) from orderd.site_history where code = 'S4'") == "1");
        CHECK(s.sql("select count(*) from orderd.site_history where code = 'S3'") == "0");
    }
    SECTION("the provider corrects an opening day: it is charged once")
    {
        s.sql(one_site("S3", {{"A", "1", "20260301", ""}}));
        CHECK(of("S3") == "03A 7500+0, 04A 0+2000");
    }
    SECTION("differences: what was ordered and is not there, what is there and was not ordered")
    {
        auto found = [&] {
            return s.sql(
                "select string_agg(kind || ' ' || customer_site_code || coalesce(' ' || product_code, ''), ', ' "
                "order by kind, customer_site_code) from report.difference");
        };
        // That S5 has no option is known: its order ended so.
        CHECK(found() == "site_without_order S8");
        s.sql(one_order("3c", 2, "S3", "1:O", "2026-03-05 10:00", "2026-03-06 12:00"));
        CHECK(found() == "product_missing S3 O, site_without_order S8");
        // Not before the site was read again after its order: then nothing is known yet.
        s.sql("update orderd.site set detail_read_at = '2026-03-01' where code = 'S3'");
        CHECK(found() == "site_without_order S8");
        s.sql("update orderd.site set detail_read_at = now() where code = 'S3'");
        // S4 has ended, and the provider goes on charging; S1 gets a product that nobody ordered; S3 vanishes from the
        // list; S9 is on the line of S2, and in use again although it was cancelled.
        s.sql(one_site("S4", {{"B", "1", "20260131", ""}}, "20260315") +
              one_site("S1", {{"A", "1", "20260120", ""}, {"X", "2", "20260320", ""}}) +
              one_site("S9", {{"B", "1", "20260303", ""}}));
        s.sql("update orderd.site set line_id = 'CAFS2' where code = 'S9';"
              "update orderd.\"order\" set hope_to_end_at = '202603' where request_key = '9c';"
              "insert into orderd.setting values ('sites_listed_from', (now() - interval '1 hour')::text);"
              "update orderd.site set read_at = now() - interval '1 day' where code = 'S3'");
        CHECK(found() == "cancelled_still_in_use S9, ended_still_charged S4 B, line_twice S2, line_twice S9, "
                         "product_missing S3 O, product_not_ordered S1 X, site_vanished S3, site_without_order S8");
        auto listed = s.verb({"sites", "differences"});
        CHECK(listed.code == 1);
        CHECK_THAT(listed.output, Contains("ended_still_charged") && Contains("S4"));
        CHECK(s.verb({"sites", "differences", "--kind", "order_without_site"}).code == 0);
        CHECK_THAT(s.verb({"sites", "differences", "--kind", "nonsense"}).errors, Contains("line_twice"));
        CHECK(s.sql("select count from orderd.difference_count where kind = 'line_twice'") == "2");
    }
    SECTION("what ending a contract now would cost, and how long opening took")
    {
        // Of twelve months from the one after the opening, those up to this month are over.
        CHECK(s.sql("select bool_and(months_left = greatest(0, 12 - ((extract(year from now() at time zone "
                    "'Asia/Tokyo')::int - 2026) "
                    "* 12 + extract(month from now() at time zone 'Asia/Tokyo')::int - 2)) and amount_at_risk = "
                    "months_left * "
                    "monthly_price) from report.contract where customer_site_code in ('S2', 'S3') and product_code = "
                    "'A'") == "t");
        CHECK(s.sql("select minimum_until from report.contract where customer_site_code = 'S3'") == "2027-02-28");
        CHECK(s.sql("select string_agg(customer_site_code || ' ' || days, ', ' order by customer_site_code) from "
                    "report.opening") == "S1 15, S2 16, S3 18, S4 21, S5 8, S9 2");
        CHECK(s.sql("select openings || ' ' || days_min || ' ' || days_median || ' ' || days_90_percent || ' ' || "
                    "days_max from "
                    "report.lead_time where opened_month = '2026-02-01' and product_code = 'A'") == "3 8 16 18 18");
    }
}

TEST_CASE("a new price is noticed, kept with what was before, and counts for what is not with the provider yet")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(2, "sent");
    s.wait_for_end();
    s.sql("insert into intake.order_row (batch_name, request_key, order_type, line_id, line_access_key, product_codes, "
          "submit_after) "
          "values ('waits', 'w1', '1', 'CAF4000000001', 'aaaa1111', '1-1-1-1-2', '2099-01-01'), "
          "('waits', 'w2', '1', 'CAF4000000002', 'aaaa1111', '1-0-2-0-2', '2099-01-01')");
    wait_until("the rows", [&] { return s.count("ready") == 2; });
    s.provider_settings(
        R"({"prices": {"1-1-1-1-2": {"purchasePrice": 4000, "monthlyPrice": 1500}}, "not_sold": ["0-1-1-3-2"]})");
    auto synced = s.verb({"products", "sync"});
    CHECK(synced.code == 0);
    CHECK_THAT(synced.errors, Contains("price 3000 + 1200 a month -> 4000 + 1500 a month") && Contains("0-1-1-3-2") &&
                                  Contains("not in the list; it stays"));
    CHECK(s.sql("select code || (missing_since is not null) from orderd.product where code = '0-1-1-3-2'") ==
          "0-1-1-3-2true");
    CHECK_THAT(s.verb({"products", "sync"}).errors, Contains("0-1-1-3-2") && Contains("no longer sold"));
    CHECK(s.sql("select string_agg(request_key || ' ' || purchase_price || ' ' || monthly_price, ', ' order by "
                "request_key) from "
                "report.order_result where batch_name = 'waits'") == "w1 4000 1500, w2 2000 900");
    CHECK(s.sql("select string_agg(distinct purchase_price || ' ' || monthly_price, ', ') from report.order_result "
                "where batch_name = "
                "'sent'") == "3000 1200");
    CHECK(s.sql("select purchase_price || ' ' || monthly_price || ' ' || first_year_price from report.batch where "
                "batch_name = 'waits'") == "6000 2400 34800");
    CHECK(s.sql("select count(*) from orderd.setting where name = 'reprice_after'") == "0");
    CHECK_THAT(s.verb({"products", "history"}).output, Contains("price") && Contains("vanished"));
    CHECK(s.tally_is_true());

    // The daemon notices by itself, says so and counts it.
    s.set_keys("tracking.catalogue_interval = \"1s\"\n");
    CHECK(s.stop_daemon() == 0);
    s.start_and_wait();
    s.provider_settings(R"({"prices": {}, "not_sold": []})");
    wait_until("the old price", [&] {
        return s.sql("select purchase_price from report.order_result where request_key = 'w1'") == "3000";
    });
    CHECK_THAT(s.log(), Contains("the product catalogue changed"));
    auto metrics = stage::get(s.operations_port(), "/metrics").second;
    CHECK(metrics.find("orderd_catalogue_changes_total{change=\"price\"} 1") != metrics.npos);
    CHECK(metrics.find("orderd_catalogue_changes_total{change=\"appeared\"} 1") != metrics.npos);
    // Every change has left its line, and lines follow one another without a gap.
    CHECK(s.sql("select count(*) from report.product_price where product_code = '1-1-1-1-2'") == "3");
    CHECK(s.sql("select bool_and(valid_to = following) from (select valid_to, lead(valid_from) over (partition by "
                "product_code order by "
                "valid_from nulls first) as following from report.product_price where product_code = '1-1-1-1-2') h "
                "where following is "
                "not null") == "t");
}

TEST_CASE("all sites are listed beyond what one list can hold")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    s.provider_post("/sites", R"({"count": 20500})");
    auto synced = s.verb({"sites", "sync", "--json"});
    INFO(synced.errors);
    CHECK(synced.code == 0);
    CHECK_THAT(synced.output, Contains("\"sites\":20500") && Contains("\"complete\":true"));
    CHECK(s.sql("select count(*) from orderd.site") == "20500");
    // Again: nothing is new, and nothing is due.
    s.sql("delete from orderd.site_refresh; update orderd.site set detail = '{\"contracts\": []}'");
    CHECK_THAT(s.verb({"sites", "sync", "--json"}).output, Contains("\"new\":0"));
    CHECK(s.sql("select count(*) from orderd.site_refresh") == "0");
}

TEST_CASE("a site vanishes when two complete lists of the provider miss it, not by one that is odd or incomplete")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    s.provider_post("/sites", R"({"count": 3})");
    auto vanished = [&] { return s.sql("select count(*) from report.difference where kind = 'site_vanished'"); };
    auto sync = [&] {
        auto before = s.requests("GET /customerSites");
        auto done = s.verb({"sites", "sync", "--json"});
        INFO(done.errors);
        CHECK(done.code == 0);
        return s.requests("GET /customerSites") - before;
    };
    constexpr long whole = 2; // the sites, and a page that brings nothing new
    CHECK(sync() == whole);
    CHECK(vanished() == "0");
    // A site that was in use and that the provider does not list any more: it is asked twice, and once it is known,
    // once.
    s.sql("insert into orderd.site (code, status, detail, read_at) values ('GONE', '1', '{}', now()) returning 1");
    CHECK(sync() == 2 * whole);
    CHECK(vanished() == "1");
    CHECK(sync() == whole);
    CHECK(vanished() == "1");

    // A list that cannot be relied on says nothing about what it does not name.
    auto session = orderd::store::open_session(s.database_url());
    s.sql("update orderd.site set read_at = now() where code = 'GONE' returning 1");
    auto named = s.sql("select min(code) from orderd.site where code <> 'GONE'");
    orderd::store::site_record one;
    one.code = named;
    one.status = "1";
    auto listed_from = s.sql("select value from orderd.setting where name = 'sites_listed_from'");
    orderd::store::save_site_list(*session, {one}, "");
    CHECK(vanished() == "0");
    CHECK(s.sql("select value from orderd.setting where name = 'sites_listed_from'") == listed_from);
    CHECK(orderd::store::sites_in_use(*session).size() == 4);
    // Where the second list cannot be had, nothing vanishes either, and nothing is taken for read.
    s.provider_settings(R"({"faults": [{"operation": "GET /customerSites", "answer": "html", "every": 2}]})");
    auto failed = s.verb({"sites", "sync"});
    CHECK(failed.code == 3);
    CHECK(vanished() == "0");

    // The daemon does the same by itself.
    s.provider_settings(R"({"faults": []})");
    s.sql(
        "update orderd.setting set value = (now() - interval '2 days')::text where name = 'sites_read_at' returning 1");
    s.start_and_wait();
    wait_until("the count",
               [&] { return s.sql("select count from orderd.difference_count where kind = 'site_vanished'") == "1"; });
}

TEST_CASE("once a day all sites are listed, and differences are counted")
{
    stage s;
    s.provider_post("/sites", R"({"count": 3, "productCode": "1-1-1-1-2"})");
    s.start_and_wait();
    wait_until("the list", [&] { return s.sql("select count(*) from report.site") == "3"; });
    wait_until("the details",
               [&] { return s.sql("select count(*) from report.contract where not ordered_here") == "3"; });
    wait_until("the count", [&] {
        return s.sql("select count from orderd.difference_count where kind = 'site_without_order'") == "3";
    });
    CHECK_THAT(s.log(), Contains("all sites listed") && Contains("site_without_order 3"));
    CHECK_THAT(stage::get(s.operations_port(), "/metrics").second,
               Contains("orderd_differences{kind=\"site_without_order\"} 3"));
    // Somebody adds a product elsewhere; a week later it is noticed.
    CHECK(s.stop_daemon() == 0);
    auto code = s.sql("select min(code) from orderd.site");
    s.sql("update orderd.site set detail_read_at = now() - interval '8 days', detail = jsonb_set(detail, "
          "'{contracts}', '[]') where "
          "code = '" +
          code + "'; delete from orderd.contract where customer_site_code = '" + code +
          "'; "
          "update orderd.setting set value = (now() - interval '2 days')::text where name = 'sites_read_at'");
    s.start_and_wait();
    wait_until("the site to be read again", [&] {
        return s.sql("select count(*) from orderd.contract where customer_site_code = '" + code + "'") == "1";
    });
    CHECK_THAT(s.log(), Contains("read_again=1"));
    // Not again when it is started again: a day has not gone by.
    CHECK(s.stop_daemon() == 0);
    auto listings = s.requests("GET /customerSites");
    s.start_and_wait();
    s.insert_starts(1);
    s.wait_for_end();
    CHECK(s.requests("GET /customerSites") == listings);
}
