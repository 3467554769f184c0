#include "orderd/tracking/in_progress.hpp"
#include "silent_api.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace orderd;
using namespace orderd::tracking;

namespace {

namespace asio = boost::asio;

/// A provider with so many orders in progress, of which it lists some at once.
class capped_orders final : public tests::silent_api {
public:
    std::vector<store::tracked_order> in_progress;
    std::size_t most = 20;
    int asked = 0, fail_at = 0;

    answer<provider::listing<provider::order_summary>> list_orders(provider::order_filter f) override
    {
        CHECK(f.status == "1");
        provider::listing<provider::order_summary> out;
        if (++asked == fail_at) co_return provider::failure{};
        for (const auto& o : in_progress) {
            bool sliced = !f.hope_to_start_from.empty();
            if (sliced && (o.opening_day < f.hope_to_start_from || o.opening_day > f.hope_to_start_to)) continue;
            if (!f.case_name.empty() && f.case_name != o.case_name) continue;
            if (out.items.size() == most) {
                out.complete = false;
                out.beyond_reach = true;
                break;
            }
            provider::order_summary item;
            item.code = o.code;
            out.items.push_back(item);
        }
        co_return out;
    }
};

std::optional<std::unordered_set<std::string>> listed(capped_orders& api, const std::vector<store::tracked_order>& ours)
{
    auto got = tests::told(list_in_progress(api, ours));
    if (!got) return std::nullopt;
    return std::move(got->codes);
}

store::tracked_order order(int n, const std::string& day, const std::string& case_name)
{
    return {{n}, 1, {"A" + std::to_string(n)}, day, case_name};
}

}

TEST_CASE("days are spanned so that none has too many, unless one day has")
{
    CHECK(spans_of({}, 3).empty());
    CHECK(spans_of({"20270401"}, 3) == std::vector<span_of_days>{{"20270401", "20270401"}});
    CHECK(spans_of({"20270403", "20270401", "20270402", "20270402"}, 3) ==
          std::vector<span_of_days>{{"20270401", "20270402"}, {"20270403", "20270403"}});
    CHECK(spans_of({"20270401", "20270401", "20270401", "20270401", "20270402"}, 3) ==
          std::vector<span_of_days>{{"20270401", "20270401"}, {"20270402", "20270402"}});
    CHECK(spans_of({"20270401", "20270402"}, 0).size() == 2);
}

TEST_CASE("one complete list is all that is asked for")
{
    capped_orders api;
    for (int n = 0; n < 20; ++n) api.in_progress.push_back(order(n, "20270401", "case"));
    auto got = listed(api, api.in_progress);
    REQUIRE(got);
    CHECK(got->size() == 20);
    CHECK(api.asked == 1);
}

TEST_CASE("orders beyond the offset cap are listed by their days and cases")
{
    capped_orders api;
    std::mt19937 random(7);
    for (int n = 0; n < 400; ++n) {
        auto day = n % 2 ? "202704" + std::to_string(10 + random() % 19) : "";
        api.in_progress.push_back(order(n, day, "case " + std::to_string(n / 15)));
    }
    auto ours = api.in_progress;
    std::shuffle(ours.begin(), ours.end(), random);
    auto got = listed(api, ours);
    REQUIRE(got);
    CHECK(got->size() == 400);
    CHECK(api.asked < 100);
}

TEST_CASE("what no list holds is left to be asked for by itself")
{
    capped_orders api;
    for (int n = 0; n < 100; ++n) api.in_progress.push_back(order(n, "20270401", n < 50 ? "one case" : ""));
    auto got = listed(api, api.in_progress);
    REQUIRE(got);
    CHECK(got->size() == 20); // one day, one case: each holds more than a list
    CHECK(api.asked == 3);
}

TEST_CASE("a list that fails fails the whole, so that nothing is taken for moved")
{
    for (int at : {1, 2, 3}) {
        capped_orders api;
        for (int n = 0; n < 100; ++n)
            api.in_progress.push_back(
                order(n, n % 2 ? "2027040" + std::to_string(1 + n % 9) : "", "case " + std::to_string(n / 10)));
        api.fail_at = at;
        CHECK_FALSE(listed(api, api.in_progress));
    }
}

namespace {

/// A provider that lists what it is given, whatever it is asked for.
class heedless_orders final : public tests::silent_api {
public:
    provider::listing<provider::order_summary> all;
    answer<provider::listing<provider::order_summary>> list_orders(provider::order_filter) override { co_return all; }
};

}

TEST_CASE("what has ended is not in progress though it was listed, and what is odd is said and kept")
{
    heedless_orders api;
    for (auto [code, status] : {std::pair{"A1", "1"},
                                {"A2", "2"},
                                {"A3", "3"},
                                {"A4", "4"},
                                {"A5", "5"},
                                {"A7", "7"},
                                {"A8", "進行中"},
                                {"A9", ""}}) {
        provider::order_summary o;
        o.code = {code};
        o.status = status;
        api.all.items.push_back(o);
    }
    api.all.unreadable.push_back({"it has no orderCode", {}});
    auto got = tests::told(list_in_progress(api, {}));
    REQUIRE(got);
    CHECK(got->codes == std::unordered_set<std::string>{"A1", "A7", "A8", "A9"}); // RULINGS R6: in progress still
    CHECK(got->odd.size() == 3);
    for (const auto* odd : {"A7", "A8", "orderCode"})
        CHECK(std::any_of(got->odd.begin(), got->odd.end(), [&](const auto& o) { return o.find(odd) != o.npos; }));
}
