#include "expect.hpp"
#include "orderd/core/text.hpp"
#include "orderd/provider/codec.hpp"
#include "provider/failure_from.hpp"
#include "submission/failure_json.hpp"

#include <boost/json.hpp>
#include <cstdint>

// Any bytes as the provider's answer, to every operation: each text that is kept of it can be stored by PostgreSQL
// (valid UTF-8 without U+0000), each JSON text as jsonb (RULINGS T17), and what is indexed is short.
using namespace orderd;
using orderd::fuzz::expect;

namespace {

constexpr std::size_t longest_name = 256, longest_text = 4096;

void storable(std::string_view text)
{
    expect(valid_utf8(text), "a text is UTF-8");
    expect(text.find('\0') == text.npos, "a text holds no U+0000");
}

void storable_json(const boost::json::value& v)
{
    if (auto* s = v.if_string()) storable(*s);
    if (auto* a = v.if_array())
        for (const auto& element : *a) storable_json(element);
    if (auto* o = v.if_object())
        for (const auto& [name, value] : *o) {
            storable(name);
            storable_json(value);
        }
}

/// As PostgreSQL reads jsonb: strictly.
void storable_json_text(const std::string& text)
{
    storable(text);
    if (text.empty()) return;
    boost::system::error_code error;
    auto v = boost::json::parse(text, error);
    expect(!error, "a JSON text is JSON, with whole pairs of surrogates");
    storable_json(v);
}

void storable(const provider::named_values& values)
{
    for (const auto& [name, value] : values) {
        storable(name);
        storable(value);
    }
}

void storable(const provider::order_summary& o)
{
    for (const auto& text : {o.code.text, o.order_type, o.change_type, o.customer_site_code, o.customer_site_name,
                             o.status, o.application_date, o.hope_to_start_at, o.hope_to_end_at})
        storable(text);
}

void storable(const provider::order_detail& d)
{
    storable(static_cast<const provider::order_summary&>(d));
    for (const auto& text : {d.customer_code, d.overwrite_check_flag, d.case_name, d.line_bundle_type, d.line_type,
                             d.line_id, d.line_access_key, d.terminal_bundle_type, d.global_ip})
        storable(text);
    for (const auto& c : d.contracts)
        for (const auto& text :
             {c.product_code, c.product_name, c.product_type, c.status, c.error_message, c.change_type})
            storable(text);
    for (const auto& part :
         {d.installation_location, d.terminal_destination, d.lan_address, d.dhcp_server_function, d.ipip_param})
        storable(part);
}

void storable(const provider::site_detail& d)
{
    storable(d.code.text);
    storable(d.values);
    for (const auto& c : d.contracts)
        for (const auto& text : {c.product_code, c.product_name, c.product_type, c.start_at, c.end_at}) storable(text);
    for (const auto& part : {d.installation_location, d.lan_address, d.dhcp_server_function, d.ipip_param})
        storable(part);
}

void storable(const provider::site_summary& s)
{
    for (const auto& text : {s.code.text, s.name, s.case_name, s.status, s.line_id, s.start_at, s.end_at})
        storable(text);
}

void storable(const product& p)
{
    for (const auto& text :
         {p.code, p.name, p.customer_product_id, p.cpe, p.ipaddress, p.course, p.plan, p.service, p.line})
        storable(text);
    for (const auto& needed : p.dependencies) storable(needed);
}

void storable(const provider::failure& f)
{
    store::order_move move;
    submission::add_failure(move, f);
    storable_json_text(move.errors_json);
    for (const auto& text : {move.error_code, move.error_message, move.request_id, move.raw, f.text}) storable(text);
    expect(move.request_id.size() <= longest_name, "a request's id can be indexed");
    expect(move.error_code.size() <= longest_name, "a code can be indexed");
    expect(move.raw.size() <= longest_text, "what is kept of an answer is short");
}

template <class Page>
void storable_page(const Page& page)
{
    if (!page) return;
    for (const auto& item : page->items) storable(item);
    for (const auto& element : page->unreadable) storable(element.why);
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static constexpr int statuses[] = {200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503};
    if (size == 0) return 0;
    http::response got;
    got.status = statuses[data[0] % std::size(statuses)];
    got.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
    got.fields = {{"Location", got.body}, {"Retry-After", got.body}};

    storable_page(provider::decode_products(got.body));
    storable_page(provider::decode_orders(got.body));
    storable_page(provider::decode_sites(got.body));
    if (auto order = provider::decode_order(got.body)) storable(*order);
    if (auto site = provider::decode_site(got.body)) storable(*site);
    if (auto code = provider::decode_created(got.body)) storable(code->text);
    storable(provider::failure_from(got));
    storable(provider::failure_from(got, true));
    storable(provider::unusable(got, provider::shape_of(got.body)));
    got.unusable = "the answer is longer than 1 MiB";
    storable(provider::failure_from(got));
    return 0;
}
