#include "orderd/core/order_request.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderd {

std::string_view name(order_type t)
{
    switch (t) {
    case order_type::start: return "start";
    case order_type::change: return "change";
    case order_type::cancel: return "cancel";
    }
    return "start";
}

std::string_view japanese_name(order_type t)
{
    switch (t) {
    case order_type::start: return "新規";
    case order_type::change: return "変更";
    case order_type::cancel: return "廃止";
    }
    return "新規";
}

std::optional<order_type> order_type_from(std::string_view digits)
{
    if (digits.size() != 1 || digits[0] < '1' || digits[0] > '3') return std::nullopt;
    return static_cast<order_type>(digits[0] - '0');
}

namespace {

using c = column;

bool any(const row_values& row, std::initializer_list<column> fields)
{
    return std::any_of(fields.begin(), fields.end(), [&](column f) { return row.has(f); });
}

start_order start_from(const row_values& row)
{
    start_order o;
    o.customer_site_name = row[c::customer_site_name];
    o.case_name = row[c::case_name];
    o.line_id = row[c::line_id];
    o.line_access_key = row[c::line_access_key];
    o.hope_to_open_at = row[c::hope_to_open_at];
    if (row.has(c::product_codes)) o.product_codes = split(row[c::product_codes], '|');
    if (any(row, {c::installation_zip_code, c::installation_prefectures, c::installation_address,
                  c::installation_company_name, c::installation_department_name, c::installation_client_name,
                  c::installation_tel}))
        o.installation_location = place{
            row[c::installation_zip_code],     row[c::installation_prefectures],     row[c::installation_address],
            row[c::installation_company_name], row[c::installation_department_name], row[c::installation_client_name],
            row[c::installation_tel]};
    if (any(row, {c::terminal_zip_code, c::terminal_prefectures, c::terminal_address, c::terminal_company_name,
                  c::terminal_department_name, c::terminal_client_name, c::terminal_tel, c::terminal_hope_to_at}))
        o.terminal =
            terminal_destination{{row[c::terminal_zip_code], row[c::terminal_prefectures], row[c::terminal_address],
                                  row[c::terminal_company_name], row[c::terminal_department_name],
                                  row[c::terminal_client_name], row[c::terminal_tel]},
                                 row[c::terminal_hope_to_at]};
    if (any(row, {c::lan_network_address, c::lan_interface_address}))
        o.lan = lan_address{row[c::lan_network_address], row[c::lan_interface_address]};
    if (row[c::dhcp_how_to_use] == "1")
        o.dhcp = dhcp_server_function{true, row[c::dhcp_start_address], row[c::dhcp_end_address], row[c::dhcp_dns1],
                                      row[c::dhcp_dns2]};
    else if (row.has(c::dhcp_how_to_use))
        o.dhcp = dhcp_server_function{}; // RULINGS W15: without it, its addresses are left out
    return o;
}

std::optional<change_order> change_from(const row_values& row)
{
    change_order o;
    o.customer_site_code = row[c::customer_site_code];
    for (const auto& part : split(row[c::change_products], '|')) {
        auto change = product_change_from(part);
        if (!change) return std::nullopt;
        o.products.push_back(std::move(*change));
    }
    return o;
}

cancel_order cancel_from(const row_values& row)
{
    cancel_order o;
    o.customer_site_code = row[c::customer_site_code];
    o.hope_to_end_at = row[c::hope_to_end_at];
    o.overwrite = row[c::overwrite_check_flag] == "1";
    return o;
}

}

std::optional<product_change> product_change_from(std::string_view part)
{
    int type = part.starts_with("1:") ? 1 : part.starts_with("3:") ? 3 : 0;
    if (type == 0) return std::nullopt;
    auto code = trimmed(part.substr(2));
    if (code.empty()) return std::nullopt;
    return product_change{type, std::move(code)};
}

std::optional<order_request> request_as_written(const row_values& row, const std::string& customer_code)
{
    auto choice = [&](column field) { return !row.has(field) || row[field] == "0" || row[field] == "1"; };
    const auto& type = row[c::order_type];
    std::optional<order_request> r;
    if (type == "1" && choice(c::dhcp_how_to_use)) r = start_from(row);
    if (type == "2")
        if (auto change = change_from(row)) r = std::move(*change);
    if (type == "3" && choice(c::overwrite_check_flag)) r = cancel_from(row);
    auto set_code = [&](auto& o) {
        o.customer_code = row.has(c::customer_code) ? row[c::customer_code] : customer_code;
    };
    if (r) std::visit(set_code, *r);
    return r;
}

order_request request_from(const row_values& row, const std::string& customer_code)
{
    if (auto r = request_as_written(row, customer_code)) return std::move(*r);
    const auto& type = row[c::order_type];
    if (type == "1") return start_order{};
    if (type == "2") return change_order{};
    if (type == "3") return cancel_order{};
    throw std::invalid_argument("a row with the order_type \"" + type + "\" asks for no order");
}

std::string line_form(std::string_view half_width_text)
{
    std::string out;
    for (char b : half_width_text)
        if (b != '-' && b != ' ') out += b >= 'a' && b <= 'z' ? static_cast<char>(b - 'a' + 'A') : b;
    trim(out);
    return out;
}

std::string natural_key(const row_values& row)
{
    const auto& type = row[c::order_type];
    if (type == "1") return "start:" + row[c::line_id];
    return (type == "2" ? "change:" : "cancel:") + row[c::customer_site_code];
}

const std::string& line_or_site(const order_request& r)
{
    if (auto* s = std::get_if<start_order>(&r)) return s->line_id;
    if (auto* c = std::get_if<change_order>(&r)) return c->customer_site_code;
    return std::get<cancel_order>(r).customer_site_code;
}

const std::string& wanted_day(const order_request& r)
{
    static const std::string none;
    if (auto* s = std::get_if<start_order>(&r)) return s->hope_to_open_at;
    if (auto* c = std::get_if<cancel_order>(&r)) return c->hope_to_end_at;
    return none;
}

std::string natural_key(const order_request& r) { return std::string(name(type_of(r))) + ":" + line_or_site(r); }

}
