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
    product unpriced;
    unpriced.code = "C";
    unpriced.type = 2;
    unpriced.monthly_price = 100;
    out.add(unpriced);
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
    CHECK(cost_of(with(partner_start(), {{c::product_codes, "A|C"}})) == "not known"); // C once
    CHECK(cost_of(with(change(), {{c::change_products, "1:C"}})) == "not known");
    CHECK(cost_of(with(change(), {{c::change_products, "1:A|3:B"}})) == "3000 1000");
    CHECK(cost_of(with(change(), {{c::change_products, "1 : A｜３：B"}})) == "3000 1000");
    CHECK(cost_of(with(change(), {{c::change_products, "1:A|1:gone"}})) == "not known");
    CHECK(cost_of(with(change(), {{c::change_products, "3:A"}})) == "not known"); // what is removed costs nothing new
    CHECK(cost_of(with(change(), {{c::change_products, "0-1-1-3-1"}})) == "rejected");
    CHECK(cost_of(with(cancel(), {{c::product_codes, "A"}})) == "not known"); // which are not sent
}

TEST_CASE("a line is one line however it is written, and what releases before made of it is known")
{
    intake::judge_settings settings;
    settings.customer_code = "A10000105";
    auto products = two_products();
    intake::judge by(settings, products, "key", tokyo_time(*parse_yyyymmdd("20261123")));
    auto row_of = [](const char* line) {
        return with(partner_start(), {{c::line_id, line}, {c::product_codes, "A"}, {c::request_key, ""}});
    };
    auto capital = by(2, row_of("CAF1234567890"));
    CHECK(capital.natural_key == "start:CAF1234567890");
    CHECK(capital.earlier_key.empty());
    for (auto written :
         {"caf1234567890", "Caf-123 4567890", "ｃａｆ１２３４５６７８９０", "CAF1234567890 ", "ＣＡＦ1234567890"}) {
        INFO(written);
        auto record = by(3, row_of(written));
        CHECK(record.natural_key == capital.natural_key);
        CHECK(record.request_key == capital.request_key);
        CHECK(record.content_hash == capital.content_hash);
    }
    auto small = by(4, row_of("caf-1234567890")), full_width = by(5, row_of("ｃａｆ１２３４５６７８９０"));
    CHECK(small.earlier_key == "auto-" + small.earlier_hash);
    CHECK(small.earlier_hash != small.content_hash);
    CHECK(full_width.earlier_hash == small.earlier_hash);
    CHECK(by(6, row_of("ＣＡＦ1234567890")).earlier_key.empty());
    auto named = by(7, with(row_of("caf1234567890"), {{c::request_key, "K-1"}}));
    CHECK(named.request_key == "K-1");
    CHECK(named.earlier_key == "K-1");
}
