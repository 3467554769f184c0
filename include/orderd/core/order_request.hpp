#pragma once
#include "orderd/core/column.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What is asked of the provider: the three bodies of POST /orders, as values. Strings are UTF-8 in normal form; an
// empty string is an absent member. Source: OrderRequest, StartOrder and, rebuilt by RULINGS W3 and W4, the other two.
namespace orderd {

enum class order_type : int { start = 1, change = 2, cancel = 3 };
std::string_view name(order_type);          // "start"
std::string_view japanese_name(order_type); // "新規"
/// As the provider numbers them: "1" to "3"; nothing for any other text.
std::optional<order_type> order_type_from(std::string_view digits);

struct place {
    std::string zip_code, prefectures, address, company_name, department_name, client_name, tel;
    bool operator==(const place&) const = default;
};
struct terminal_destination : place {
    std::string hope_to_at; // YYYYMMDD
    bool operator==(const terminal_destination&) const = default;
};
struct lan_address {
    std::string network, interface;
    bool operator==(const lan_address&) const = default;
};
struct dhcp_server_function {
    bool used = false; // howToUse
    std::string start_address, end_address, dns1, dns2;
    bool operator==(const dhcp_server_function&) const = default;
};

struct start_order {
    std::string customer_code, customer_site_name, case_name, line_id, line_access_key, hope_to_open_at;
    std::vector<std::string> product_codes;
    std::optional<place> installation_location;
    std::optional<terminal_destination> terminal;
    std::optional<lan_address> lan;
    std::optional<dhcp_server_function> dhcp;
};
struct product_change {
    int change_type = 1; // 1 add, 3 remove
    std::string product_code;
    bool operator==(const product_change&) const = default;
};
struct change_order {
    std::string customer_code, customer_site_code;
    std::vector<product_change> products;
};
struct cancel_order {
    std::string customer_code, customer_site_code, hope_to_end_at;
    bool overwrite = false; // overwriteCheckFlag
};

using order_request = std::variant<start_order, change_order, cancel_order>; // exactly one body

/// One part of change_products, "1:CODE" or "3:CODE"; nothing for any other text, of which it could only be guessed
/// whether it adds or removes, and what.
std::optional<product_change> product_change_from(std::string_view part);

/// The order that a row in normal form asks for; nothing where a value that is read (the kind of order, what is added
/// and removed, the DHCP server, the overwrite flag) is none of those that can be sent. `customer_code` is for rows
/// without one.
std::optional<order_request> request_as_written(const row_values& normal, const std::string& customer_code);
/// The same for a row that no rule found an error in. Of a row that cannot be sent as it is written, which only an
/// older release let through, it makes a body without any values: the provider refuses that, and nothing is guessed.
/// Throws std::invalid_argument for a row whose order_type is unknown.
order_request request_from(const row_values& normal, const std::string& customer_code);

inline order_type type_of(const order_request& r) { return static_cast<order_type>(r.index() + 1); }

/// What an order is for, and found by at the provider: the line of a start, else the site.
const std::string& line_or_site(const order_request&);
/// The day on which a site shall open (a start), or the day or month in which it shall end (a cancel); "" for a change.
const std::string& wanted_day(const order_request&);
/// What two orders may not share while both live (RULINGS W17): "start:" and the line, "cancel:" and the site. For a
/// change it is "change:" and the site, by which the order is found again; several changes of one site may live.
/// A line as it is kept, sent and compared: in capital letters, without hyphens and spaces. Of a text in half width.
std::string line_form(std::string_view half_width_text);
std::string natural_key(const order_request&);
std::string natural_key(const row_values& normal);

}
