#pragma once
#include "world.hpp"

// The shapes of the document's response samples, with their known variations.
namespace orderd::simulator {

json::object render_product(const sold_product&, const settings&, const std::string& customer_code);
json::object render_order_summary(const placed_order&, const settings&);
/// `of`: the order's site, when there is one.
json::object render_order_detail(const placed_order&, const site* of, const settings&);
json::object render_site_summary(const site&, const settings&);
json::object render_site_detail(const site&, const settings&);

}
