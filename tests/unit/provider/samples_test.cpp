#include "orderd/intake/csv.hpp"
#include "orderd/intake/header.hpp"
#include "orderd/provider/codec.hpp"
#include "orderd/validation/validate.hpp"
#include "unit/files.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <set>

using namespace orderd;
using namespace orderd::provider;
namespace json = boost::json;

namespace {

std::string response(const std::string& name)
{
    return tests::source_file("tests/samples/responses/" + name + ".json");
}

/// Every text and number in a JSON value, for "nothing is lost".
void leaves(const json::value& v, std::multiset<std::string>& out)
{
    if (auto* o = v.if_object())
        for (const auto& [key, value] : *o) leaves(value, out);
    else if (auto* a = v.if_array())
        for (const auto& value : *a) leaves(value, out);
    else if (auto* s = v.if_string()) {
        if (!s->empty()) out.insert(std::string(*s));
    } else if (!v.is_null())
        out.insert(json::serialize(v));
}
std::multiset<std::string> leaves(const std::string& text)
{
    std::multiset<std::string> out;
    leaves(json::parse(text), out);
    return out;
}
void add(std::multiset<std::string>& out, std::initializer_list<std::string> texts)
{
    for (const auto& t : texts)
        if (!t.empty()) out.insert(t);
}
void add(std::multiset<std::string>& out, const named_values& values)
{
    for (const auto& [name, value] : values) out.insert(value);
}

std::multiset<std::string> kept(const order_summary& s)
{
    std::multiset<std::string> out;
    add(out, {s.code.text, s.order_type, s.change_type, s.customer_site_code, s.customer_site_name, s.status,
              s.application_date, s.hope_to_start_at, s.hope_to_end_at});
    return out;
}
std::multiset<std::string> kept(const site_detail& s)
{
    std::multiset<std::string> out;
    add(out, s.values);
    for (const auto& c : s.contracts) add(out, {c.product_code, c.product_name, c.product_type, c.start_at, c.end_at});
    for (auto* part : {&s.installation_location, &s.lan_address, &s.dhcp_server_function, &s.ipip_param})
        add(out, *part);
    return out;
}

}

TEST_CASE("every request sample of the provider's document is made from a CSV row")
{
    catalogue sold; // the document's first sample calls the product a partner CPE, the others a dedicated one
    auto add_product = [&](const char* code, int type, const char* cpe) {
        product p;
        p.code = code;
        p.type = type;
        p.cpe = cpe;
        sold.add(p);
    };
    add_product("0-1-1-3-1", 2, "");
    validation::context with;
    with.products = &sold;
    with.today = *parse_yyyymmdd("20190601");
    with.changed["lan_address_required"] = severity::off; // RULINGS W13: one sample leaves it out

    std::optional<intake::header_map> header;
    std::vector<std::string> names;
    auto text = tests::source_file("tests/samples/requests/rows.csv");
    intake::csv_reader rows(intake::source_of(text), ',');
    intake::csv_row row;
    while (rows.next(row)) {
        if (!header) {
            std::vector<std::string> cells;
            for (std::size_t i = 0; i < row.cells.size(); ++i) cells.emplace_back(row.cells[i]);
            header = intake::read_header(cells);
            continue;
        }
        std::string sample(row.cells[0]);
        add_product("1-1-1-1-1", 1, sample == "start_partner_cpe" ? "2" : "1");
        row_values values;
        for (std::size_t i = 0; i < row.cells.size(); ++i)
            if (header->columns[i]) values[*header->columns[i]] = row.cells[i];
        auto verdict = validation::validate(values, with);
        INFO(sample << " " << (verdict.found.empty() ? "" : verdict.found[0].english));
        REQUIRE(verdict.valid());
        auto expected = json::parse(tests::source_file("tests/samples/requests/" + sample + ".json"));
        CHECK(json::parse(encode(request_from(verdict.normal, with.customer_code))) == expected);
        names.push_back(sample);
    }
    CHECK(names.size() == 5);
    CHECK(json::parse(encode_token_request("*****", "*****")) ==
          json::parse(tests::source_file("tests/samples/requests/token.json")));
}

TEST_CASE("every response sample of the provider's document is parsed without loss")
{
    auto token = decode_token(response("token"));
    REQUIRE(token);
    CHECK(token->access_token == "YOUR_ACCESS_TOKEN");
    CHECK(token->expires_in == std::chrono::seconds(3599));

    auto products = decode_products(response("products"));
    REQUIRE(products);
    CHECK(products->unreadable.empty());
    REQUIRE(products->items.size() == 2);
    CHECK(products->items[0].dedicated_cpe());
    CHECK(products->items[0].purchase_price == 7000);
    CHECK(products->items[0].monthly_price == 1900);
    CHECK(products->items[0].shortest_period == 12);
    CHECK(products->items[1].dependencies == std::vector<std::string>{"1-1-1-1-1"});
    CHECK_FALSE(products->items[1].main());

    auto orders = decode_orders(response("orders"));
    REQUIRE(orders);
    std::multiset<std::string> seen;
    CHECK(orders->unreadable.empty());
    for (const auto& o : orders->items) seen.merge(kept(o));
    CHECK(seen == leaves(response("orders")));
    CHECK(decode_orders("{\"list\": " + response("orders") + "}")->items.size() == 2); // RULINGS R5

    auto order = decode_order(response("order"));
    REQUIRE(order);
    auto all = kept(*order);
    add(all, {order->customer_code, order->overwrite_check_flag, order->case_name, order->line_bundle_type,
              order->line_type, order->line_id, order->line_access_key, order->terminal_bundle_type, order->global_ip});
    for (const auto& c : order->contracts)
        add(all, {c.product_code, c.product_name, c.product_type, c.status, c.error_message});
    for (auto* part : {&order->installation_location, &order->terminal_destination, &order->lan_address,
                       &order->dhcp_server_function})
        add(all, *part);
    CHECK(all == leaves(response("order")));

    auto sites = decode_sites(response("sites"));
    REQUIRE(sites);
    CHECK(sites->unreadable.empty());
    auto told_sites = json::parse(response("sites")).as_object().begin()->value().as_array();
    REQUIRE(sites->items.size() == told_sites.size());
    for (std::size_t i = 0; i < sites->items.size(); ++i) {
        const auto& site = sites->items[i];
        auto told = told_sites[i].as_object();
        CHECK(std::string(told["customerSiteCode"].as_string()) == site.code.text);
        CHECK(std::string(told["customerSiteName"].as_string()) == site.name);
        CHECK(std::string(told["startAt"].as_string()) == site.start_at);
    }

    for (auto name : {"site_partner_cpe", "site_dedicated_cpe"}) {
        auto site = decode_site(response(name));
        REQUIRE(site);
        CHECK(kept(*site) == leaves(response(name)));
    }
    CHECK(decode_created(response("order_created"))->text == "A1000010100000001");
}

TEST_CASE("every error sample keeps its code, words and requestId")
{
    for (auto name :
         {"token_error", "products_error", "sites_error", "site_error", "order_error_product",
          "order_error_combination", "order_error_line", "order_error_system", "orders_error", "order_error"}) {
        auto errors = decode_errors(response(name));
        INFO(name);
        REQUIRE(errors.size() == 1);
        std::multiset<std::string> seen;
        add(seen, {errors[0].code, errors[0].message, errors[0].developer_message, errors[0].more_info,
                   errors[0].request_id});
        CHECK(seen == leaves(response(name)));
    }
}

TEST_CASE("both nestings of the site detail say the same")
{
    auto inside = json::parse(response("site_dedicated_cpe")).as_object();
    auto& site = inside["customerSite"].as_object();
    for (auto part : {"customerSiteInstallationLocation", "customerSiteLanAddress", "customerSiteDhcpServerFunction"}) {
        site[part] = inside[part];
        inside.erase(part);
    }
    site["contracts"] = site["contract"];
    site.erase("contract");
    auto moved = decode_site(json::serialize(inside));
    REQUIRE(moved);
    CHECK(kept(*moved) == kept(*decode_site(response("site_dedicated_cpe"))));
}

TEST_CASE("what is not an answer gives nothing")
{
    for (auto text : {"", "<html></html>", "{\"orderCode\":", "[1,2]", "null", "\"x\"", "{\"orderCode\":null}",
                      "{\"orderCode\":\"\"}"}) {
        INFO(text);
        CHECK_FALSE(decode_created(text));
        CHECK_FALSE(decode_order(text));
        CHECK_FALSE(decode_site(text));
        CHECK_FALSE(decode_token(text));
        CHECK(decode_errors(text).empty());
    }
    CHECK_FALSE(decode_orders("{\"errors\": {}}"));
    CHECK(decode_orders("[]")->items.empty());
    CHECK_FALSE(decode_orders("{}")); // RULINGS R10: never an empty list
}

TEST_CASE("a lifetime that is missing or absurd is an hour")
{
    CHECK(decode_token(R"({"accessToken":"t","expiresIn":1800})")->expires_in == std::chrono::seconds(1800));
    for (auto text : {R"({"accessToken":"t"})", R"({"accessToken":"t","expiresIn":"soon"})",
                      R"({"accessToken":"t","expiresIn":-5})", R"({"accessToken":"t","expiresIn":"99999999999"})"})
        CHECK(decode_token(text)->expires_in == std::chrono::seconds(3600));
}

TEST_CASE("Retry-After is seconds or a date")
{
    auto now = std::chrono::system_clock::from_time_t(1'800'000'000); // Fri, 15 Jan 2027 08:00:00 GMT
    CHECK(parse_retry_after("30", now) == std::chrono::seconds(30));
    CHECK(parse_retry_after("Fri, 15 Jan 2027 08:01:00 GMT", now) == std::chrono::seconds(60));
    CHECK(parse_retry_after("Fri, 15 Jan 2027 07:00:00 GMT", now) == std::chrono::seconds(0));
    CHECK_FALSE(parse_retry_after("soon", now));
    CHECK_FALSE(parse_retry_after("", now));
    CHECK(parse_retry_after("999999999999", now) == std::chrono::minutes(15));
}
