#include "checks.hpp"
#include "orderd/core/text.hpp"

#include <cstdint>

namespace orderd::validation {
namespace {

/// Four numbers to 255: the 7 to 15 characters of the document.
std::optional<std::uint32_t> ipv4(std::string_view text)
{
    std::uint32_t value = 0;
    for (int parts = 1;; ++parts) {
        auto dot = text.find('.');
        auto part = text.substr(0, dot);
        if (!only_digits(part, 1, 3)) return std::nullopt;
        std::uint32_t number = 0;
        for (char c : part) number = number * 10 + static_cast<std::uint32_t>(c - '0');
        if (number > 255) return std::nullopt;
        value = value << 8 | number;
        if (dot == text.npos) return parts == 4 ? std::optional(value) : std::nullopt;
        text.remove_prefix(dot + 1);
    }
}

struct network {
    std::uint32_t base, mask;
    bool holds(std::uint32_t address) const { return (address & mask) == (base & mask); }
};

/// CIDR form: the 9 to 18 characters of the document. Host bits may be set: the document's own sample is a /32.
std::optional<network> cidr(std::string_view text)
{
    auto slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    auto base = ipv4(text.substr(0, slash));
    auto prefix = text.substr(slash + 1);
    if (!base || !only_digits(prefix, 1, 2)) return std::nullopt;
    int bits = std::stoi(std::string(prefix));
    if (bits > 32) return std::nullopt;
    std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
    if (*base & ~mask) return std::nullopt;
    return network{*base, mask};
}

/// The address in `field`, when there is one and it is one; a finding when it is not, or lies outside `net`.
std::optional<std::uint32_t> address(const row_values& row, column field, const std::optional<network>& net,
                                     bool inside, reporter& report)
{
    if (!row.has(field)) return std::nullopt;
    auto value = ipv4(row[field]);
    if (!value)
        report.add("ipv4_address_format", field, row[field]);
    else if (inside && net && !net->holds(*value))
        report.add("address_outside_network", field, row[field], {row[column::lan_network_address]});
    return value;
}

std::optional<network> check_lan(const row_values& row, bool required, reporter& report)
{
    constexpr auto network_field = column::lan_network_address, interface_field = column::lan_interface_address;
    bool any = row.has(network_field) || row.has(interface_field);
    for (auto field : {network_field, interface_field}) {
        if (row.has(field)) continue;
        if (required)
            report.add("lan_address_required", field);
        else if (any)
            report.add("lan_address_incomplete", field);
    }
    auto net = cidr(row[network_field]);
    if (row.has(network_field) && !net) report.add("lan_network_address_format", network_field, row[network_field]);
    address(row, interface_field, net, true, report);
    return net;
}

void check_dhcp(const row_values& row, bool required, const std::optional<network>& net, reporter& report)
{
    const auto& how = row[column::dhcp_how_to_use];
    if (how.empty()) {
        if (required) report.add("dhcp_required", column::dhcp_how_to_use);
        return;
    }
    if (how != "0" && how != "1") {
        report.add("dhcp_how_to_use_format", column::dhcp_how_to_use, how);
        return;
    }
    if (how == "0") return;
    for (auto field : {column::dhcp_start_address, column::dhcp_end_address})
        if (!row.has(field)) report.add("dhcp_address_required", field);
    auto first = address(row, column::dhcp_start_address, net, true, report);
    auto last = address(row, column::dhcp_end_address, net, true, report);
    address(row, column::dhcp_dns1, net, false, report);
    address(row, column::dhcp_dns2, net, false, report);
    if (first && last && *first > *last)
        report.add("dhcp_range_reversed", column::dhcp_start_address, row[column::dhcp_start_address],
                   {row[column::dhcp_end_address]});
}

}

void check_network(const row_values& row, const product* main, reporter& report)
{
    bool dedicated = main && main->dedicated_cpe();
    auto net = check_lan(row, dedicated && main->ipaddress != "2", report);
    check_dhcp(row, dedicated, net, report);
}

}
