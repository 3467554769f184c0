#include "orderd/core/order_request.hpp"

#include <catch2/catch.hpp>

using namespace orderd;
using c = column;

namespace {

row_values row(std::string type, std::initializer_list<std::pair<column, std::string>> values)
{
    row_values out;
    out[c::order_type] = std::move(type);
    for (const auto& [field, value] : values) out[field] = value;
    return out;
}

}

TEST_CASE("a product is added or removed only where the row says 1: or 3: before its code")
{
    CHECK(product_change_from("1:A-1") == product_change{1, "A-1"});
    CHECK(product_change_from("3:0-1-1-3-1") == product_change{3, "0-1-1-3-1"});
    CHECK(product_change_from("3: A:B ") == product_change{3, "A:B"});
    for (auto other : {"", "1", "3", "1:", "3: ", "0-1-1-3-1", "1-1-1-3-1", "3-1", "2:A", "31:A", " 1:A", "13:A", ":A"})
        CHECK_FALSE(product_change_from(other));
}

TEST_CASE("a row that cannot be sent as it is written makes a request without any values, and never another")
{
    auto refused = [](const row_values& r) {
        CHECK_FALSE(request_as_written(r, "A10000105"));
        return request_from(r, "A10000105");
    };
    auto change = std::get<change_order>(
        refused(row("2", {{c::customer_site_code, "S1"}, {c::change_products, "1:A|0-1-1-3-1"}})));
    CHECK(change.customer_site_code.empty());
    CHECK(change.products.empty());
    CHECK(std::get<change_order>(refused(row("2", {{c::customer_site_code, "S1"}}))).products.empty());
    auto cancel =
        std::get<cancel_order>(refused(row("3", {{c::customer_site_code, "S1"}, {c::overwrite_check_flag, "2"}})));
    CHECK(cancel.customer_site_code.empty());
    auto start = std::get<start_order>(
        refused(row("1", {{c::line_id, "CAF1234567890"}, {c::product_codes, "A"}, {c::dhcp_how_to_use, "2"}})));
    CHECK(start.line_id.empty());
    CHECK(start.product_codes.empty());
    CHECK_FALSE(request_as_written(row("4", {}), ""));
    CHECK_THROWS_AS(request_from(row("4", {}), ""), std::invalid_argument);

    auto good = request_as_written(row("3", {{c::customer_site_code, "S1"}, {c::overwrite_check_flag, "1"}}), "A1");
    REQUIRE(good);
    CHECK(std::get<cancel_order>(*good).overwrite);
    CHECK(std::get<cancel_order>(*good).customer_code == "A1");
}
