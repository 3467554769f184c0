#include "orderd/submission/evidence.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <random>

using namespace orderd;
using namespace orderd::submission;
using store::doubtful_order;

namespace {

constexpr const char *line = "CAF1234567890", *access_key = "a1b2c3d4", *site = "int-12345678";

/// Sent at noon on 2026-11-23 in Tokyo.
doubtful_order sent(order_request request)
{
    doubtful_order o;
    o.id = {1};
    o.attempts = 1;
    o.type = type_of(request);
    o.request = std::move(request);
    o.submitted_at = tokyo_time(*parse_yyyymmdd("20261123"), std::chrono::hours(12));
    return o;
}
doubtful_order start()
{
    start_order s;
    s.customer_code = "A10000105";
    s.customer_site_name = "東京拠点";
    s.case_name = "鈴木商店";
    s.line_id = line;
    s.line_access_key = access_key;
    s.hope_to_open_at = "20261210";
    s.product_codes = {"1-1-1-1-1", "0-1-1-3-1"};
    s.installation_location =
        place{"1050003", "東京都", "港区西新橋2-14-1", "株式会社", "本部", "山田太郎", "05033881648"};
    s.lan = lan_address{"192.0.2.0/24", "192.0.2.1"};
    return sent(s);
}
doubtful_order change(std::vector<product_change> products = {{1, "0-1-1-3-1"}})
{
    return sent(change_order{"A10000105", site, std::move(products)});
}
doubtful_order cancel(std::string end = "20261231", bool overwrite = false)
{
    return sent(cancel_order{"A10000105", site, std::move(end), overwrite});
}

provider::order_contract contract(std::string code, std::string change_type = {})
{
    provider::order_contract c;
    c.product_code = std::move(code);
    c.change_type = std::move(change_type);
    return c;
}

/// Everything as it was sent, as list and detail tell it.
element told(const doubtful_order& o)
{
    element e;
    provider::order_detail d;
    d.code = {"A1"};
    d.order_type = std::to_string(static_cast<int>(o.type));
    d.status = "1";
    d.application_date = "20261123";
    d.customer_code = "A10000105";
    if (auto* s = std::get_if<start_order>(&o.request)) {
        d.customer_site_name = s->customer_site_name;
        d.case_name = s->case_name;
        d.hope_to_start_at = s->hope_to_open_at;
        d.line_id = s->line_id;
        d.line_access_key = s->line_access_key;
        for (const auto& code : s->product_codes) d.contracts.push_back(contract(code));
        if (s->installation_location)
            d.installation_location = {{"zipCode", s->installation_location->zip_code},
                                       {"prefectures", s->installation_location->prefectures},
                                       {"address", s->installation_location->address},
                                       {"tel", s->installation_location->tel}};
        if (s->lan)
            d.lan_address = {{"lanNetworkAddress", s->lan->network}, {"lanInterfaceAddress", s->lan->interface}};
    } else if (auto* c = std::get_if<change_order>(&o.request)) {
        d.customer_site_code = c->customer_site_code;
        d.customer_site_name = "東京拠点";
        for (const auto& p : c->products)
            d.contracts.push_back(contract(p.product_code, std::to_string(p.change_type)));
        bool same = std::all_of(c->products.begin(), c->products.end(),
                                [&](const auto& p) { return p.change_type == c->products[0].change_type; });
        if (same && !c->products.empty()) d.change_type = std::to_string(c->products[0].change_type);
    } else if (auto* end = std::get_if<cancel_order>(&o.request)) {
        d.customer_site_code = end->customer_site_code;
        d.customer_site_name = "東京拠点";
        d.hope_to_end_at = end->hope_to_end_at;
        d.overwrite_check_flag = end->overwrite ? "1" : "0";
    }
    e.listed = d;
    e.detail = std::move(d);
    return e;
}

using edit = std::function<void(element&)>;
struct told_otherwise {
    std::string_view what;
    verdict is;
    edit by;
};
/// Says the same in the list and in the detail.
edit both(std::function<void(provider::order_summary&)> by)
{
    return [by = std::move(by)](element& e) {
        by(e.listed);
        if (e.detail) by(*e.detail);
    };
}
edit in_list(std::function<void(provider::order_summary&)> by)
{
    return [by = std::move(by)](element& e) { by(e.listed); };
}
edit in_detail(std::function<void(provider::order_detail&)> by)
{
    return [by = std::move(by)](element& e) {
        if (e.detail) by(*e.detail);
    };
}
verdict judged(const doubtful_order& o, const edit& by)
{
    auto e = told(o);
    by(e);
    return judge(e, o).is;
}
void check(const doubtful_order& o, const std::vector<told_otherwise>& rows)
{
    for (const auto& row : rows) {
        auto e = told(o);
        row.by(e);
        auto j = judge(e, o);
        INFO(name(o.type) << ": " << row.what << ": " << name(j.is) << " by " << j.rule);
        CHECK(j.is == row.is);
    }
}
/// The same, where more than one verdict keeps the rule above all.
void check_never(verdict never, const doubtful_order& o, const std::vector<std::pair<std::string_view, edit>>& rows)
{
    for (const auto& [what, by] : rows) {
        auto e = told(o);
        by(e);
        auto j = judge(e, o);
        INFO(name(o.type) << ": " << what << ": " << name(j.is) << " by " << j.rule);
        CHECK(j.is != never);
    }
}
const edit nothing = [](element&) {};
const edit no_detail = [](element& e) { e.detail.reset(); };
auto status(std::string s)
{
    return both([s](auto& o) { o.status = s; });
}
auto day(std::string s)
{
    return both([s](auto& o) { o.application_date = s; });
}
auto contracts(std::vector<provider::order_contract> c)
{
    return in_detail([c](auto& d) { d.contracts = c; });
}

}

TEST_CASE("an order that tells everything as it was sent is ours, of every type")
{
    for (const auto& o :
         {start(), change(), change({{3, "0-1-1-3-1"}}), cancel(), cancel("202612"), cancel("20261231", true)}) {
        auto j = judge(told(o), o);
        INFO(name(o.type) << " " << j.rule);
        CHECK(j.is == verdict::ours);
        CHECK(j.code.text == "A1");
        CHECK_FALSE(j.rule.empty());
        CHECK_FALSE(j.english.empty());
        CHECK_FALSE(j.japanese.empty());
        CHECK_FALSE(j.members.empty());
        for (const auto& m : j.members) CHECK(m.agrees);
    }
}

TEST_CASE("C1: what belongs to another order, or was there before, is another's whatever else it tells")
{
    for (const auto& o : {start(), change(), cancel()})
        check(o, {
                     {"owned", verdict::another, [](element& e) { e.owned = true; }},
                     {"seen before", verdict::another, [](element& e) { e.seen_before = true; }},
                     {"owned, and no detail", verdict::another,
                      [](element& e) {
                          e.owned = true;
                          e.detail.reset();
                      }},
                     {"owned, and unreadable", verdict::another,
                      [](element& e) {
                          e.owned = true;
                          e.listed.status = "進行中";
                          e.listed.order_type = "?";
                          e.detail.reset();
                      }},
                     {"owned, and ended", verdict::another,
                      [](element& e) {
                          e.owned = true;
                          e.listed.status = "4";
                      }},
                 });
}

TEST_CASE("C1: an order of another type is another's when list and detail do not contradict each other")
{
    for (const auto& o : {start(), change(), cancel()}) {
        auto ours = std::to_string(static_cast<int>(o.type));
        for (std::string other : {"1", "2", "3"}) {
            if (other == ours) continue;
            auto in_both = both([other](auto& s) { s.order_type = other; });
            check(o, {
                         {"another type", verdict::another, in_both},
                         {"another type, and no detail", verdict::perhaps,
                          [&](element& e) {
                              in_both(e);
                              e.detail.reset();
                          }},
                         {"another type in the list, none in the detail", verdict::another,
                          [&](element& e) {
                              e.listed.order_type = other;
                              e.detail->order_type = "";
                          }},
                     });
            // One says so and the other does not: that is not sure.
            check_never(verdict::ours, o,
                        {{"list", in_list([other](auto& s) { s.order_type = other; })},
                         {"detail", in_detail([other](auto& s) { s.order_type = other; })}});
            check_never(verdict::another, o,
                        {{"list", in_list([other](auto& s) { s.order_type = other; })},
                         {"detail", in_detail([other](auto& s) { s.order_type = other; })}});
        }
    }
}

TEST_CASE("C1: only a day that is surely earlier than the day before the attempt excludes")
{
    const struct {
        std::string_view told;
        verdict is;
    } rows[] = {
        {"20261123", verdict::ours},
        {"20261122", verdict::ours}, // the provider's clock, or its zone, may be behind
        {"20261121", verdict::another},
        {"20261101", verdict::another},
        {"20251123", verdict::another},
        {"2026/11/21", verdict::another},
        {"2026年11月21日", verdict::another},
        {"2026-11-21T23:59:59+09:00", verdict::another},
        {"2026-11-21T14:59:59Z", verdict::another},
        {"2026-11-21T15:00:00Z", verdict::ours}, // the 22nd in Tokyo
        {"2026-11-21T23:59:59", verdict::ours},  // may be the 22nd in Tokyo
        {"2026-11-20T23:59:59", verdict::another},
        {"20261124", verdict::ours}, // the day only ever excludes
        {"20270101", verdict::ours},
        {"", verdict::ours},
        {"未定", verdict::ours},
        {"0", verdict::ours},
        {"0001-01-01", verdict::ours},
        {"1970-01-01T00:00:00Z", verdict::ours},
        {"21/11/2026", verdict::ours},
        {"202611", verdict::ours},
        {"令和8年11月1日", verdict::another},
        {"R8.11.21", verdict::another},
        {"令和8年11月22日", verdict::ours},
        {"20261131", verdict::ours},
    };
    for (const auto& o : {start(), change(), cancel()})
        for (const auto& row : rows) {
            INFO(name(o.type) << " " << row.told);
            CHECK(judged(o, day(std::string(row.told))) == row.is);
        }
    for (const auto& o : {start(), change(), cancel()}) {
        check(o, {
                     {"early in the list, unknown in the detail", verdict::another,
                      [](element& e) {
                          e.listed.application_date = "20261101";
                          e.detail->application_date = "";
                      }},
                     {"early in the list, and no detail", verdict::perhaps,
                      [](element& e) {
                          e.listed.application_date = "20261101";
                          e.detail.reset();
                      }},
                     {"early, and ended", verdict::another, both([](auto& s) {
                          s.application_date = "20261101";
                          s.status = "2";
                      })},
                 });
        // List and detail contradict each other: that is not sure.
        check_never(verdict::another, o,
                    {{"early in the list alone", in_list([](auto& s) { s.application_date = "20261101"; })},
                     {"early in the detail alone", in_detail([](auto& s) { s.application_date = "20261101"; })}});
    }
}

TEST_CASE("C1: the day before is counted in Tokyo")
{
    auto o = start();
    o.submitted_at = tokyo_time(*parse_yyyymmdd("20261123"), std::chrono::hours(1)); // the 22nd in UTC
    CHECK(judged(o, day("20261122")) == verdict::ours);
    CHECK(judged(o, day("20261121")) == verdict::another);
    o.submitted_at = tokyo_time(*parse_yyyymmdd("20261123"), std::chrono::minutes(1)); // clocks differ
    CHECK(judged(o, day("20261122")) == verdict::ours);
    CHECK(judged(o, day("20261120")) == verdict::another);
    o.submitted_at = tokyo_time(*parse_yyyymmdd("20261123"), std::chrono::hours(24) - std::chrono::seconds(1));
    CHECK(judged(o, day("20261122")) == verdict::ours);
    CHECK(judged(o, day("20261121")) == verdict::another);
    o.submitted_at = tokyo_time(*parse_yyyymmdd("20270101"), std::chrono::hours(1));
    CHECK(judged(o, day("20261231")) == verdict::ours);
    CHECK(judged(o, day("20261230")) == verdict::another);
}

TEST_CASE("what cannot be told is neither ours nor another's")
{
    for (const auto& o : {start(), change(), cancel()})
        for (auto by : {both([](auto& s) { s.order_type = "9"; }), both([](auto& s) { s.order_type = "新規"; }),
                        both([](auto& s) { s.order_type = ""; }), status("7"), status("進行中"), status("")}) {
            auto e = told(o);
            by(e);
            auto without = e;
            without.detail.reset();
            for (const auto& one : {e, without}) {
                auto j = judge(one, o);
                INFO(name(o.type) << " " << one.listed.order_type << "/" << one.listed.status << " " << j.rule);
                CHECK(j.is == verdict::unreadable);
            }
        }
}

TEST_CASE("C3: an order that has ended is perhaps ours")
{
    for (const auto& o : {start(), change(), cancel()})
        for (std::string ended : {"2", "3", "4", "5"}) {
            check(o, {
                         {"ended", verdict::perhaps, status(ended)},
                         {"ended, and no detail", verdict::perhaps,
                          [&](element& e) {
                              e.listed.status = ended;
                              e.detail.reset();
                          }},
                         {"ended on the same day", verdict::perhaps, both([&](auto& s) {
                              s.status = ended;
                              s.application_date = "20261123";
                              s.hope_to_end_at = "20261123";
                          })},
                         {"ended, on an unknown day", verdict::perhaps, both([&](auto& s) {
                              s.status = ended;
                              s.application_date = "";
                          })},
                         {"ended in the list alone", verdict::perhaps, in_list([&](auto& s) { s.status = ended; })},
                         {"ended in the detail alone", verdict::perhaps, in_detail([&](auto& s) { s.status = ended; })},
                     });
        }
}

TEST_CASE("it is said whether a detail was not asked for, or asked for and not answered")
{
    auto o = start();
    auto e = told(o);
    e.detail.reset();
    auto too_many = judge(e, o);
    CHECK(too_many.rule == "detail_not_asked");
    CHECK(too_many.english == "is one of too many to look at each");
    e.detail_failed = true;
    auto failed = judge(e, o);
    CHECK(failed.is == too_many.is);
    CHECK(failed.rule == "detail_not_answered");
    CHECK(failed.english.find("many") == failed.english.npos);
    CHECK(failed.japanese != too_many.japanese);
    e.owned = true;
    CHECK(judge(e, o).rule == "belongs_to_another_order");
}

TEST_CASE("C2 needs the detail")
{
    for (const auto& o : {start(), change(), cancel()})
        check(o, {
                     {"not asked for", verdict::perhaps, no_detail},
                     {"not known there", verdict::unreadable,
                      [](element& e) {
                          e.detail.reset();
                          e.detail_missing = true;
                      }},
                 });
}

TEST_CASE("a start order: what is told otherwise makes it perhaps ours")
{
    check(
        start(),
        {
            {"nothing", verdict::ours, nothing},
            {"site name", verdict::perhaps, both([](auto& s) { s.customer_site_name = "大阪拠点"; })},
            {"site name in the list", verdict::perhaps, in_list([](auto& s) { s.customer_site_name = "大阪拠点"; })},
            {"site name absent", verdict::ours, both([](auto& s) { s.customer_site_name = ""; })},
            {"site name in another hand", verdict::ours, both([](auto& s) { s.customer_site_name = "\u3000東京拠 "; })},
            {"site code, which is new", verdict::ours, both([](auto& s) { s.customer_site_code = "int-1"; })},
            {"case", verdict::perhaps, in_detail([](auto& d) { d.case_name = "田中商店"; })},
            {"case absent", verdict::ours, in_detail([](auto& d) { d.case_name = ""; })},
            {"customer", verdict::perhaps, in_detail([](auto& d) { d.customer_code = "B1"; })},
            {"access key", verdict::perhaps, in_detail([](auto& d) { d.line_access_key = "zzzzzzzz"; })},
            {"access key of 7 characters", verdict::perhaps, in_detail([](auto& d) { d.line_access_key = "a1b2c3d"; })},
            {"access key absent", verdict::ours, in_detail([](auto& d) { d.line_access_key = ""; })},
            {"access key hidden", verdict::ours, in_detail([](auto& d) { d.line_access_key = "********"; })},
            {"line absent", verdict::ours, in_detail([](auto& d) { d.line_id = ""; })},
            {"line hidden", verdict::ours, in_detail([](auto& d) { d.line_id = "CAF1234******"; })},
            {"wanted day", verdict::perhaps, both([](auto& s) { s.hope_to_start_at = "20261211"; })},
            {"wanted day in the detail", verdict::perhaps, in_detail([](auto& s) { s.hope_to_start_at = "20261211"; })},
            {"wanted day absent", verdict::ours, both([](auto& s) { s.hope_to_start_at = ""; })},
            {"wanted day in another hand", verdict::ours, both([](auto& s) { s.hope_to_start_at = "2026年12月10日"; })},
            {"wanted day as a time", verdict::ours, both([](auto& s) { s.hope_to_start_at = "2026-12-09T15:00:00Z"; })},
            {"wanted day unknown", verdict::ours, both([](auto& s) { s.hope_to_start_at = "未定"; })},
            {"no products", verdict::ours, contracts({})},
            {"products in another order", verdict::ours, contracts({contract("0-1-1-3-1"), contract("1-1-1-1-1")})},
            {"a product less", verdict::perhaps, contracts({contract("1-1-1-1-1")})},
            {"a product more", verdict::perhaps,
             contracts({contract("1-1-1-1-1"), contract("0-1-1-3-1"), contract("0-1-1-3-2")})},
            {"another product", verdict::perhaps, contracts({contract("1-1-1-1-1"), contract("0-1-1-3-2")})},
            {"a product twice", verdict::perhaps, contracts({contract("1-1-1-1-1"), contract("1-1-1-1-1")})},
            {"place absent", verdict::ours, in_detail([](auto& d) { d.installation_location.clear(); })},
            {"addresses absent", verdict::ours, in_detail([](auto& d) { d.lan_address.clear(); })},
        });
    // A line that is told in full and differs: another's or a person's, never ours.
    check_never(verdict::ours, start(), {{"line", in_detail([](auto& d) { d.line_id = "CAF1234567891"; })}});
}

TEST_CASE("what was not sent is the same as anything")
{
    auto o = start();
    auto& s = std::get<start_order>(o.request);
    s.customer_site_name = s.case_name = s.hope_to_open_at = "";
    s.installation_location.reset();
    s.lan.reset();
    auto e = told(start());
    CHECK(judge(e, o).is == verdict::ours);
    e.listed.hope_to_start_at = e.detail->hope_to_start_at = "20261201"; // the provider chose a day
    e.detail->global_ip = "192.0.2.7";
    e.detail->dhcp_server_function = {{"startAddress", "192.0.2.10"}};
    CHECK(judge(e, o).is == verdict::ours);
}

TEST_CASE("a key in another hand, cut or hidden does not make an order surely another's")
{
    for (std::string told_as : {"caf1234567890", "caf-1234-567890", "CAF12345", "CAF1234******", "1234567890", "?"}) {
        INFO(told_as);
        CHECK(judged(start(), in_detail([&](auto& d) { d.line_id = told_as; })) != verdict::another);
    }
    for (std::string told_as : {"INT-12345678", "INT12345678", "int-1234", "int-1234****", "12345678", "?"})
        for (const auto& o : {change(), cancel()}) {
            INFO(told_as);
            CHECK(judged(o, both([&](auto& s) { s.customer_site_code = told_as; })) != verdict::another);
        }
}

TEST_CASE("a change is ours only with its products and their change types")
{
    check(
        change(),
        {
            {"nothing", verdict::ours, nothing},
            {"no products", verdict::perhaps, contracts({})},
            {"products without their change types, but the order's", verdict::ours, contracts({contract("0-1-1-3-1")})},
            {"no change type anywhere", verdict::perhaps,
             [](element& e) {
                 e.listed.change_type = e.detail->change_type = "";
                 e.detail->contracts = {contract("0-1-1-3-1")};
             }},
            {"only the product's change type", verdict::ours,
             [](element& e) { e.listed.change_type = e.detail->change_type = ""; }},
            {"another product", verdict::perhaps, contracts({contract("0-1-1-3-2", "1")})},
            {"a product more", verdict::perhaps, contracts({contract("0-1-1-3-1", "1"), contract("0-1-1-3-2", "1")})},
            {"all of the site's products", verdict::perhaps, contracts({contract("1-1-1-1-1"), contract("0-1-1-3-1")})},
            {"all of the site's products, the one added marked", verdict::perhaps,
             contracts({contract("1-1-1-1-1"), contract("0-1-1-3-1", "1")})},
            {"another site's name", verdict::ours, both([](auto& s) { s.customer_site_name = "大阪拠点"; })},
            {"site absent", verdict::ours, both([](auto& s) { s.customer_site_code = ""; })},
            {"customer", verdict::perhaps, in_detail([](auto& d) { d.customer_code = "B1"; })},
        });
    check_never(verdict::ours, change(),
                {{"another site", both([](auto& s) { s.customer_site_code = "int-87654321"; })},
                 {"another site in the detail", in_detail([](auto& d) { d.customer_site_code = "int-87654321"; })}});
}

TEST_CASE("somebody else's order that removes the product we add is not ours, and neither is it surely another's")
{
    auto o = change({{1, "0-1-1-3-1"}});
    check(o, {
                 {"by the product's change type", verdict::perhaps, contracts({contract("0-1-1-3-1", "3")})},
                 {"by the order's", verdict::perhaps,
                  [](element& e) {
                      e.listed.change_type = e.detail->change_type = "3";
                      e.detail->contracts = {contract("0-1-1-3-1")};
                  }},
                 {"by both", verdict::perhaps,
                  [](element& e) {
                      e.listed.change_type = e.detail->change_type = "3";
                      e.detail->contracts = {contract("0-1-1-3-1", "3")};
                  }},
                 {"by the detail's alone", verdict::perhaps, in_detail([](auto& d) {
                      d.change_type = "3";
                      d.contracts = {contract("0-1-1-3-1")};
                  })},
                 {"by the list's, with nothing in the detail", verdict::perhaps,
                  [](element& e) {
                      e.listed.change_type = "3";
                      e.detail->change_type = "";
                      e.detail->contracts = {contract("0-1-1-3-1")};
                  }},
             });
    auto remove = change({{3, "0-1-1-3-1"}});
    check(remove, {
                      {"nothing", verdict::ours, nothing},
                      {"adds what we remove", verdict::perhaps, contracts({contract("0-1-1-3-1", "1")})},
                      {"adds what we remove, by the order", verdict::perhaps,
                       [](element& e) {
                           e.listed.change_type = e.detail->change_type = "1";
                           e.detail->contracts = {contract("0-1-1-3-1")};
                       }},
                  });
}

TEST_CASE("a mixed change is ours with every product's own change type, and perhaps ours in halves")
{
    auto o = change({{1, "b"}, {3, "a"}});
    check(o, {
                 {"both, each with its change type", verdict::ours, nothing},
                 {"in another order", verdict::ours, contracts({contract("a", "3"), contract("b", "1")})},
                 {"turned round", verdict::perhaps, contracts({contract("a", "1"), contract("b", "3")})},
                 {"without change types", verdict::perhaps, contracts({contract("a"), contract("b")})},
                 {"one without its change type", verdict::perhaps, contracts({contract("a", "3"), contract("b")})},
                 {"one change type for both", verdict::perhaps,
                  [](element& e) {
                      e.listed.change_type = e.detail->change_type = "1";
                      e.detail->contracts = {contract("a"), contract("b")};
                  }},
                 {"the half that adds", verdict::perhaps,
                  [](element& e) {
                      e.listed.change_type = e.detail->change_type = "1";
                      e.detail->contracts = {contract("b", "1")};
                  }},
                 {"the half that removes", verdict::perhaps,
                  [](element& e) {
                      e.listed.change_type = e.detail->change_type = "3";
                      e.detail->contracts = {contract("a")};
                  }},
                 {"a half, and no products", verdict::perhaps,
                  [](element& e) {
                      e.listed.change_type = e.detail->change_type = "3";
                      e.detail->contracts = {};
                  }},
             });
}

TEST_CASE("a cancel is ours when its end and its site agree")
{
    check(cancel(), {
                        {"nothing", verdict::ours, nothing},
                        {"another end", verdict::perhaps, both([](auto& s) { s.hope_to_end_at = "20270131"; })},
                        {"another end in the detail", verdict::perhaps,
                         in_detail([](auto& s) { s.hope_to_end_at = "20270131"; })},
                        {"end absent", verdict::ours, both([](auto& s) { s.hope_to_end_at = ""; })},
                        {"end in another hand", verdict::ours, both([](auto& s) { s.hope_to_end_at = "2026/12/31"; })},
                        {"end as a month", verdict::perhaps, both([](auto& s) { s.hope_to_end_at = "202612"; })},
                        {"overwrites", verdict::perhaps, in_detail([](auto& d) { d.overwrite_check_flag = "1"; })},
                        {"flag absent", verdict::ours, in_detail([](auto& d) { d.overwrite_check_flag = ""; })},
                        {"the site's name and products", verdict::ours,
                         [](element& e) {
                             e.listed.customer_site_name = e.detail->customer_site_name = "大阪拠点";
                             e.detail->contracts = {contract("1-1-1-1-1")};
                         }},
                        {"cancelled on the same day", verdict::perhaps, status("4")},
                    });
    check_never(verdict::ours, cancel(),
                {{"another site", both([](auto& s) { s.customer_site_code = "int-87654321"; })}});
}

TEST_CASE("the month in which a site shall end agrees with its days")
{
    auto o = cancel("202612");
    for (std::string end : {"202612", "2026-12", "2026年12月", ""}) {
        INFO(end);
        CHECK(judged(o, both([end](auto& s) { s.hope_to_end_at = end; })) == verdict::ours);
    }
    // A day of it may be somebody else's, until the provider is seen to write so.
    for (std::string end : {"20261231", "2026/12/31", "2026年12月31日", "2026-12-31T00:00:00+09:00"}) {
        INFO(end);
        auto there = both([end](auto& s) { s.hope_to_end_at = end; });
        CHECK(judged(o, there) == verdict::perhaps);
        auto shown = [there](element& e) {
            there(e);
            e.known_day_sent = "202611";
            e.known_day_told = "20261130";
        };
        CHECK(judged(o, shown) == verdict::ours);
    }
    for (std::string end : {"20261130", "20270131", "2027/01/31", "20261215", "2026-12-05"}) {
        INFO(end);
        CHECK(judged(o, both([end](auto& s) { s.hope_to_end_at = end; })) == verdict::perhaps);
    }
}

TEST_CASE("a month for a day, and a day for a month, are ours as far as a known order shows that hand")
{
    auto month = cancel("202712");
    auto day = cancel("20271210");
    auto judged_as_told = [](const doubtful_order& o, std::string end, std::string sent, std::string shown) {
        auto e = told(o);
        e.listed.hope_to_end_at = e.detail->hope_to_end_at = std::move(end);
        e.known_day_sent = std::move(sent);
        e.known_day_told = std::move(shown);
        return judge(e, o).is;
    };
    CHECK(judged_as_told(month, "20271215", "", "") == verdict::perhaps);
    CHECK(judged_as_told(month, "20271215", "202711", "20271115") == verdict::perhaps);
    CHECK(judged_as_told(month, "20271231", "202711", "202711") == verdict::perhaps);
    CHECK(judged_as_told(month, "20271231", "202711", "20271130") == verdict::ours);
    CHECK(judged_as_told(day, "202712", "", "") == verdict::perhaps);
    CHECK(judged_as_told(day, "202712", "20271105", "20271105") == verdict::perhaps);
    CHECK(judged_as_told(day, "202712", "20271105", "202711") == verdict::ours);
    // One of list and detail may leave the day out that the other tells.
    auto e = told(day);
    e.listed.hope_to_end_at = "202712";
    CHECK(judge(e, day).is == verdict::ours);
    CHECK(loosely_dated(e, day));
    e.detail->hope_to_end_at = "20271215";
    CHECK(judge(e, day).is == verdict::perhaps);
    // The same of the day on which a site shall open.
    auto opening = start();
    auto s = told(opening);
    s.listed.hope_to_start_at = s.detail->hope_to_start_at = "202612";
    CHECK(judge(s, opening).is == verdict::perhaps);
    s.known_day_sent = "20261120";
    s.known_day_told = "202611";
    CHECK(judge(s, opening).is == verdict::ours);
    s.known_day_told = "20261120";
    CHECK(judge(s, opening).is == verdict::perhaps);
    s.hand_hidden = true;
    CHECK(judge(s, opening).is == verdict::unreadable);
    CHECK_FALSE(loosely_dated(told(change()), change()));
}

TEST_CASE("a secret is compared and never shown")
{
    for (std::string told_key : {"a1b2c3d4", "zzzz9999"}) {
        auto o = start();
        auto e = told(o);
        e.detail->line_access_key = told_key;
        auto j = judge(e, o);
        auto members = compare(e, o);
        members.insert(members.end(), j.members.begin(), j.members.end());
        bool compared = false;
        for (const auto& m : members) {
            CHECK(m.sent.find(access_key) == std::string::npos);
            CHECK(m.told.find(told_key) == std::string::npos);
            if (m.member != "lineAccessKey") continue;
            compared = true;
            CHECK(m.agrees == (told_key == access_key));
            CHECK(m.sent.empty());
            CHECK(m.told.empty());
        }
        CHECK(compared);
        CHECK(j.english.find(told_key) == std::string::npos);
        CHECK(j.japanese.find(told_key) == std::string::npos);
    }
}

TEST_CASE("what differs is named as the provider names it, with both sides")
{
    auto o = start();
    auto e = told(o);
    e.listed.customer_site_name = e.detail->customer_site_name = "大阪拠点";
    auto j = judge(e, o);
    auto at =
        std::find_if(j.members.begin(), j.members.end(), [](const auto& m) { return m.member == "customerSiteName"; });
    REQUIRE(at != j.members.end());
    CHECK_FALSE(at->agrees);
    CHECK(at->sent == "東京拠点");
    CHECK(at->told == "大阪拠点");
    e.owned = true;
    CHECK(judge(e, o).members.empty()); // nothing of another's order is shown
}

TEST_CASE("every line of the table says what it rests on, in two languages")
{
    std::vector<std::string_view> ids;
    for (const auto& rule : evidence_rules()) {
        INFO(rule.id);
        CHECK_FALSE(rule.id.empty());
        CHECK_FALSE(rule.english.empty());
        CHECK_FALSE(rule.japanese.empty());
        CHECK(rule.holds);
        ids.push_back(rule.id);
    }
    std::sort(ids.begin(), ids.end());
    CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
    for (auto v : {verdict::another, verdict::ours, verdict::perhaps, verdict::unreadable}) {
        CHECK_FALSE(name(v).empty());
        CHECK_FALSE(japanese_name(v).empty());
    }
}

namespace {

/// Elements that tell anything at all, from few enough words that every rule is met.
class any_element {
public:
    explicit any_element(unsigned seed) : random_(seed) {}
    bool coin(unsigned of = 2) { return random_() % of == 0; }
    std::string one_of(std::initializer_list<std::string> words) { return *(words.begin() + random_() % words.size()); }
    std::string name() { return one_of({"東京拠点", "大阪拠点", "東京", "?", "", "ﾄｳｷｮｳ", "&amp;", "\xff"}); }

    element operator()(const doubtful_order& o)
    {
        auto e = told(o);
        fuzz(e.listed);
        if (coin(5)) e.detail.reset();
        if (e.detail) {
            fuzz(*e.detail);
            auto& d = *e.detail;
            if (coin(4)) d.line_id = one_of({"", line, "CAF1234567891", "CAF*", "caf1234567890"});
            if (coin(4)) d.line_access_key = one_of({"", access_key, "zzzzzzzz", "********"});
            if (coin(4)) d.customer_code = one_of({"", "A10000105", "B1"});
            if (coin(4)) d.overwrite_check_flag = one_of({"", "0", "1"});
            if (coin(4)) d.contracts.clear();
            if (coin(4))
                d.contracts.push_back(contract(one_of({"1-1-1-1-1", "0-1-1-3-1", "x"}), one_of({"", "1", "3"})));
        }
        e.owned = coin(10);
        e.seen_before = coin(10);
        e.detail_missing = !e.detail && coin();
        return e;
    }
    void rename(element& e)
    {
        e.listed.customer_site_name = name();
        if (e.detail) {
            e.detail->customer_site_name = name();
            e.detail->case_name = name();
        }
    }

private:
    void fuzz(provider::order_summary& s)
    {
        if (coin(3)) s.order_type = one_of({"1", "2", "3", "", "9", "新規"});
        if (coin(3)) s.status = one_of({"1", "1", "2", "3", "4", "5", "", "7", "進行中"});
        if (coin(3))
            s.application_date = one_of({"20261123", "20261122", "20261121", "2026-11-21T20:00:00", "", "0", "x"});
        if (coin(3)) s.customer_site_name = name();
        if (coin(4)) s.customer_site_code = one_of({"", site, "int-87654321", "INT12345678"});
        if (coin(4)) s.change_type = one_of({"", "1", "3"});
        if (coin(4)) s.hope_to_start_at = one_of({"", "20261210", "20261211", "x"});
        if (coin(4)) s.hope_to_end_at = one_of({"", "20261231", "202612", "20270131"});
    }
    std::mt19937 random_;
};

}

TEST_CASE(
    "whatever is told, names decide nothing about another's, and only what is in progress and of our type is ours")
{
    any_element any(20261126);
    int another = 0, ours = 0, perhaps = 0, unreadable = 0;
    for (int i = 0; i < 30'000; ++i) {
        for (const auto& o : {start(), change(), cancel()}) {
            auto e = any(o);
            auto is = judge(e, o).is;
            another += is == verdict::another;
            ours += is == verdict::ours;
            perhaps += is == verdict::perhaps;
            unreadable += is == verdict::unreadable;
            auto renamed = e;
            any.rename(renamed);
            auto after = judge(renamed, o).is;
            if ((is == verdict::another) != (after == verdict::another)) FAIL("a name decided");
            if (is == verdict::ours) {
                auto type = std::to_string(static_cast<int>(o.type));
                bool in_progress = e.listed.status == "1" && e.detail && e.detail->status == "1";
                bool of_type = e.listed.order_type == type && e.detail && e.detail->order_type == type;
                // What one of the two does not tell, the other does.
                in_progress = in_progress || (e.detail && ((e.listed.status == "1" && e.detail->status.empty()) ||
                                                           (e.listed.status.empty() && e.detail->status == "1")));
                of_type = of_type || (e.detail && ((e.listed.order_type == type && e.detail->order_type.empty()) ||
                                                   (e.listed.order_type.empty() && e.detail->order_type == type)));
                INFO(name(o.type) << " " << e.listed.status << "/" << e.detail->status << " " << e.listed.order_type
                                  << "/" << e.detail->order_type);
                if (!in_progress || !of_type || e.owned || e.seen_before) FAIL("not in progress, or of another type");
            }
        }
    }
    CHECK(another > 100);
    CHECK(ours > 100);
    CHECK(perhaps > 100);
    CHECK(unreadable > 100);
}

TEST_CASE("what is told in a form that cannot be read may be anything")
{
    for (const auto& o : {start(), change(), cancel()}) {
        auto listed = told(o);
        listed.listed.unreadable = {"customerSiteName"};
        CHECK(judge(listed, o).is == verdict::perhaps);
        auto detailed = told(o);
        detailed.detail->unreadable = {"lineAccessKey"};
        CHECK(judge(detailed, o).is == verdict::perhaps);
    }
}

TEST_CASE("a name in another hand than that of a known order is perhaps another's")
{
    auto o = start();
    auto e = told(o);
    e.listed.customer_site_name = e.detail->customer_site_name = "東京";
    CHECK(loosely_named(e, o));
    CHECK(judge(e, o).is == verdict::ours); // nothing is known of the hand
    e.known_sent = e.known_told = "前からの拠点";
    CHECK(judge(e, o).is == verdict::perhaps);
    e.known_told = "前から";
    CHECK(judge(e, o).is == verdict::ours);
    e.known_told = "前からの拠点";
    e.listed.customer_site_name = e.detail->customer_site_name = " ";
    CHECK(loosely_named(e, o));
    CHECK(judge(e, o).is == verdict::perhaps); // it tells names, and not this one's
    e.listed.customer_site_name = "東京拠点";
    CHECK(judge(e, o).is == verdict::ours);
    e.detail->case_name = "鈴";
    CHECK(loosely_named(e, o));
    CHECK(judge(e, o).is == verdict::perhaps);
    e.hand_hidden = true;
    CHECK(judge(e, o).is == verdict::unreadable);
    CHECK_FALSE(loosely_named(told(o), o));
    CHECK_FALSE(loosely_named(told(change()), change()));
}

TEST_CASE("places are compared by what nobody rewrites")
{
    auto o = start();
    auto with = [&](std::string_view member, std::string value) {
        auto e = told(o);
        e.detail->installation_location = {{std::string(member), value}};
        return judge(e, o).is;
    };
    CHECK(with("zipCode", "105-0003") == verdict::ours);
    CHECK(with("zipCode", "5300001") == verdict::perhaps);
    CHECK(with("tel", "050-3388-1648") == verdict::ours);
    CHECK(with("tel", "0663881648") == verdict::perhaps);
    CHECK(with("address", "東京都港区西新橋二丁目") == verdict::ours);
    auto e = told(o);
    e.detail->lan_address = {{"lanNetworkAddress", "198.51.100.0/24"}};
    CHECK(judge(e, o).is == verdict::perhaps);
}

TEST_CASE("a type that is told in a list is perhaps ours, and no other's")
{
    auto o = start();
    auto in_list_and_detail = [&](std::string told_type) {
        auto e = told(o);
        auto& detail = *e.detail;
        for (provider::order_summary* s : {&e.listed, static_cast<provider::order_summary*>(&detail)}) {
            s->order_type = told_type;
            s->unreadable = {"orderType"};
        }
        return judge(e, o);
    };
    auto judged = in_list_and_detail("");
    CHECK(judged.is == verdict::perhaps);
    CHECK(judged.rule == "member_not_readable");
    auto listed_only = told(o);
    listed_only.listed.order_type.clear();
    listed_only.listed.unreadable = {"orderType"};
    CHECK(judge(listed_only, o).is == verdict::perhaps);
}
