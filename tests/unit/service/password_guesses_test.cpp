#include "service/password_guesses.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

using orderd::service::password_guesses;
using namespace std::chrono_literals;

namespace {
const auto start = password_guesses::clock::time_point(1000h);
}

TEST_CASE("of three hundred guesses at once one is compared at once, a few wait their turn and the rest come again")
{
    password_guesses guesses;
    std::vector<password_guesses::clock::time_point> turns;
    int refused = 0;
    REQUIRE(guesses.ask("192.0.2.1", start).at == start);
    guesses.compared("192.0.2.1", false, start);
    for (int i = 1; i < 300; ++i) {
        auto turn = guesses.ask("192.0.2.1", start);
        if (turn.granted)
            turns.push_back(turn.at);
        else {
            ++refused;
            CHECK(turn.at > start);
        }
    }
    CHECK(refused == 299 - password_guesses::most_waiting);
    REQUIRE(turns.size() == password_guesses::most_waiting);
    CHECK(turns.front() >= start + 1s);
    for (std::size_t i = 1; i < turns.size(); ++i) CHECK(turns[i] >= turns[i - 1] + 1s);
    CHECK(turns.back() <= start + password_guesses::most_waiting * password_guesses::longest_pause);
}

TEST_CASE("one who guesses on and on gets one comparison a longest pause, also from many connections")
{
    password_guesses guesses;
    auto now = start;
    int compared = 0;
    while (now < start + 10min) {
        auto turn = guesses.ask("192.0.2.1", now);
        if (turn.granted) {
            now = std::max(now, turn.at);
            guesses.compared("192.0.2.1", false, now);
            ++compared;
        } else
            now = turn.at;
    }
    CHECK(compared > 100);
    CHECK(compared <= 10 * 60 / 4 + 3);
}

TEST_CASE("who has given no wrong one is compared at once, whatever others do")
{
    password_guesses guesses;
    for (int i = 0; i < 50; ++i)
        if (guesses.ask("192.0.2.1", start).granted && i < 3) guesses.compared("192.0.2.1", false, start);
    auto turn = guesses.ask("192.0.2.9", start);
    CHECK(turn.granted);
    CHECK(turn.at == start);
}

TEST_CASE("wrong ones from many clients make the pauses longer for all who have given one")
{
    password_guesses guesses;
    for (int i = 0; i < 20; ++i) {
        auto client = "192.0.2." + std::to_string(i);
        guesses.ask(client, start);
        guesses.compared(client, false, start);
    }
    auto turn = guesses.ask("192.0.2.0", start);
    CHECK(turn.at == start + password_guesses::longest_pause);
}

TEST_CASE("a right password, or a quarter of an hour, wipes the slate clean")
{
    password_guesses guesses;
    for (int i = 0; i < 5; ++i) {
        guesses.ask("192.0.2.1", start);
        guesses.compared("192.0.2.1", false, start);
    }
    auto turn = guesses.ask("192.0.2.1", start);
    CHECK(turn.at > start);
    guesses.compared("192.0.2.1", true, turn.at);
    CHECK(guesses.ask("192.0.2.1", turn.at).at == turn.at);
    guesses.compared("192.0.2.1", false, turn.at);
    CHECK(guesses.ask("192.0.2.1", turn.at).at > turn.at);
    auto later = turn.at + password_guesses::forgotten_after;
    CHECK(guesses.ask("192.0.2.1", later).at == later);
}

TEST_CASE("a turn is never given twice, and the line empties when its turns are over")
{
    password_guesses guesses;
    guesses.ask("192.0.2.1", start);
    guesses.compared("192.0.2.1", false, start);
    for (int round = 0; round < 3; ++round) {
        auto now = start + round * 1min;
        std::vector<password_guesses::turn> line;
        while (true) {
            auto turn = guesses.ask("192.0.2.1", now);
            if (!turn.granted) break;
            line.push_back(turn);
        }
        CHECK(line.size() == password_guesses::most_waiting);
        for (const auto& turn : line) guesses.compared("192.0.2.1", false, turn.at);
    }
}
