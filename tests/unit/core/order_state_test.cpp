#include "orderd/core/order_state.hpp"
#include "unit/files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <regex>
#include <set>

using namespace orderd;

namespace {
constexpr int states = static_cast<int>(order_state::withdrawn) + 1;
constexpr int events = static_cast<int>(order_event::outcome_missing) + 1;

/// A person sends it again. What was refused for a live order of its line may be that very order: it is looked for, or
/// named.
bool may_leave_final(order_state from, order_event event)
{
    bool looked_for = event == order_event::search_asked || event == order_event::retry_after_search ||
                      event == order_event::resolved_as_ours;
    bool searched_first = from == order_state::failed && event == order_event::retry_after_search;
    return event == order_event::retry_asked || searched_first || (from == order_state::refused && looked_for);
}
}

TEST_CASE("a transition is in the table once, and nothing else moves an order")
{
    std::set<std::pair<order_state, order_event>> seen;
    for (const auto& t : transitions()) {
        CHECK(seen.insert({t.from, t.event}).second);
        CHECK(next(t.from, t.event) == t.to);
    }
    int allowed = 0;
    for (int s = 0; s < states; ++s)
        for (int e = 0; e < events; ++e)
            allowed += next(static_cast<order_state>(s), static_cast<order_event>(e)).has_value();
    CHECK(static_cast<std::size_t>(allowed) == transitions().size());
}

TEST_CASE("only a person leads out of a final state, and only back to ready, or to a look at the provider")
{
    for (const auto& t : transitions()) {
        if (!final(t.from)) continue;
        CHECK(may_leave_final(t.from, t.event));
        if (t.event == order_event::retry_asked) CHECK(t.to == order_state::ready);
        if (t.event == order_event::search_asked) CHECK(t.to == order_state::in_doubt);
        if (t.event == order_event::retry_after_search) CHECK(t.to == order_state::in_doubt);
        if (t.event == order_event::resolved_as_ours) CHECK(t.to == order_state::accepted);
    }
}

TEST_CASE("an order that may have been sent becomes ready again only when it is known not to have been created")
{
    for (const auto& t : transitions()) {
        if (t.to != order_state::ready) continue;
        if (t.from == order_state::submitting) CHECK(t.event == order_event::not_processed);
        if (t.from == order_state::in_doubt)
            CHECK((t.event == order_event::not_created || t.event == order_event::resolved_as_not_created));
    }
}

TEST_CASE(
    "a person asks for a search of what is held, and gives back what was taken wrongly: both lead to a search only")
{
    CHECK(next(order_state::held, order_event::search_asked) == order_state::in_doubt);
    CHECK(next(order_state::accepted, order_event::resolved_as_not_ours) == order_state::in_doubt);
    for (const auto& t : transitions()) {
        if (t.event == order_event::search_asked) CHECK(t.to == order_state::in_doubt);
        if (t.event == order_event::resolved_as_not_ours) CHECK(t.from == order_state::accepted);
    }
    CHECK(name(order_event::search_asked) == "search_asked");
    CHECK(name(order_event::resolved_as_not_ours) == "resolved_as_not_ours");
}

TEST_CASE("an order that was made ready although it may exist at the provider leads to a search only")
{
    for (const auto& t : transitions())
        if (t.event == order_event::outcome_missing)
            CHECK((t.from == order_state::ready && t.to == order_state::in_doubt));
    CHECK(next(order_state::ready, order_event::outcome_missing));
    CHECK(name(order_event::outcome_missing) == "outcome_missing");
}

TEST_CASE("what the provider told wrongly leads from accepted to a search, and never to sending")
{
    CHECK(next(order_state::accepted, order_event::code_is_anothers) == order_state::in_doubt);
    CHECK(next(order_state::accepted, order_event::code_never_known) == order_state::in_doubt);
    CHECK(name(order_event::code_never_known) == "code_never_known");
    CHECK(next(order_state::accepted, order_event::following_failed) == order_state::accepted);
    CHECK(next(order_state::accepted, order_event::following_resumed) == order_state::accepted);
    CHECK(name(order_event::code_is_anothers) == "code_is_anothers");
    CHECK(name(order_event::following_resumed) == "following_resumed");
}

TEST_CASE("names lead back to states")
{
    for (int s = 0; s < states; ++s)
        CHECK(order_state_from(name(static_cast<order_state>(s))) == static_cast<order_state>(s));
    CHECK_FALSE(order_state_from("sent"));
}

TEST_CASE("a million random events keep to the table and reach every state")
{
    std::mt19937 random(20261123);
    std::set<order_state> reached;
    auto state = order_state::received;
    for (int i = 0; i < 1'000'000; ++i) {
        auto event = static_cast<order_event>(random() % events);
        if (auto to = next(state, event)) {
            if (final(state)) REQUIRE(may_leave_final(state, event));
            state = *to;
        }
        reached.insert(state);
        if (final(state) && random() % 50 == 0) state = order_state::received;
    }
    CHECK(reached.size() == static_cast<std::size_t>(states));
}

TEST_CASE("a statement that moves orders by itself makes a transition of the table, and names the state it comes from")
{
    const std::regex to_state(R"re(set state = '([a-z_]+)')re"), from_state(R"re(state = '([a-z_]+)')re");
    int moves = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(ORDERD_SOURCE_DIR) + "/sql/queries")) {
        auto text = tests::source_file("sql/queries/" + entry.path().filename().string());
        if (text.find("update orderd.\"order\"") == text.npos) continue;
        auto states_of = [&](const std::regex& told) {
            std::set<order_state> out;
            for (std::sregex_iterator at(text.begin(), text.end(), told), end; at != end; ++at)
                if (auto s = order_state_from((*at)[1].str())) out.insert(*s);
            return out;
        };
        auto targets = states_of(to_state), sources = states_of(from_state);
        if (targets.empty()) continue;
        ++moves;
        for (auto target : targets) sources.erase(target);
        INFO(entry.path().filename().string());
        REQUIRE(sources.size() == 1);
        for (auto target : targets) {
            bool in_table = false;
            for (const auto& t : transitions()) in_table = in_table || (t.from == *sources.begin() && t.to == target);
            CHECK(in_table);
        }
    }
    CHECK(moves >= 2);
}

TEST_CASE(
    "every statement that changes the state of orders raises their revision: what knows an older one moves nothing")
{
    int moves = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(ORDERD_SOURCE_DIR) + "/sql/queries")) {
        auto text = tests::source_file("sql/queries/" + entry.path().filename().string());
        const std::string update = "update orderd.\"order\"";
        for (auto at = text.find(update); at != text.npos; at = text.find(update, at + 1)) {
            auto set = text.find(" set ", at);
            auto what = text.substr(set, text.find("     where ", set) - set);
            if (!std::regex_search(what, std::regex(R"re((set|,)\s+state = )re"))) continue;
            ++moves;
            INFO(entry.path().filename().string() << ": " << what);
            CHECK(std::regex_search(what, std::regex(R"re(revision = (o\.)?revision \+ 1)re")));
        }
    }
    CHECK(moves >= 8);
}
