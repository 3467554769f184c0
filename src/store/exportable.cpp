#include "orderd/store/exportable.hpp"

#include <algorithm>

namespace orderd::store {

const std::vector<exportable_view>& exportable()
{
    static const std::vector<exportable_view> all{
        {"results", "report.order_result", "finished_at", "batch_id, source_row", true,
         "orders; by the day they ended"},
        {"products", "report.order_product", "accepted_at", "batch_id, source_row, product_code", true,
         "products of orders with their prices; by the day of acceptance"},
        {"charges", "report.charge", "month", "month, customer_site_code, product_code", true,
         "what the provider charges; by month"},
        {"contracts", "report.contract", "opened_on", "customer_site_code, product_code, opened_on", true,
         "what the provider has at each site; by the day of opening"},
        {"rejections", "report.rejection", "received_at", "batch_id, source_row, field", true,
         "findings of rejected rows; by the day they came"},
        {"sites", "report.site", "told_since", "customer_site_code", false, "sites as the provider tells them"},
        {"differences", "report.difference", "", "kind, customer_site_code, product_code", false,
         "what was ordered against what the provider has"},
        {"approvals", "report.approval", "at", "at, batch_id", true, "who approved what"},
    };
    return all;
}

const exportable_view* find_exportable(std::string_view name)
{
    const auto& all = exportable();
    auto at = std::find_if(all.begin(), all.end(), [&](const auto& v) { return v.name == name; });
    return at == all.end() ? nullptr : &*at;
}

}
