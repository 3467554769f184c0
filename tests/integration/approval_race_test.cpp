#include "orderd/intake/table_intake.hpp"
#include "orderd/store/approvals.hpp"
#include "orderd/store/migrations.hpp"
#include "orderd/store/products.hpp"
#include "stage.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

using namespace orderd;
using namespace orderd::tests;
using Catch::Matchers::Contains;

// People approve while rows of the batch are still on their way: what is recorded and sent is what they were shown.
namespace {

constexpr int rows_of_a_batch = 60, runs = 20, people = 4;

intake::judge_settings all_wait()
{
    intake::judge_settings out;
    out.customer_code = "A10000105";
    out.approval.always = true;
    return out;
}

utc_time now() { return std::chrono::time_point_cast<utc_time::duration>(std::chrono::system_clock::now()); }

struct shown_and_done {
    std::string by;
    long orders, first_year;
};

/// Approves whatever it is shown of a batch, again and again, until told to stop; keeps what was shown when it was
/// done.
class impatient_person {
public:
    impatient_person(const stage& s, std::string batch, std::string name)
        : session_(store::open_session(s.database_url())),
          batch_(std::move(batch)),
          name_(std::move(name)),
          thread_([this](std::stop_token stop) {
              while (!stop.stop_requested()) look_and_approve();
              look_and_approve(); // all is there now
          })
    {
    }
    std::vector<shown_and_done> stop()
    {
        thread_.request_stop();
        thread_.join();
        return done_;
    }

private:
    void look_and_approve()
    {
        auto shown = store::awaiting_approval(*session_, batch_);
        if (!shown) return;
        auto by = name_ + std::to_string(++tries_);
        auto outcome =
            store::decide_approval(*session_, {batch_, true, by, "verb", "", shown->orders, shown->first_year_price});
        if (outcome.result == store::approval_result::done)
            done_.push_back({by, shown->orders, shown->first_year_price});
    }
    std::shared_ptr<store::session> session_;
    std::string batch_, name_;
    int tries_ = 0;
    std::vector<shown_and_done> done_;
    std::jthread thread_;
};

/// Lets people approve while `intake` runs: everything is approved once, as it was shown to who did it.
void race(stage& s, const std::string& batch, const std::function<void()>& intake)
{
    std::vector<std::unique_ptr<impatient_person>> all;
    for (int i = 0; i < people; ++i)
        all.push_back(std::make_unique<impatient_person>(s, batch, "person " + std::to_string(i) + " try "));
    intake();
    std::vector<shown_and_done> done;
    for (auto& p : all)
        for (auto& d : p->stop()) done.push_back(d);
    auto id = s.sql("select id from orderd.batch where name = '" + batch + "'");
    INFO(batch);
    CHECK(s.sql("select count(*) from orderd.approval where batch_id = " + id) == std::to_string(done.size()));
    for (const auto& d : done)
        CHECK(s.sql("select orders || ' ' || first_year_price from orderd.approval where decided_by = '" + d.by +
                    "' and batch_id = " + id) == std::to_string(d.orders) + " " + std::to_string(d.first_year));
    CHECK(s.sql("select sum(orders) || ' ' || sum(first_year_price) from orderd.approval where batch_id = " + id) ==
          s.sql("select count(*) || ' ' || sum(purchase_price) + 12 * sum(monthly_price) from orderd.\"order\" where "
                "state = 'ready' and batch_id = " +
                id));
    CHECK(done.size() == 1); // not before the last row was judged
    CHECK(s.sql("select count(*) from orderd.\"order\" where state = 'ready' and batch_id = " + id) ==
          std::to_string(rows_of_a_batch));
}

}

TEST_CASE("who approves while table rows come in piece by piece approves what was shown, all of it")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    auto session = store::open_session(s.database_url());
    for (int run = 0; run < runs; ++run) {
        auto batch = "portal " + std::to_string(run);
        s.insert_starts(rows_of_a_batch, batch, run * rows_of_a_batch);
        race(s, batch, [&] {
            while (!intake::take_table_rows(*session, 7, all_wait(), now()).empty()) {
            }
        });
    }
}

TEST_CASE("who approves while rows are judged and repriced approves what was shown, all of it")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    auto session = store::open_session(s.database_url());
    pqxx::connection other(s.database_url());
    auto products = *store::read_catalogue(*session);
    for (int run = 0; run < runs; ++run) {
        s.sql("delete from orderd.product returning 1");
        auto batch = "portal " + std::to_string(run);
        s.insert_starts(rows_of_a_batch, batch, run * rows_of_a_batch);
        intake::take_table_rows(*session, 1000, all_wait(), now());
        REQUIRE(s.count("received") == rows_of_a_batch);
        race(s, batch, [&] {
            std::vector<product> list;
            for (const auto& [code, p] : products) list.push_back(p);
            store::save_catalogue(*session, list);
            auto settings = all_wait();
            auto catalogue = store::read_catalogue(*session);
            intake::judge by(settings, catalogue, "key", now());
            std::atomic<bool> judged = false;
            std::jthread reprice([&] {
                for (long price = 1000; !judged; ++price) {
                    pqxx::nontransaction tx(other);
                    tx.exec_params("update orderd.\"order\" set monthly_price = $1 where id in (select id from "
                                   "orderd.\"order\" where state = 'awaiting_approval' for update skip locked)",
                                   price);
                }
            });
            order_id after;
            for (auto rows = store::received_orders(*session, after, 7); !rows.empty();
                 rows = store::received_orders(*session, after, 7)) {
                after = rows.back().id;
                std::vector<store::verdict> verdicts;
                for (auto& row : rows) {
                    auto r = by(0, std::move(row.values));
                    verdicts.push_back(
                        {row.id, row.revision, r.state, r.found, r.purchase_price, r.monthly_price, r.shortest_period});
                }
                store::judge_orders(*session, verdicts);
            }
            judged = true;
        });
    }
}

TEST_CASE("an order that changes while its batch is being approved keeps all of it from being approved")
{
    stage s;
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    auto session = store::open_session(s.database_url());
    s.insert_starts(3, "portal");
    intake::take_table_rows(*session, 1000, all_wait(), now());
    auto shown = store::awaiting_approval(*session, "portal");
    REQUIRE(shown);
    CHECK(shown->complete());

    pqxx::connection elsewhere(s.database_url());
    pqxx::work change(elsewhere);
    change.exec("update orderd.\"order\" set monthly_price = monthly_price + 1 where source_row = 2");
    store::approval_outcome outcome;
    std::thread approves([&] {
        outcome = store::decide_approval(
            *session, {"portal", true, "tanaka", "verb", "", shown->orders, shown->first_year_price});
    });
    wait_until("the approval to wait for the row", [&] {
        return s.sql("select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event_type "
                     "= 'Lock'") == "t";
    });
    change.commit();
    approves.join();
    CHECK(outcome.result == store::approval_result::changed);
    CHECK_THAT(outcome.english, Contains("first year " + std::to_string(shown->first_year_price + 12)));
    CHECK(s.count("awaiting_approval") == 3);
    CHECK(s.sql("select count(*) from orderd.approval") == "0");
    CHECK(s.tally_is_true());
}

TEST_CASE("a batch of which rows are still to come is neither approved, by a person or the rule, nor declined")
{
    stage s({.daemon_toml = "submission.approval_above = 40000\n"});
    REQUIRE(s.verb({"migrate"}).code == 0);
    REQUIRE(s.verb({"products", "sync"}).code == 0);
    auto session = store::open_session(s.database_url());
    s.insert_starts(3, "portal"); // 52,200 yen in the first year, 34,800 without the last
    auto settings = all_wait();
    settings.approval = {false, 40'000};
    intake::take_table_rows(*session, 2, settings, now());
    CHECK(s.count("awaiting_approval") == 2); // and the daemon died
    for (auto decision : {"approve", "decline"}) {
        auto told = s.verb({"batches", decision, "portal", "--yes"});
        CHECK(told.code == 1);
        CHECK_THAT(told.errors, Contains("batch portal is not complete") &&
                                    Contains("rows of intake.order_row not taken in yet: 1") && Contains("Wait until"));
    }
    auto answer = store::decide_approval(*session, {"portal", true, "tanaka", "verb", "", 2, 34'800});
    CHECK(answer.result == store::approval_result::incomplete);
    CHECK_THAT(answer.japanese, Contains("未取込の行: 1") && Contains("待って"));
    CHECK(s.count("awaiting_approval") == 2);

    SECTION("the next start takes the rest in; together they are too dear for the rule, and a person decides")
    {
        s.start_and_wait();
        wait_until("the last row", [&] { return s.count("awaiting_approval") == 3; });
        CHECK(s.verb({"batches", "approve", "portal", "--yes"}).code == 0);
        s.wait_for_end();
        CHECK(s.count("completed") == 3);
    }
    SECTION("rows that will never come are deleted; the rule then decides about what there is")
    {
        s.sql("delete from intake.order_row where state = 'received' returning 1");
        s.start_and_wait();
        wait_until("the rule", [&] { return s.count("completed") == 2; });
        CHECK(s.sql("select channel || ' ' || orders || ' ' || first_year_price || ': ' || why from orderd.approval") ==
              "rule 2 34800: the batch costs 34800 yen in the first year, not more than 40000");
    }
}

TEST_CASE("a batch whose rows wait for the product catalogue cannot be approved, and why is said")
{
    stage s({.start_provider = false});
    REQUIRE(s.verb({"migrate"}).code == 0);
    auto session = store::open_session(s.database_url());
    s.insert_starts(2, "portal");
    s.sql("insert into intake.order_row (batch_name, order_type, customer_site_code, hope_to_end_at) values ('portal', "
          "'3', '2100000000001', '2030-03-01') returning 1");
    auto settings = all_wait();
    settings.approval = {false, 40'000};
    intake::take_table_rows(*session, 1000, settings, now());
    CHECK(s.count("received") == 2);
    CHECK(s.count("awaiting_approval") == 1); // a cancel order costs nothing; the rest of its batch is not known
    s.sql("update orderd.circuit set state = 'halted', why = 'the client secret is wrong' returning 1");
    auto answer = store::decide_approval(*session, {"portal", true, "tanaka", "verb", "", {}, {}});
    CHECK(answer.result == store::approval_result::incomplete);
    CHECK_THAT(answer.english, Contains("orders not judged yet: 2") && Contains("the client secret is wrong") &&
                                   Contains("products sync"));
    CHECK(s.verb({"batches", "approve", "portal", "--yes"}).code == 1);
    CHECK_THAT(answer.japanese, Contains("判定前のオーダ: 2") && Contains("商品一覧"));
}
