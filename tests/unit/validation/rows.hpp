#pragma once
#include "orderd/validation/validate.hpp"

#include <initializer_list>
#include <set>
#include <string>
#include <utility>

// Good rows of each kind, for tests that break them.
namespace orderd::tests {

inline catalogue products()
{
    catalogue all;
    auto add = [&](std::string code, int type, std::string cpe, std::string ip, std::vector<std::string> needs = {}) {
        product p;
        p.code = std::move(code);
        p.type = type;
        p.cpe = std::move(cpe);
        p.ipaddress = std::move(ip);
        p.dependencies = std::move(needs);
        all.add(std::move(p));
    };
    add("dedicated", 1, "1", "1");
    add("dedicated-ip4", 1, "1", "2");
    add("partner", 1, "2", "1");
    add("option", 2, "", "", {"dedicated", "dedicated-ip4"});
    return all;
}
inline const catalogue sold = products();

inline validation::context today_is(std::string_view day)
{
    validation::context with;
    with.products = &sold;
    with.today = *parse_yyyymmdd(day);
    with.customer_code = "A10000105";
    return with;
}

using values = std::initializer_list<std::pair<column, const char*>>;
inline row_values row(values given)
{
    row_values r;
    for (auto [field, value] : given) r[field] = value;
    return r;
}
inline row_values with(row_values r, values changes)
{
    for (auto [field, value] : changes) r[field] = value;
    return r;
}

inline row_values partner_start()
{
    return row({{column::order_type, "1"},
                {column::customer_site_name, "東京拠点"},
                {column::line_id, "CAF1234567890"},
                {column::line_access_key, "a1b2c3d4"},
                {column::product_codes, "partner"}});
}
inline row_values dedicated_start()
{
    return with(partner_start(),
                {{column::product_codes, "dedicated"},           {column::hope_to_open_at, "20270301"},
                 {column::installation_zip_code, "1050003"},     {column::installation_prefectures, "東京都"},
                 {column::installation_address, "港区"},         {column::installation_company_name, "会社"},
                 {column::installation_department_name, "部"},   {column::installation_client_name, "山田"},
                 {column::installation_tel, "05033881648"},      {column::terminal_zip_code, "1050003"},
                 {column::terminal_prefectures, "東京都"},       {column::terminal_address, "港区"},
                 {column::terminal_company_name, "会社"},        {column::terminal_department_name, "部"},
                 {column::terminal_client_name, "山田"},         {column::terminal_tel, "05033881648"},
                 {column::terminal_hope_to_at, "20270226"},      {column::lan_network_address, "192.168.1.0/24"},
                 {column::lan_interface_address, "192.168.1.1"}, {column::dhcp_how_to_use, "1"},
                 {column::dhcp_start_address, "192.168.1.10"},   {column::dhcp_end_address, "192.168.1.99"}});
}
inline row_values change()
{
    return row(
        {{column::order_type, "2"}, {column::customer_site_code, "int-1"}, {column::change_products, "1:option"}});
}
inline row_values cancel()
{
    return row({{column::order_type, "3"}, {column::customer_site_code, "int-1"}, {column::hope_to_end_at, "202712"}});
}

inline std::set<std::string> broken(const row_values& r, validation::context with_context = today_is("20261123"))
{
    std::set<std::string> rules;
    for (const auto& f : validation::validate(r, with_context).found) rules.insert(f.rule);
    return rules;
}

}
