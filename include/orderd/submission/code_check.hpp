#pragma once
#include "orderd/provider/answers.hpp"
#include "orderd/store/orders.hpp"

#include <array>

// Whether the detail under an order's code is that of another order: a wrong code was told when it was sent. Only what
// is sure counts: what is not told, cannot be compared, or is only written otherwise contradicts nothing.
namespace orderd::submission {

/// Compares details with orders, and learns from those that agree how this provider tells types, keys and names: what
/// it tells badly of every order contradicts none, and what it tells plainly is not hidden in the next.
class code_check {
public:
    store::contradiction look(const store::followed_order&, const provider::order_detail&);

private:
    std::array<bool, 3> types_told_{}; // by order type: one of ours was told as what it is
    std::array<bool, 3> keys_told_{};  // by its line or site, as it was sent
    bool secrets_told_ = false;        // by its access key
    bool names_told_ = false;          // by the name that was sent
};

}
