#pragma once
#include <string_view>
#include <vector>

// The views of `report` that can be exported.
namespace orderd::store {

struct exportable_view {
    std::string_view name, view, day, order_by; // day: what since and until look at, "" where nothing
    bool by_batch;
    std::string_view about;
};
/// results, products, charges, contracts, rejections, sites, differences, approvals.
const std::vector<exportable_view>& exportable();
const exportable_view* find_exportable(std::string_view name);

}
