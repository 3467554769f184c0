#include "stage.hpp"

#include <catch2/catch.hpp>
#include <openssl/evp.h>

using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {

std::string basic(const std::string& name, const std::string& password)
{
    auto text = name + ":" + password;
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                        reinterpret_cast<const unsigned char*>(text.data()),
                                                        static_cast<int>(text.size()))));
    return "Basic " + out;
}

void insert_row(stage& s, const std::string& batch, const std::string& key, const std::string& person)
{
    s.sql("insert into intake.order_row (batch_name, brought_by, request_key, order_type, line_id, line_access_key, "
          "product_codes) values ('" +
          batch + "', '" + person + "', '" + key + "', '1', 'CAF5" + std::string(9 - key.size(), '0') + key +
          "', 'aaaa1111', '1-1-1-1-2')");
}

std::string answer_of(stage& s, const std::string& insert)
{
    auto id = s.sql("insert into intake.approval " + insert + " returning id");
    wait_until("the answer", [&] { return s.sql("select state from intake.approval where id = " + id) != "received"; });
    return s.sql("select state || ': ' || answer_en from intake.approval where id = " + id);
}

}

TEST_CASE("with require_approval nothing is sent before a second person consents to its cost")
{
    stage s({.daemon_toml = "submission.require_approval = true\n"});
    write_file(s.directory() + "/password", "correct horse battery\n");
    s.set_keys("submission.require_approval = true\noperations.operator_password_file = \"" + s.directory() +
               "/password\"\n");
    s.start_and_wait();
    insert_row(s, "portal", "001", "suzuki");
    insert_row(s, "portal", "002", "sato");
    wait_until("the rows", [&] { return s.count("awaiting_approval") == 2; });
    CHECK(s.sql("select brought_by || ' ' || awaiting_approval || ' ' || first_year_price from report.batch") ==
          "sato, suzuki 2 34800");
    CHECK(s.sql("select bool_and(inserted_by = session_user) from intake.order_row") == "t");

    // Who brought it may not; what was seen must be what is there; and there must be something.
    CHECK_THAT(answer_of(s, "(batch_name, approver) values ('portal', 'Suzuki ')"),
               Contains("refused: ") && Contains("somebody else"));
    CHECK_THAT(answer_of(s, "(batch_name, approver, first_year_price) values ('portal', 'tanaka', 1)"),
               Contains("refused: ") && Contains("34800"));
    CHECK_THAT(answer_of(s, "(batch_name, approver, orders) values ('portal', 'tanaka', 3)"), Contains("refused: "));
    CHECK_THAT(answer_of(s, "(batch_name, approver) values ('nowhere', 'tanaka')"),
               Contains("refused: there is no batch"));
    CHECK(s.requests("POST /orders") == 0);
    CHECK(s.sql("select count(*) from orderd.approval") == "0");

    CHECK(answer_of(s, "(batch_name, approver, orders, first_year_price, why) values ('portal', 'tanaka', 2, 34800, "
                       "'budget 7')") == "done: 2 orders approved");
    s.wait_for_end();
    CHECK(s.count("completed") == 2);
    CHECK(s.sql("select decision || ' ' || decided_by || ' ' || channel || ' ' || orders || ' ' || purchase_price || ' "
                "' || monthly_price || "
                "' ' || first_year_price || ' ' || why from report.approval") ==
          "approved tanaka table 2 6000 2400 34800 budget 7");
    CHECK(s.sql("select count(*) from orderd.order_event where event = 'approved' and operator = 'tanaka'") == "2");
    CHECK_THAT(answer_of(s, "(batch_name, approver) values ('portal', 'tanaka')"),
               Contains("nothing of batch portal waits"));
    // The record cannot be changed, whoever tries.
    for (auto change :
         {"update orderd.approval set why = 'x'", "delete from orderd.approval", "truncate orderd.approval"})
        CHECK_THROWS(s.sql(change));

    SECTION("by the verb")
    {
        s.drop("shops.csv", stage::starts_csv(3));
        wait_until("the file", [&] { return s.count("awaiting_approval") == 3; });
        wait_until("the summary", [&] {
            return read_file(s.drop_directory() + "/results/shops.summary.txt").find("承認待ち") != std::string::npos;
        });
        CHECK_THAT(s.verb({"batches", "show", "shops"}).output, Contains("waits for approval"));
        auto asked = s.verb({"batches", "approve", "shops"}); // nobody there to say yes
        CHECK(asked.code == 2);
        CHECK_THAT(asked.output, Contains("first year 52,200 yen"));
        CHECK_THAT(asked.errors, Contains("nothing was done; with --yes it is"));
        CHECK(s.count("awaiting_approval") == 3);
        // Paused meanwhile: consent does not resume it.
        CHECK(s.verb({"batches", "pause", "shops"}).code == 0);
        CHECK(s.verb({"batches", "approve", "shops", "--yes", "--why", "ok"}).code == 0);
        wait_until("them to be held", [&] { return s.count("held") + s.count("ready") == 3; });
        CHECK(s.requests("POST /orders") == 2);
        CHECK(s.verb({"batches", "resume", "shops"}).code == 0);
        s.wait_for_end();
        CHECK(s.count("completed") == 5);
        CHECK(s.verb({"batches", "approve", "shops", "--yes"}).code == 2);
        // There is no way around it: what waits for consent can be withdrawn, and nothing else.
        s.drop("later.csv", stage::starts_csv(1, 90));
        wait_until("the file", [&] { return s.count("awaiting_approval") == 1; });
        auto order = s.sql("select id from orderd.\"order\" where state = 'awaiting_approval'");
        for (auto decision : {"hold", "release", "retry"}) {
            CHECK(s.verb({"orders", decision, order, "--yes"}).code == 1);
            s.verb({"orders", decision, "--batch", "later", "--yes"});
        }
        CHECK(s.count("awaiting_approval") == 1);
        CHECK(s.tally_is_true());
    }
    SECTION("what the same person brings by the verb, the same person cannot approve; declining is another matter")
    {
        write_file(s.directory() + "/mine.csv", stage::starts_csv(2, 50));
        CHECK(s.verb({"import", s.directory() + "/mine.csv"}).code == 0);
        auto own = s.verb({"batches", "approve", "mine", "--yes"});
        CHECK(own.code == 1);
        CHECK_THAT(own.errors, Contains("somebody else must approve it"));
        CHECK(s.count("awaiting_approval") == 2);
        CHECK(s.verb({"batches", "decline", "mine", "--yes", "--why", "too dear"}).code == 0);
        CHECK(s.count("withdrawn") == 2);
        CHECK(s.sql("select decision || ' ' || why from report.approval where batch_name = 'mine'") ==
              "declined too dear");
        CHECK(s.requests("POST /orders") == 2);
    }
    SECTION("on the status page, for what it showed")
    {
        insert_row(s, "page", "101", "suzuki");
        wait_until("the row", [&] { return s.count("awaiting_approval") == 1; });
        auto batch = "/batches/" + s.sql("select id from orderd.batch where name = 'page'");
        CHECK_THAT(stage::get(s.operations_port(), batch).second,
                   Contains("Waits for approval") && Contains("Brought by: suzuki") &&
                       Contains("approve?orders=1&amp;first_year=17400"));
        auto post = [&](const std::string& what, const std::string& who) {
            return stage::get(s.operations_port(), batch + what, "POST", "",
                              {{"Authorization", basic(who, "correct horse battery")}});
        };
        CHECK(post("/approve", "tanaka").first == 409);                                                  // nothing seen
        CHECK_THAT(post("/approve?orders=1&first_year=17400", "tanaka").second, Contains("look again")); // not which
        auto shown = [&] {
            auto page = stage::get(s.operations_port(), batch).second;
            auto at = page.find("&amp;shown=");
            REQUIRE(at != page.npos);
            return "&shown=" + page.substr(at + 11, 32);
        };
        auto one = shown();
        CHECK(post("/approve?orders=1&first_year=17400" + one, "suzuki").first == 409);
        insert_row(s, "page", "102", "suzuki"); // more came since the page was made
        wait_until("the row", [&] { return s.count("awaiting_approval") == 2; });
        CHECK_THAT(post("/approve?orders=1&first_year=17400" + one, "tanaka").second, Contains("look again"));
        // As many and as dear, and not the same: one was withdrawn, another came.
        auto two = shown();
        CHECK(s.verb({"orders", "withdraw", "102"}).code == 0);
        insert_row(s, "page", "103", "suzuki");
        wait_until("the row", [&] { return s.count("awaiting_approval") == 2; });
        CHECK_THAT(post("/approve?orders=2&first_year=34800" + two, "tanaka").second, Contains("look again"));
        CHECK_THAT(post("/decline?orders=2&first_year=34800" + two, "tanaka").second, Contains("look again"));
        CHECK(s.count("awaiting_approval") == 2);
        CHECK(post("/approve?orders=2&first_year=34800" + shown(), "tanaka").first == 303);
        s.wait_for_end();
        CHECK(s.sql("select decided_by || ' ' || channel from report.approval where batch_name = 'page'") ==
              "tanaka page");
    }
}

TEST_CASE("with approval_above only what is dear waits; a batch's rows count together; unknown prices wait too")
{
    stage s({.daemon_toml = "submission.approval_above = 40000\n", .start_provider = false});
    REQUIRE(s.verb({"migrate"}).code == 0);
    s.start_daemon();
    // Before the catalogue was read, nothing is known of costs.
    insert_row(s, "small", "001", "a");
    wait_until("the row", [&] { return s.count("received") == 1; });
    s.start_provider();
    wait_until("the first to be sent", [&] { return s.count("completed") == 1; });
    CHECK(s.sql("select decided_by || ' ' || channel || ' ' || first_year_price from report.approval") ==
          "ipoe-orderd rule 17400");
    insert_row(s, "small", "002", "a"); // 34,800 together
    s.wait_for_end();
    CHECK(s.count("completed") == 2);
    insert_row(s, "small", "003", "a"); // 52,200 together
    wait_until("the third to wait", [&] { return s.count("awaiting_approval") == 1; });
    s.drop("dear.csv", stage::starts_csv(3));
    s.drop("cheap.csv", stage::starts_csv(2, 10));
    wait_until("the files", [&] { return s.count("awaiting_approval") == 4 && s.count("completed") == 4; });
    CHECK(
        s.sql("select string_agg(batch_name, ' ' order by batch_name) from report.batch where awaiting_approval > 0") ==
        "dear small");
    CHECK(s.tally_is_true());
}

TEST_CASE("a flood of rows in intake.approval is answered between other work")
{
    stage s;
    s.verb({"migrate"});
    s.sql("insert into intake.approval (batch_name, approver) select 'nonsense ' || i, 'x' from generate_series(1, "
          "1000) i");
    s.insert_starts(3);
    s.start_and_wait();
    wait_until("all answers",
               [&] { return s.sql("select count(*) from intake.approval where state = 'received'") == "0"; });
    s.wait_for_end();
    CHECK(s.sql("select max(taken_at) < (select max(decided_at) from intake.approval) from intake.order_row") == "t");
}
