#include "orderd/tracking/tracker.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::tracking;

TEST_CASE("only 2, 3, 4 and 5 end an order; everything else is still in progress")
{
    CHECK(event_of_status("2") == order_event::provider_completed);
    CHECK(event_of_status("3") == order_event::provider_failed);
    CHECK(event_of_status("4") == order_event::provider_cancelled);
    CHECK(event_of_status("5") == order_event::provider_partially_failed);
    for (auto status : {"1", "", "6", "active", "22"}) CHECK_FALSE(event_of_status(status));
}

TEST_CASE("an order that failed keeps the words of each contract")
{
    provider::order_detail d;
    d.status = "5";
    d.contracts = {{"main", "", "", "2", ""}, {"option", "", "", "3", "在庫がありません"}};
    auto move = move_of({{1}, 4, {"A"}}, d, order_event::provider_partially_failed);
    CHECK(move.error_message == "option: 在庫がありません");
    CHECK(move.error_code == "status_5");
    CHECK(move.from == order_state::accepted);
}
