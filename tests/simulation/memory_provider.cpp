#include "memory_provider.hpp"

#include <algorithm>

namespace orderd::simulation {

namespace json = boost::json;

order_request request_of(order_type type, const std::string& line, const std::string& site, const std::string& name,
                         const std::vector<product_change>& products, const std::string& wanted_day)
{
    constexpr const char* buyer = "A10000105";
    if (type == order_type::start) {
        start_order o;
        o.customer_code = buyer;
        o.line_id = line;
        o.line_access_key = "key" + line.substr(line.size() > 5 ? line.size() - 5 : 0);
        o.customer_site_name = name;
        o.case_name = "ｱｸﾞﾘ～案件&①";
        o.hope_to_open_at = wanted_day;
        for (const auto& p : products) o.product_codes.push_back(p.product_code);
        if (o.product_codes.empty()) o.product_codes.push_back("1-1-1-1-2");
        return o;
    }
    if (type == order_type::change) return change_order{buyer, site, products};
    return cancel_order{buyer, site, wanted_day.empty() ? "20261231" : wanted_day, false};
}

std::string site_name_of(const std::string& site_code) { return "既存ﾋﾞﾙ（" + site_code + "）－本館"; }

created_order order_of(const order_request& request)
{
    created_order o;
    o.type = type_of(request);
    if (const auto* start = std::get_if<start_order>(&request)) {
        o.line_id = start->line_id;
        o.site_name = start->customer_site_name;
        o.access_key = start->line_access_key;
        o.case_name = start->case_name;
        o.customer_code = start->customer_code;
        o.hope_to_start_at = start->hope_to_open_at;
        for (const auto& code : start->product_codes) o.products.push_back({1, code});
    } else {
        if (const auto* change = std::get_if<change_order>(&request)) {
            o.site_code = change->customer_site_code;
            o.customer_code = change->customer_code;
            o.products = change->products;
        } else {
            const auto& cancel = std::get<cancel_order>(request);
            o.site_code = cancel.customer_site_code;
            o.customer_code = cancel.customer_code;
            o.hope_to_end_at = cancel.hope_to_end_at;
            o.overwrite = cancel.overwrite ? "1" : "0";
            o.products.push_back({1, "1-1-1-1-2"});
        }
        o.site_name = site_name_of(o.site_code);
        o.line_id = "LINEOF" + o.site_code;
        o.access_key = "secret";
        o.case_name = "既存";
    }
    o.natural_key = key_in_book(o);
    return o;
}

json::value told_wanted_day(const std::string& wanted, const manners& m)
{
    if (wanted.empty()) return nullptr;
    auto hand = m.hand;
    if (m.wanted_days == "words") hand.days = "words";
    return simulator::written_day(m.wanted_days == "month" ? wanted.substr(0, 6) : wanted, hand);
}

std::string key_in_book(const created_order& o)
{
    if (o.type == order_type::start) return "start:" + o.line_id;
    if (o.type == order_type::cancel) return "cancel:" + o.site_code;
    auto key = "change:" + o.site_code; // two changes of one site are two orders
    auto products = o.products;
    auto word = [](const product_change& p) { return std::to_string(p.change_type) + ":" + p.product_code; };
    std::sort(products.begin(), products.end(), [&](const auto& a, const auto& b) { return word(a) < word(b); });
    for (const auto& p : products) key += "|" + word(p);
    return key;
}

std::string key_in_book(const order_request& request) { return order_of(request).natural_key; }

namespace {

std::string text(const json::object& o, std::string_view member)
{
    auto* v = o.if_contains(member);
    return v && v->is_string() ? std::string(v->as_string()) : std::string();
}

/// What the body of a POST /orders orders.
order_request read(const json::object& body)
{
    auto data = [&](std::string_view member) -> const json::object& { return body.at(member).as_object(); };
    auto products = [](const json::object& o) { return o.at("products").as_array(); };
    auto type = text(body, "orderType");
    if (type == "1") {
        const auto& d = data("startOrderPostData");
        start_order o;
        o.customer_code = text(d, "customerCode");
        o.customer_site_name = text(d, "customerSiteName");
        o.case_name = text(d, "caseName");
        o.line_id = text(d, "lineId");
        o.line_access_key = text(d, "lineAccessKey");
        o.hope_to_open_at = text(d, "hopeToOpenAt");
        for (const auto& p : products(d)) o.product_codes.push_back(text(p.as_object(), "productCode"));
        return o;
    }
    if (type == "2") {
        const auto& d = data("changeOrderPostData");
        change_order o{text(d, "customerCode"), text(d, "customerSiteCode"), {}};
        for (const auto& p : products(d))
            o.products.push_back(
                {text(p.as_object(), "changeType") == "1" ? 1 : 3, text(p.as_object(), "productCode")});
        return o;
    }
    const auto& d = data("cancelOrderPostData");
    return cancel_order{text(d, "customerCode"), text(d, "customerSiteCode"), text(d, "hopeToEndAt"),
                        text(d, "overwriteCheckFlag") == "1"};
}

}

std::string memory_provider::perform(const json::object& body, std::uint64_t request)
{
    auto o = order_of(read(body));
    about_to_create(o);
    if (faults.line_guard && o.type != order_type::change)
        for (const auto& other : book)
            if (other.natural_key == o.natural_key && other.status(world_.now()) == "1") return {};
    o.created = world_.now();
    o.ends = world_.now() + (ends_late ? world_.between(40min, 90min) : world_.between(2min, 15min));
    if (some_last_for_a_day && world_.chance(0.5)) o.ends = world_.now() + world_.between(25h, 30h);
    const char* ends[] = {"2", "2", "2", "3", "4", "5"};
    o.status_at_end = ends[world_.below(6)];
    o.request = request;
    o.misplaced = world_.chance(faults.misplaced);
    o.without_code = world_.chance(faults.without_code);
    o.hidden = world_.chance(faults.hidden);
    o.fleeting = world_.chance(faults.fleeting);
    return add(std::move(o));
}

std::string memory_provider::another_of_ours(const std::string& code) const
{
    auto at = std::find_if(book.begin(), book.end(), [&](const auto& o) { return o.code == code; });
    while (at != book.begin() && at != book.end())
        if (--at; !at->foreign) return at->code;
    return code;
}

std::string memory_provider::add(created_order o)
{
    o.code = "P" + std::to_string(book.size() + 1);
    book.push_back(o);
    return o.code;
}

void memory_provider::sent(std::uint64_t request, process& by)
{
    on_the_wire[request] = &by;
    std::size_t now = 0;
    for (auto& [id, p] : on_the_wire) now += p->running();
    most_on_the_wire = std::max(most_on_the_wire, now);
}

std::string memory_provider::day_of(time_point when) const
{
    auto since = std::chrono::floor<std::chrono::milliseconds>(world_.now() - when);
    return to_yyyymmdd(tokyo_day(world_.utc_now() - since));
}

}
