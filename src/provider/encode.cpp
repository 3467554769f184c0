#include "orderd/provider/codec.hpp"

#include <boost/json.hpp>

namespace orderd::provider {
namespace {

namespace json = boost::json;

void put(json::object& into, std::string_view member, const std::string& value)
{
    if (!value.empty()) into[member] = value;
}

json::object encode_place(const place& at, json::storage_ptr memory)
{
    json::object out(memory);
    put(out, "zipCode", at.zip_code);
    put(out, "prefectures", at.prefectures);
    put(out, "address", at.address);
    put(out, "companyName", at.company_name);
    put(out, "departmentName", at.department_name);
    put(out, "clientName", at.client_name);
    put(out, "tel", at.tel);
    return out;
}

json::object encode_dhcp(const dhcp_server_function& dhcp, json::storage_ptr memory)
{
    json::object out(memory);
    out["howToUse"] = dhcp.used ? "1" : "0"; // RULINGS W6
    if (!dhcp.used) return out;
    put(out, "startAddress", dhcp.start_address);
    put(out, "endAddress", dhcp.end_address);
    put(out, "dns1", dhcp.dns1);
    put(out, "dns2", dhcp.dns2);
    return out;
}

json::object body(const start_order& order, json::storage_ptr memory)
{
    json::object out(memory);
    put(out, "customerSiteName", order.customer_site_name);
    put(out, "customerCode", order.customer_code);
    put(out, "caseName", order.case_name);
    put(out, "lineId", order.line_id);
    put(out, "lineAccessKey", order.line_access_key);
    put(out, "hopeToOpenAt", order.hope_to_open_at);
    json::array products(memory);
    for (const auto& code : order.product_codes) products.push_back(json::object({{"productCode", code}}, memory));
    out["products"] = std::move(products);
    if (order.installation_location) out["installationLocation"] = encode_place(*order.installation_location, memory);
    if (order.terminal) {
        auto terminal = encode_place(*order.terminal, memory);
        put(terminal, "hopeToAt", order.terminal->hope_to_at);
        out["terminalDestination"] = std::move(terminal);
    }
    if (order.lan) {
        json::object lan(memory);
        put(lan, "lanNetworkAddress", order.lan->network);
        put(lan, "lanInterfaceAddress", order.lan->interface);
        out["lanAddress"] = std::move(lan);
    }
    if (order.dhcp) out["dhcpServerFunction"] = encode_dhcp(*order.dhcp, memory);
    return out;
}

json::object body(const change_order& order, json::storage_ptr memory)
{
    json::object out(memory);
    put(out, "customerCode", order.customer_code);
    put(out, "customerSiteCode", order.customer_site_code);
    json::array products(memory);
    for (const auto& p : order.products)
        products.push_back(
            json::object({{"changeType", std::to_string(p.change_type)}, {"productCode", p.product_code}}, memory));
    out["products"] = std::move(products);
    return out;
}

json::object body(const cancel_order& order, json::storage_ptr memory)
{
    json::object out(memory);
    put(out, "customerCode", order.customer_code);
    put(out, "customerSiteCode", order.customer_site_code);
    put(out, "hopeToEndAt", order.hope_to_end_at);
    out["overwriteCheckFlag"] = order.overwrite ? "1" : "0";
    return out;
}

}

std::string encode(const order_request& request)
{
    static constexpr std::string_view members[] = {"startOrderPostData", "changeOrderPostData", "cancelOrderPostData"};
    // The parts of a body lie in one piece of memory on the stack; a larger body takes more from the heap.
    unsigned char memory[8'192];
    json::monotonic_resource resource(memory, sizeof memory);
    json::object out(&resource);
    out["orderType"] = std::to_string(static_cast<int>(type_of(request)));
    out[members[request.index()]] = std::visit([&](const auto& order) { return body(order, &resource); }, request);
    return json::serialize(out);
}

std::string encode_token_request(const std::string& client_id, const std::string& client_secret)
{
    return json::serialize(
        json::object{{"grantType", "client_credentials"}, {"clientId", client_id}, {"clientSecret", client_secret}});
}

}
