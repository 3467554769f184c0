#include "stage.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace orderd::tests;
using Catch::Matchers::Contains;

namespace {
// "suzuki:open sesame 1234"
const std::pair<std::string, std::string> suzuki{"Authorization", "Basic c3V6dWtpOm9wZW4gc2VzYW1lIDEyMzQ="};
const std::pair<std::string, std::string> wrong{"Authorization", "Basic c3V6dWtpOndyb25n"};

long number_of(stage& s, const std::string& key)
{
    return std::stol(s.sql("select id from orderd.\"order\" where request_key = '" + key + "'"));
}
}

TEST_CASE("the pages show batches, causes and an order's story, in both languages, and hostile names stay words")
{
    stage s;
    s.start_and_wait();
    s.drop("shops.csv", "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n"
                        "P1,1,\"<script>alert('x')</script>\",CAF1230000001,zQ9xK3y1,1-1-1-1-2\n"
                        "\"P2\"\"><img src=x>\",1,\"\"\" onload=\"\"alert(1)\",CAF9990000002,zQ9xK3y2,1-1-1-1-2\n"
                        "P3,1,[failed],CAF1230000003,zQ9xK3y3,1-1-1-1-2\n"
                        "P4,1,x,CAF12,zQ9xK3y4,1-1-1-1-2\n");
    wait_until("the rows", [&] { return s.sql("select count(*) from orderd.\"order\"") == "4"; });
    s.wait_for_end();
    auto port = s.operations_port();
    auto batch = s.sql("select id from orderd.batch where name = 'shops'");
    std::string everything;
    for (const auto& path :
         {std::string("/"), std::string("/orders"), std::string("/orders?state=refused&batch=shops"),
          "/batches/" + batch, "/order/" + std::to_string(number_of(s, "P1")), std::string("/order/P3")}) {
        for (auto language : {"ja,en;q=0.5", "en-US,en"}) {
            auto [status, page] = stage::get(port, path, "GET", "", {{"Accept-Language", language}});
            INFO(path);
            CHECK(status == 200);
            CHECK_THAT(page, Contains(std::string("<html lang=\"") + (language[0] == 'j' ? "ja" : "en")));
            for (auto hostile : {"<script>alert", "<img src=x>", "\" onload="})
                CHECK(page.find(hostile) == std::string::npos);
            everything += page;
        }
    }
    CHECK(everything.find("zQ9xK3y") == std::string::npos);
    auto page = stage::get(port, "/batches/" + batch).second;
    CHECK_THAT(page, Contains("shops.result.csv") && Contains("What went wrong") && Contains("Rejected rows") &&
                         Contains("line_id_format"));
    CHECK_THAT(stage::get(port, "/order/P3").second, Contains("provider_failed") && Contains("accepted_by_provider"));
    // The answer files; not the one with access keys, nor any other file.
    wait_until("the result", [&] {
        return stage::get(port, "/batches/" + batch + "/result").second.find("P3") != std::string::npos;
    });
    CHECK_THAT(stage::get(port, "/batches/" + batch + "/summary").second, Contains("shops"));
    for (const auto& path :
         {"/batches/" + batch + "/rejected", std::string("/batches/../../etc/passwd"), std::string("/batches/0"),
          std::string("/batches/999999999999999999999"), std::string("/order/nobody"), std::string("/orders/x/y"),
          "/batches/" + batch + "/../../../etc/passwd"})
        CHECK(stage::get(port, path).first == 404);
    CHECK(stage::get(port, "/orders?state=nothing&before=99999999999999999999&text=%20").first == 200);
    CHECK(stage::get(port, "/orders?state=%FF%FE").first == 400);
    CHECK(stage::get(port, "/%zz").first == 400);
}

TEST_CASE("decisions on the page need the operator password, come from the page itself, and are recorded")
{
    stage s({.daemon_toml = "submission.window = \"00:00-00:01\"\n"});
    if (s.sql("select to_char(now() at time zone 'Asia/Tokyo', 'HH24')") == "00")
        return; // the window is open for a minute
    s.start_and_wait();
    s.insert_starts(3, "shops");
    wait_until("the rows", [&] { return s.count("ready") == 3; });
    auto hold = "/order/" + std::to_string(number_of(s, "T0")) + "/hold";
    CHECK(stage::get(s.operations_port(), hold, "POST").first == 403); // read only
    CHECK(stage::get(s.operations_port(), "/order/T0").second.find("<form method=\"post\"") == std::string::npos);

    write_file(s.directory() + "/operator", "open sesame 1234\n");
    s.set_keys("operations.operator_password_file = \"" + s.directory() + "/operator\"\n");
    CHECK(s.stop_daemon() == 0);
    s.start_and_wait();
    auto port = s.operations_port();
    auto post = [&](const std::string& path, orderd::http::headers fields) {
        return stage::get(port, path, "POST", "", fields).first;
    };
    CHECK(post(hold, {}) == 401);
    CHECK(post(hold, {wrong}) == 401);
    CHECK(post(hold, {{"Authorization", "Basic %%%"}}) == 401);
    CHECK(post(hold, {suzuki, {"Sec-Fetch-Site", "cross-site"}}) == 403);
    CHECK(post(hold, {suzuki, {"Origin", "http://elsewhere.example"}}) == 403);
    CHECK(s.count("held") == 0);
    CHECK(post(hold, {suzuki, {"Sec-Fetch-Site", "same-origin"}}) == 303);
    CHECK(s.count("held") == 1);
    CHECK(post(hold, {suzuki}) == 409); // it is held already
    CHECK(s.sql("select operator from orderd.order_event where event = 'hold_asked'") == "suzuki (status page)");
    auto batch = "/batches/" + s.sql("select id from orderd.batch where name = 'shops'");
    CHECK(post(batch + "/pause", {suzuki}) == 303);
    CHECK(s.count("held") == 3);
    CHECK_THAT(stage::get(port, batch).second, Contains("suzuki (status page)") && Contains("/resume"));
    CHECK(post(batch + "/resume", {suzuki}) == 303);
    CHECK(s.count("ready") == 2);
    auto order = "/order/" + std::to_string(number_of(s, "T0"));
    CHECK(post("/order/T0/release", {suzuki}) == 409); // a decision names an order by its number
    CHECK(post(order + "/release", {suzuki}) == 303);
    CHECK(post(order + "/withdraw", {suzuki}) == 303);
    CHECK(post(order + "/explode", {suzuki}) == 409);
    CHECK(post("/batches/0/pause", {suzuki}) == 409);
    CHECK(s.count("withdrawn") == 1);
}

TEST_CASE(
    "a page of an order is that of its number; a key that is no number finds it, and several are shown to choose from")
{
    stage s({.daemon_toml = "submission.window = \"00:00-00:01\"\n"});
    s.start_and_wait();
    s.insert_starts(3, "first");
    wait_until("the rows", [&] { return s.sql("select count(*) from orderd.\"order\"") == "3"; });
    auto number = std::to_string(number_of(s, "T0"));
    s.drop("second.csv",
           "request_key,order_type,customer_site_name,line_id,line_access_key,product_codes\n" + number +
               ",1,別の拠点,CAF1230000001,a1b2c3d4,1-1-1-1-2\nCODE-7,1,三つ目,CAF1230000002,a1b2c3d4,1-1-1-1-2\n");
    wait_until("the file", [&] { return s.sql("select count(*) from orderd.\"order\"") == "5"; });
    s.sql("update orderd.\"order\" set order_code = 'CODE-7' where request_key = 'T1' returning 1");
    auto port = s.operations_port();
    auto page = stage::get(port, "/order/" + number).second;
    CHECK_THAT(page, Contains("<h1>#" + number + " T0") && !Contains("別の拠点"));
    CHECK_THAT(stage::get(port, "/order/%23" + number).second, Contains("<h1>#" + number + " T0"));
    CHECK_THAT(stage::get(port, "/order/T2").second, Contains(" T2 "));
    CHECK_THAT(stage::get(port, "/order/CODE-7").second,
               Contains("/order/" + std::to_string(number_of(s, "T1")) + "\"") &&
                   Contains("/order/" + std::to_string(number_of(s, "CODE-7")) + "\"") && Contains("choose one"));
    CHECK(stage::get(port, "/order/999999").first == 404);
}
