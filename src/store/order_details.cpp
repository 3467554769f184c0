#include "order_details.hpp"
#include "orderd/core/bytes.hpp"

#include <boost/json.hpp>

namespace orderd::store {
namespace {

namespace json = boost::json;
using c = column;

constexpr column kept[] = {c::line_access_key,
                           c::installation_zip_code,
                           c::installation_prefectures,
                           c::installation_address,
                           c::installation_company_name,
                           c::installation_department_name,
                           c::installation_client_name,
                           c::installation_tel,
                           c::terminal_zip_code,
                           c::terminal_prefectures,
                           c::terminal_address,
                           c::terminal_company_name,
                           c::terminal_department_name,
                           c::terminal_client_name,
                           c::terminal_tel,
                           c::terminal_hope_to_at,
                           c::lan_network_address,
                           c::lan_interface_address,
                           c::dhcp_how_to_use,
                           c::dhcp_start_address,
                           c::dhcp_end_address,
                           c::dhcp_dns1,
                           c::dhcp_dns2,
                           c::hope_to_end_at,
                           c::overwrite_check_flag};

bool plain(std::string_view text)
{
    return !any_byte(text, [](unsigned char b) { return (b < 0x20) | (b == '"') | (b == '\\'); });
}

}

std::span<const column> detail_columns() { return kept; }

std::string details_of(const row_values& row)
{
    std::string out = "[";
    out.reserve(512);
    std::size_t empty = 0;
    for (auto field : kept) {
        const auto& value = row[field];
        if (value.empty()) {
            ++empty;
            continue;
        }
        for (; empty > 0; --empty) out += out.size() > 1 ? ",\"\"" : "\"\"";
        if (out.size() > 1) out += ',';
        if (plain(value))
            ((out += '"') += value) += '"';
        else
            out += json::serialize(json::string_view(value));
    }
    return out += ']';
}

row_values row_of_order(const pqxx::row& r, int at)
{
    row_values row;
    auto text = [&](int i) { return r[at + i].as<std::string>(""); };
    row[c::order_type] = text(0);
    row[c::customer_code] = text(1);
    row[c::customer_site_name] = text(2);
    row[c::case_name] = text(3);
    row[c::line_id] = text(4);
    row[row[c::order_type] == "2" ? c::change_products : c::product_codes] = text(5);
    row[c::customer_site_code] = text(6);
    row[c::hope_to_open_at] = text(7);
    auto details = json::parse(r[at + 8].as<std::string>("[]"));
    std::size_t i = 0;
    for (const auto& value : details.as_array()) row[kept[i++]] = std::string(value.as_string());
    return row;
}

}
