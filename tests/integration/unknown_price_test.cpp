#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace orderd::tests;
using Catch::Matchers::Contains;

TEST_CASE("an unknown price is never told as a sum that looks complete")
{
    stage s(stage::options{.daemon_toml = "submission.require_approval = true\n"});
    s.start_and_wait();
    wait_until("the catalogue", [&] { return s.sql("select count(*) > 0 from orderd.product") == "t"; });
    s.sql("update orderd.product set purchase_price = null where code = '1-1-1-1-2'");
    s.drop("shops.csv", "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n"
                        "U1,1,x,CAF1230000001,zQ9xK3y1,1-1-1-1-2\n");
    wait_until("the row", [&] { return s.count("awaiting_approval") == 1; });

    CHECK(s.sql("select concat(purchase_price, '/', monthly_price, '/', first_year_price, '/', unpriced) from "
                "report.batch") == "///1");
    CHECK_THAT(s.verb({"batches", "show", "shops"}).output,
               Contains("cost        not known for 1 order (as far as known: "));
    auto shown = json::parse(s.verb({"batches", "show", "shops", "--json"}).output);
    CHECK(shown.at("purchase_price").is_null());
    CHECK(shown.at("monthly_price").is_null());
    CHECK(shown.at("unpriced").to_number<int>() == 1);
    auto asked = s.verb({"batches", "approve", "shops"});
    CHECK_THAT(asked.output, Contains("what they cost is not known for 1 order"));
    auto batch = s.sql("select id from orderd.batch where name = 'shops'");
    CHECK_THAT(stage::get(s.operations_port(), "/batches/" + batch).second, Contains("not known for 1 order"));
    CHECK_THAT(stage::get(s.operations_port(), "/").second, Contains("not known"));
    wait_until("the summary",
               [&] { return std::filesystem::exists(s.drop_directory() + "/results/shops.summary.txt"); });
    CHECK_THAT(read_file(s.drop_directory() + "/results/shops.summary.txt"),
               Contains("1件は価格不明") && Contains("first year (initial and twelve monthly fees) not known"));
    write_file(s.directory() + "/try.csv",
               "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n"
               "U2,1,x,CAF1230000002,zQ9xK3y1,1-1-1-1-2\n");
    auto tried = json::parse(s.verb({"import", "--dry-run", "--json", s.directory() + "/try.csv"}).output).at(0);
    CHECK(tried.at("purchase_price").is_null());
    CHECK(tried.at("unpriced").to_number<int>() == 1);

    // Consent is kept as what it was: to a cost that nobody knew.
    s.sql("insert into intake.approval (batch_name, approver, orders) values ('shops', 'tanaka', 1)");
    wait_until("the decision", [&] { return s.sql("select count(*) from report.approval") == "1"; });
    CHECK(
        s.sql(
            "select concat(orders, '/', purchase_price, '/', first_year_price, '/', unpriced) from report.approval") ==
        "1///1");
    CHECK_THAT(stage::get(s.operations_port(), "/batches/" + batch).second, Contains("first year not known"));
    s.wait_for_end();
    wait_until("the contract", [&] { return s.sql("select count(*) from report.contract") == "1"; });
    CHECK(
        s.sql("select count(*) from report.charge where initial_fee = 0 and month = date_trunc('month', opened_on)") ==
        "0");
    CHECK(s.sql("select bool_or(price_known) from report.contract") == "f");
    CHECK(s.tally_is_true());
}
