#pragma once
#include <compare>
#include <cstdint>
#include <string>

// Identifiers that cannot be mixed up.
namespace orderd {

struct order_id {
    std::int64_t value = 0;
    auto operator<=>(const order_id&) const = default;
}; // ours
struct batch_id {
    std::int64_t value = 0;
    auto operator<=>(const batch_id&) const = default;
}; // ours: one file or one group of table rows
struct instance_id {
    std::int64_t value = 0;
    auto operator<=>(const instance_id&) const = default;
}; // one start of one daemon
struct order_code {
    std::string text;
    auto operator<=>(const order_code&) const = default;
}; // the provider's order number
struct site_code {
    std::string text;
    auto operator<=>(const site_code&) const = default;
}; // the provider's customerSiteCode, 保守番号

}
