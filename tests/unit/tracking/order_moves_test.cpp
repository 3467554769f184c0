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

TEST_CASE("what cannot be followed says why, and what to do, in both languages")
{
    provider::failure unknown;
    unknown.kind = provider::failure::what_happened::not_found;
    auto move = move_of_failure({{1}, 4, {"A1"}}, unknown);
    CHECK(move.event == order_event::following_failed);
    CHECK(next(move.from, move.event) == order_state::accepted);
    CHECK(move.error_code == "unknown_at_provider");
    CHECK_THAT(move.error_message, Catch::Contains("ask the provider") && Catch::Contains("提供元に確認"));
    provider::failure unreadable;
    unreadable.kind = provider::failure::what_happened::unusable;
    unreadable.text = "the answer is not an order";
    move = move_of_failure({{1}, 4, {"A1"}}, unreadable);
    CHECK(move.error_code == "detail_unreadable");
    CHECK_THAT(move.error_message, Catch::Contains("is not an order"));
}

TEST_CASE("a wrong code leads to a search, and the story keeps it")
{
    auto move = move_of_wrong_code({{1}, 4, {"A1"}}, {"lineId sent X, told Y", "回線ID"});
    CHECK(next(move.from, move.event) == order_state::in_doubt);
    CHECK(move.code.text == "A1");
    CHECK(move.error_code == "wrong_order_code");
    CHECK_THAT(move.why, Catch::Contains("lineId sent X, told Y"));
}

TEST_CASE("a code that the provider never knew leads to a search, and the story keeps it")
{
    auto move = move_of_code_never_known({{1}, 4, {"X1"}});
    CHECK(move.event == order_event::code_never_known);
    CHECK(next(move.from, move.event) == order_state::in_doubt);
    CHECK(move.code.text == "X1");
    CHECK(move.error_code == "wrong_order_code");
    CHECK_THAT(move.error_message, Catch::Contains("X1") && Catch::Contains("never knew"));
}
