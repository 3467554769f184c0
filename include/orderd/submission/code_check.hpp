#pragma once
#include "orderd/provider/answers.hpp"
#include "orderd/store/orders.hpp"

#include <array>

// Whether the detail under an order's code is that of another order: a wrong code was told when it was sent. Only what
// is sure counts: what is not told, cannot be compared, or is only written otherwise contradicts nothing.
namespace orderd::submission {

/// Compares details with orders, and learns from those that agree how this provider tells types and names: what it
/// tells badly of every order contradicts none.
class code_check {
public:
    store::contradiction look(const store::followed_order&, const provider::order_detail&);

private:
    std::array<bool, 3> types_told_{}; // by order type: one of ours was told as what it is
    bool names_told_ = false;          // one of ours was told by the name that was sent
};

}
