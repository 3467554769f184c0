#include "no_metrics.hpp"
#include "orderd/async/loop_time.hpp"
#include "orderd/submission/search.hpp"
#include "unit/store/silent_store.hpp"
#include "unit/tracking/silent_api.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace orderd;
using namespace orderd::submission;
using store::doubtful_order;
using store::known_order;

namespace {

constexpr const char* site = "int-12345678";

provider::failure not_found()
{
    provider::failure f;
    f.kind = provider::failure::what_happened::not_found;
    f.status = 400;
    return f;
}

provider::failure no_answer()
{
    provider::failure f;
    f.text = "no answer came";
    return f;
}

/// A provider with these orders, some of which its searches hide.
class small_provider final : public tests::silent_api {
public:
    std::vector<provider::order_detail> orders;
    std::set<std::string> hidden;                                               // from searches by line or site
    std::vector<provider::unreadable_element<provider::order_summary>> unnamed; // in the list of what is in progress
    bool search_breaks_off = false;
    std::set<std::string> silent; // no answer comes to the question for their detail

    answer<provider::listing<provider::order_summary>> list_orders(provider::order_filter by) override
    {
        provider::listing<provider::order_summary> out;
        bool search = !by.line_id.empty() || !by.customer_site_code.empty();
        for (const auto& o : orders) {
            if (!by.line_id.empty() && o.line_id != by.line_id) continue;
            if (!by.customer_site_code.empty() && o.customer_site_code != by.customer_site_code) continue;
            if (!by.status.empty() && o.status != by.status) continue;
            if (!search || !hidden.contains(o.code.text)) out.items.push_back(o);
        }
        if (!search) out.unreadable = unnamed;
        if (by.compared && search_breaks_off) out.broke_off = no_answer();
        co_return out;
    }
    answer<provider::order_detail> get_order(order_code code) override
    {
        auto at = std::find_if(orders.begin(), orders.end(), [&](const auto& o) { return o.code == code; });
        if (at == orders.end()) co_return not_found();
        if (silent.contains(code.text)) co_return no_answer();
        co_return *at;
    }
};

class small_store final : public tests::silent_store {
public:
    std::vector<known_order> known;
    std::vector<store::change_beside> beside;

    boost::asio::awaitable<std::vector<known_order>> known_orders(order_type, store::milliseconds) override
    {
        co_return known;
    }
    boost::asio::awaitable<std::vector<store::change_beside>> changes_beside(order_id id) override
    {
        auto others = beside;
        std::erase_if(others, [&](const auto& o) { return o.order.id == id; });
        co_return others;
    }
    boost::asio::awaitable<std::vector<store::owned_code>> owned_codes(std::vector<order_code> codes) override
    {
        std::vector<store::owned_code> out;
        for (const auto& code : codes)
            for (const auto& k : known)
                if (k.code == code) out.push_back({code, "change:" + k.key, {99}});
        co_return out;
    }
    boost::asio::awaitable<std::vector<order_code>> seen_before(order_id, std::vector<order_code>) override
    {
        co_return std::vector<order_code>{};
    }
    boost::asio::awaitable<void> note_seen(std::vector<order_code>) override { co_return; }
};

doubtful_order in_doubt(std::int64_t id, order_request request)
{
    doubtful_order o;
    o.id = {id};
    o.attempts = 1;
    o.type = type_of(request);
    o.request = std::move(request);
    o.submitted_at = tokyo_time(*parse_yyyymmdd("20261123"), std::chrono::hours(12));
    return o;
}
doubtful_order change(std::int64_t id, std::vector<product_change> products)
{
    return in_doubt(id, change_order{"A10000105", site, std::move(products)});
}
doubtful_order cancel(std::int64_t id, std::string end)
{
    return in_doubt(id, cancel_order{"A10000105", site, std::move(end)});
}

provider::order_detail there(std::string code, order_type type, std::string at_site)
{
    provider::order_detail d;
    d.code = {std::move(code)};
    d.order_type = std::to_string(static_cast<int>(type));
    d.status = "1";
    d.application_date = "20261123";
    d.customer_site_code = std::move(at_site);
    return d;
}
provider::order_detail change_there(std::string code, const std::vector<product_change>& products)
{
    auto d = there(std::move(code), order_type::change, site);
    for (const auto& p : products) {
        provider::order_contract c;
        c.product_code = p.product_code;
        c.change_type = std::to_string(p.change_type);
        d.contracts.push_back(c);
    }
    return d;
}
provider::order_detail cancel_there(std::string code, std::string at_site, std::string end)
{
    auto d = there(std::move(code), order_type::cancel, std::move(at_site));
    d.hope_to_end_at = std::move(end);
    return d;
}
known_order known(std::string code, std::string key, bool long_accepted = true, bool in_progress = true)
{
    known_order k;
    k.code = {std::move(code)};
    k.key = std::move(key);
    k.in_progress = in_progress;
    k.long_accepted = long_accepted;
    return k;
}

struct small_world {
    small_provider provider;
    small_store store;
    tests::no_metrics counters;

    search_evidence search(const doubtful_order& order, bool as_last = false)
    {
        boost::asio::io_context loop;
        auto time = async::make_loop_time(loop.get_executor());
        controls trusted(*time, store, provider, counters, std::chrono::seconds(120));
        std::optional<search_evidence> out;
        auto work = [&]() -> boost::asio::awaitable<void> {
            auto got = co_await search_provider(provider, store, trusted, order, {.as_last = as_last});
            if (got) out.emplace(std::move(*got));
        };
        boost::asio::co_spawn(loop, work, [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
        loop.run();
        REQUIRE(out);
        return std::move(*out);
    }
    finding found(const doubtful_order& order) { return read(search(order)); }
};

std::string ours_in(const search_evidence& e)
{
    std::string out;
    for (const auto& one : e.elements)
        if (one.is == verdict::ours) out += one.code.text;
    return out;
}

const std::vector<product_change> adds_one{{1, "0-1-1-3-1"}}, removes_one{{3, "0-1-1-3-2"}},
    adds_other{{1, "0-9-9-9-9"}};

}

TEST_CASE("two changes of one site that are both in doubt each find their own order")
{
    small_world w;
    auto a = change(1, adds_one), b = change(2, removes_one);
    w.store.beside = {{a, {}}, {b, {}}};
    w.provider.orders = {change_there("A1", adds_one), change_there("A2", removes_one)};
    for (const auto& [order, code] : {std::pair(a, "A1"), std::pair(b, "A2")}) {
        auto found = w.search(order);
        CHECK(read(found) == finding::one_ours);
        CHECK(ours_in(found) == code);
    }
}

TEST_CASE("what differs is another's only where it agrees with one that is in doubt here, and nothing is absent by it")
{
    small_world w;
    auto a = change(1, adds_one), b = change(2, removes_one);
    w.store.beside = {{a, {}}, {b, {}}};
    SECTION("a third one that is nobody's here")
    {
        w.provider.orders = {change_there("A1", adds_one), change_there("A2", removes_one),
                             change_there("A3", adds_other)};
        CHECK(w.found(a) == finding::perhaps_ours);
    }
    SECTION("its own is not shown")
    {
        w.provider.orders = {change_there("A2", removes_one)};
        CHECK(w.found(a) == finding::perhaps_ours);
    }
    SECTION("two agree with the other")
    {
        w.provider.orders = {change_there("A1", adds_one), change_there("A2", removes_one),
                             change_there("A3", removes_one)};
        CHECK(w.found(a) == finding::perhaps_ours);
    }
    SECTION("two of the same products")
    {
        w.store.beside = {{a, {}}, {change(2, adds_one), {}}};
        w.provider.orders = {change_there("A1", adds_one), change_there("A2", adds_one)};
        CHECK(w.found(a) == finding::several_ours);
    }
    SECTION("one just like it is followed here, under a code that the search does not show")
    {
        w.store.beside = {{change(2, adds_one), {"A2"}}};
        w.provider.orders = {change_there("a2", adds_one)};
        CHECK(w.found(a) == finding::inconclusive);
    }
    SECTION("one just like it is followed here, and is shown, too")
    {
        w.store.beside = {{change(2, adds_one), {"A2"}}};
        w.store.known.push_back({{"A2"}, std::get<change_order>(a.request).customer_site_code, true});
        w.provider.orders = {change_there("A1", adds_one), change_there("A2", adds_one)};
        CHECK(w.found(a) == finding::one_ours);
    }
    SECTION("another change of the site is followed here, and not shown")
    {
        w.store.beside = {{change(2, removes_one), {"A2"}}};
        w.provider.orders = {change_there("A1", adds_one)};
        CHECK(w.found(a) == finding::one_ours);
    }
    SECTION("nobody else is in doubt")
    {
        w.store.beside = {{a, {}}};
        w.provider.orders = {change_there("A1", adds_one), change_there("A2", removes_one)};
        CHECK(w.found(a) == finding::perhaps_ours);
    }
    SECTION("what has ended may be either's")
    {
        auto ended = change_there("A2", removes_one);
        ended.status = "4";
        w.provider.orders = {change_there("A1", adds_one), ended};
        CHECK(w.found(a) == finding::perhaps_ours);
    }
}

TEST_CASE("a known order that the provider does not know any more spoils no control")
{
    small_world w;
    auto order = cancel(1, "20271210");
    auto good = cancel_there("K2", "int-00000002", "20271105");
    w.provider.orders = {good};
    w.store.known = {known("GONE", "int-00000001"), known("K2", "int-00000002")};
    CHECK(w.found(order) == finding::not_there);
    w.store.known = {known("GONE", "int-00000001"), known("GONE2", "int-00000003"), known("K2", "int-00000002")};
    CHECK(w.found(order) == finding::not_there);

    // What was accepted a moment ago may be missing in an old copy, as the order in doubt may.
    w.store.known = {known("GONE", "int-00000001", false), known("K2", "int-00000002")};
    CHECK(w.found(order) == finding::inconclusive);
    // None is found that is there.
    w.provider.orders.clear();
    w.store.known = {known("GONE", "int-00000001"), known("GONE2", "int-00000003")};
    CHECK(w.found(order) == finding::inconclusive);
    // Those of others show as well that searches work.
    w.provider.orders = {good};
    CHECK(w.found(order) == finding::not_there);
}

TEST_CASE("a search that leaves out a known order in progress proves nothing, though it finds another")
{
    small_world w;
    auto order = cancel(1, "20271210");
    w.provider.orders = {cancel_there("K1", "int-00000001", "20271105"),
                         cancel_there("K2", "int-00000002", "20271105")};
    w.provider.hidden = {"K1"};
    w.store.known = {known("K1", "int-00000001"), known("K2", "int-00000002")};
    CHECK(w.found(order) == finding::inconclusive);
    w.store.known = {known("K2", "int-00000002"), known("K1", "int-00000001")};
    CHECK(w.found(order) == finding::not_there); // as far as it was asked
    w.provider.orders[0].status = "4";           // ended meanwhile, and hidden: so may the order in doubt be
    w.store.known = {known("K1", "int-00000001"), known("K2", "int-00000002")};
    CHECK(w.found(order) == finding::inconclusive);
    // What has ended long since may have been put away; where nothing else is known, that is no proof.
    w.store.known = {known("K1", "int-00000001", true, false)};
    CHECK(w.found(order) == finding::inconclusive);
}

TEST_CASE(
    "a cancel for a day is not taken for one of its month, nor the other way round, unless the provider writes so")
{
    small_world w;
    w.store.known = {known("K1", "int-00000001")};
    struct row {
        const char *sent, *told, *known_sent, *known_told;
        finding is;
    };
    for (const auto& r : {row{"202712", "20271215", "20271105", "20271105", finding::perhaps_ours},
                          row{"202712", "20271231", "20271105", "20271105", finding::perhaps_ours},
                          row{"202712", "20271231", "202711", "20271130", finding::one_ours},
                          row{"202712", "20271231", "202711", "202711", finding::perhaps_ours},
                          row{"20271210", "202712", "20271105", "20271105", finding::perhaps_ours},
                          row{"20271210", "202712", "20271105", "202711", finding::one_ours},
                          row{"20271210", "202712", "", "", finding::perhaps_ours}}) {
        INFO(r.sent << " told as " << r.told << ", " << r.known_sent << " as " << r.known_told);
        w.store.known.front().wanted_day = r.known_sent;
        w.provider.orders = {cancel_there("K1", "int-00000001", r.known_told), cancel_there("A1", site, r.told)};
        CHECK(w.found(cancel(1, r.sent)) == r.is);
    }
    // While searches cannot be believed, the hand is not known: asked again, not decided.
    w.provider.orders = {cancel_there("K1", "int-00000001", "202711"), cancel_there("A1", site, "202712")};
    w.provider.hidden = {"K1"};
    CHECK(w.found(cancel(1, "20271210")) == finding::inconclusive);
}

TEST_CASE("a person's search has the second opinion, too")
{
    small_world w;
    auto a = change(1, adds_one);
    w.store.known = {known("B1", "int-00000001")};
    auto old = there("B1", order_type::change, "int-00000001");
    w.provider.orders = {old, change_there("A1", adds_one)};
    w.provider.hidden = {"A1"};
    CHECK(read(w.search(a)) == finding::not_there);
    auto found = w.search(a, true);
    CHECK(read(found) == finding::inconclusive);
    CHECK(found.elsewhere == "A1");
}

TEST_CASE("an order in progress without an order code speaks against only what it may be")
{
    small_world w;
    auto a = change(1, adds_one);
    a.searches = 1;
    w.store.known = {known("B1", "int-00000001")};
    w.provider.orders = {there("B1", order_type::change, "int-00000001")};
    auto with = [&](std::string type, std::string at_site) {
        provider::order_summary o;
        o.order_type = std::move(type);
        o.customer_site_code = std::move(at_site);
        w.provider.unnamed = {{"it has no orderCode", std::make_shared<const provider::order_summary>(o)}};
        return w.search(a);
    };
    CHECK(read(with("2", "int-87654321")) == finding::not_there);
    CHECK(read(with("3", site)) == finding::not_there);
    for (const auto& [type, at] : {std::pair("2", site), std::pair("", site), std::pair("2", ""), std::pair("", "")}) {
        auto found = with(type, at);
        CHECK(read(found) == finding::inconclusive);
        CHECK(found.unusable.find("has no order code: it has no orderCode") != std::string::npos);
    }
}

TEST_CASE("what a search shows is evidence, whatever fails behind it")
{
    small_world w;
    auto a = change(1, adds_one);
    w.store.known = {known("B1", "int-00000001")};
    w.provider.orders = {there("B1", order_type::change, "int-00000001"), change_there("A1", adds_one),
                         change_there("A2", adds_other)};
    auto shows_both = [&](const search_evidence& e) {
        CHECK(read(e) == finding::inconclusive);
        CHECK_FALSE(e.unusable.empty());
        CHECK(e.elements.size() == 2);
    };
    SECTION("the list breaks off")
    {
        w.provider.search_breaks_off = true;
        shows_both(w.search(a));
        CHECK(ours_in(w.search(a)) == "A1");
    }
    SECTION("a detail is not answered")
    {
        w.provider.silent = {"A1"};
        shows_both(w.search(a));
    }
    SECTION("a detail of what only the list of those in progress shows is not answered")
    {
        w.provider.hidden = {"A1", "A2"};
        w.provider.silent = {"A1", "A2"};
        auto found = w.search(a, true);
        CHECK(read(found) == finding::inconclusive);
        CHECK(found.elsewhere_unread);
    }
}

TEST_CASE("what an earlier search showed must be told to be another's before an order is absent")
{
    small_world w;
    auto a = change(1, adds_one);
    a.searches = 1;
    w.store.known = {known("B1", "int-00000001")};
    w.provider.orders = {there("B1", order_type::change, "int-00000001")};
    a.shown_before = {{"A1"}};
    auto left_out = [&](const provider::order_detail& order) {
        w.provider.orders.push_back(order);
        w.provider.hidden = {"A1"};
        return w.found(a);
    };
    SECTION("the provider does not know it any more") { CHECK(w.found(a) == finding::inconclusive); }
    SECTION("it is ours, and only the search leaves it out")
    {
        CHECK(left_out(change_there("A1", adds_one)) == finding::one_ours);
    }
    SECTION("it has ended, and the search leaves out what has")
    {
        auto ended = change_there("A1", adds_one);
        ended.status = "4";
        CHECK(left_out(ended) == finding::perhaps_ours);
    }
    SECTION("it is another's after all")
    {
        auto other = change_there("A1", adds_one);
        other.customer_site_code = "int-87654321";
        CHECK(left_out(other) == finding::not_there);
    }
    SECTION("a person has given it back")
    {
        a.given_back = {{"A1"}};
        CHECK(w.found(a) == finding::not_there);
    }
    SECTION("it was told of an order of another site here, which may have been wrong")
    {
        w.store.known.push_back(known("A1", "int-87654321"));
        CHECK(left_out(there("A1", order_type::change, "int-87654321")) == finding::not_there);
        w.provider.orders.back() = change_there("A1", adds_one);
        CHECK(w.found(a) == finding::inconclusive);
    }
    SECTION("one without an order code is not shown any more")
    {
        a.shown_before.clear();
        a.shown_unnamed = 1;
        auto found = w.search(a);
        CHECK(read(found) == finding::inconclusive);
        CHECK(found.unusable.find("without an order code") != std::string::npos);
    }
}
