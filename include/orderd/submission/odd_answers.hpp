#pragma once
#include "orderd/core/ids.hpp"
#include "orderd/core/log.hpp"
#include "orderd/provider/answers.hpp"

#include <set>

namespace orderd::submission {

/// Names in the log, once each, the orders that the provider answers in a way that is nobody else's matter.
class odd_answers {
public:
    explicit odd_answers(logger& log) : log_(log) {}
    /// `limited_alone`: it is told to slow down while others are taken.
    void tell(order_id, const provider::failure&, bool limited_alone);
    /// It got an answer like any other.
    void well(order_id order) { named_.erase(order); }

private:
    logger& log_;
    std::set<order_id> named_;
};

}
