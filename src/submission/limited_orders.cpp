#include "orderd/submission/limited_orders.hpp"

namespace orderd::submission {

bool limited_orders::own_matter(order_id order, bool in_a_pause)
{
    constexpr std::size_t most = 100'000; // who is forgotten is heeded once more
    row_.insert(order);
    auto before = before_.find(order.value);
    bool own = before != before_.end() && taken_ - before->second.taken > pauses_ - before->second.pauses &&
               static_cast<int>(row_.size()) < longest_row_;
    if (!own && !in_a_pause) ++pauses_;
    if (before_.size() >= most) before_.clear();
    before_[order.value] = {taken_, pauses_};
    return own;
}

void limited_orders::taken(order_id order)
{
    ++taken_;
    row_.clear();
    before_.erase(order.value);
}

}
