#include "orderd/intake/judge.hpp"
#include "unit/validation/rows.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using namespace orderd::tests;
using c = column;

namespace {

std::optional<catalogue> two_products()
{
    catalogue out;
    for (auto [code, monthly] : {std::pair{"A", 1000L}, {"B", 500L}}) {
        product p;
        p.code = code;
        p.type = 1;
        p.purchase_price = 3000;
        p.monthly_price = monthly;
        out.add(p);
    }
    return out;
}

std::string cost_of(const row_values& row)
{
    intake::judge_settings settings;
    settings.customer_code = "A10000105";
    for (const auto& rule : validation::rules()) settings.severities[std::string(rule.id)] = severity::warning;
    auto products = two_products();
    intake::judge by(settings, products, "key", tokyo_time(*parse_yyyymmdd("20261123")));
    auto record = by(2, row);
    if (record.state == order_state::rejected) return "rejected";
    if (!record.purchase_price) return "not known";
    return std::to_string(*record.purchase_price) + " " + std::to_string(record.monthly_price.value_or(-1));
}

}

TEST_CASE("an order costs what the products cost that it is sent with, and nobody knows where one of them is unknown")
{
    CHECK(cost_of(with(partner_start(), {{c::product_codes, "A|B"}})) == "6000 1500");
    CHECK(cost_of(with(partner_start(), {{c::product_codes, "A|gone"}})) == "not known");
    CHECK(cost_of(with(change(), {{c::change_products, "1:A|3:B"}})) == "3000 1000");
    CHECK(cost_of(with(change(), {{c::change_products, "1 : A｜３：B"}})) == "3000 1000");
    CHECK(cost_of(with(change(), {{c::change_products, "1:A|1:gone"}})) == "not known");
    CHECK(cost_of(with(change(), {{c::change_products, "3:A"}})) == "not known"); // what is removed costs nothing new
    CHECK(cost_of(with(change(), {{c::change_products, "0-1-1-3-1"}})) == "rejected");
    CHECK(cost_of(with(cancel(), {{c::product_codes, "A"}})) == "not known"); // which are not sent
}
