#include "simulator/fault.hpp"
#include "simulator/settings.hpp"

#include <catch2/catch.hpp>

using namespace orderd::simulator;
using Catch::Matchers::Contains;

namespace {

/// Why these changes are refused; "" when they are not.
std::string refusal(settings& target, std::string_view changes)
{
    try {
        apply(target, json::parse(changes).as_object());
        return {};
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
}

}

TEST_CASE("every form of the handwriting can be set, and the settings tell it")
{
    settings s;
    for (auto [name, forms] : {std::pair{"days", day_forms()},
                               {"names", name_forms()},
                               {"numbers", number_forms()},
                               {"list_envelope", envelope_forms()},
                               {"products_answer", unusable_forms()},
                               {"sites_answer", unusable_forms()}})
        for (auto form : forms) {
            apply(s, {{name, form}});
            CHECK(std::string_view(to_json(s).at(name).as_string()) == form);
        }
    apply(s, {{"none_as", "404"}, {"limit_cap", 7}, {"detail_contracts", "site"}, {"filters_ignored", true}});
    CHECK(s.hand.none_as == "404");
    CHECK(s.hand.limit_cap == 7);
    CHECK(s.hand.detail_contracts == "site");
    CHECK(s.hand.filters_ignored);
}

TEST_CASE("a form that does not exist is refused with those that do, and nothing is changed")
{
    settings s;
    CHECK_THAT(refusal(s, R"({"numbers": "integers", "days": "roman"})"),
               Contains("\"days\" cannot be \"roman\"; there are compact, dashes"));
    CHECK(s.hand.numbers == "sample");
    CHECK_THAT(refusal(s, R"({"names": 5})"), Contains("there are as_sent"));
    CHECK_THAT(refusal(s, R"({"sites_answer": "array"})"), Contains("there are list, errors"));
    CHECK_THAT(refusal(s, R"({"handwriting": "x"})"), Contains("there is no setting"));
    CHECK_THAT(refusal(s, R"({"limit_cap": -1})"), Contains("limit_cap"));
    CHECK_THAT(refusal(s, R"({"foreign_orders": 1.5})"), Contains("0 to 1"));
    for (auto list :
         {"[200]", "[99]", "[101]", "[100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100]"})
        CHECK_THAT(refusal(s, "{\"informational\": " + std::string(list) + "}"), Contains("100 to 199"));
    CHECK(refusal(s, R"({"informational": [100, 103, 103]})").empty());
}

TEST_CASE("settings that were told can be set again")
{
    settings s, copy;
    apply(s, json::parse(R"({"days": "utc", "informational": [103], "split_changes": true, "foreign_orders": 0.5,
        "faults": [{"operation": "POST /orders", "answer": "quota", "every": 3, "retry_after": 2}]})")
                 .as_object());
    apply(copy, to_json(s));
    CHECK(to_json(copy) == to_json(s));
}

TEST_CASE("a fault that means \"not processed\" cannot strike after the request was performed")
{
    settings s;
    for (std::string answer : {"spike_arrest", "quota", "token_fault", "token_fault_500"}) {
        auto fault = "{\"faults\": [{\"answer\": \"" + answer + "\", \"every\": 1, \"after\": ";
        CHECK_THAT(refusal(s, fault + "true}]}"), Contains(answer) && Contains("not processed"));
        CHECK(refusal(s, fault + "false}]}").empty());
    }
    for (std::string answer : {"adaptor", "redirect", "no_list", "cp932", "nul", "500", "reset"})
        CHECK(refusal(s, "{\"faults\": [{\"answer\": \"" + answer + "\", \"every\": 1, \"after\": true}]}").empty());
    CHECK_THAT(refusal(s, R"({"faults": [{"answer": "418"}]})"), Contains("there are 401, 403"));
    CHECK_THAT(refusal(s, R"({"faults": [{"answer": "500", "often": 1}]})"), Contains("there are operation, answer"));
}

TEST_CASE("a fault with times alone strikes from the first request on; with a probability of nothing it never does")
{
    std::mt19937_64 random(1);
    auto strikes = [&](const char* text) {
        std::vector<fault> faults{read_fault(json::parse(text).as_object())};
        int n = 0;
        for (int i = 0; i < 20; ++i) n += strike(faults, "POST /orders", random).has_value();
        return n;
    };
    CHECK(strikes(R"({"answer": "500", "times": 3})") == 3);
    CHECK(strikes(R"({"answer": "500", "times": 3, "every": 10})") == 2);
    CHECK(strikes(R"({"answer": "500", "times": 3, "probability": 0})") == 0);
    CHECK(strikes(R"({"answer": "500"})") == 0);
}
