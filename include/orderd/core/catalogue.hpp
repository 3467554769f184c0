#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The products this customer may buy, as GET /customerProducts tells them. Nothing is read from a code's digits
// (RULINGS P1).
namespace orderd {

struct product {
    std::string code, name, customer_product_id;
    int type = 0;                                                       // 1 main, 2 option
    std::string cpe, ipaddress, course, plan, service, line;            // detail.*, "" for options
    std::optional<long> purchase_price, monthly_price, shortest_period; // yen, yen, months
    std::vector<std::string> dependencies;                              // an option needs one of these in its order

    bool main() const { return type == 1; }
    bool dedicated_cpe() const { return cpe == "1"; }
    bool operator==(const product&) const = default;
};

class catalogue {
public:
    void add(product p)
    {
        auto code = p.code;
        products_.insert_or_assign(std::move(code), std::move(p));
    }
    const product* find(std::string_view code) const
    {
        auto at = products_.find(code);
        return at == products_.end() ? nullptr : &at->second;
    }
    std::size_t size() const { return products_.size(); }
    auto begin() const { return products_.begin(); }
    auto end() const { return products_.end(); }

private:
    std::map<std::string, product, std::less<>> products_;
};

}
