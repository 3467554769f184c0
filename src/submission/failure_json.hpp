#pragma once
#include "orderd/provider/answers.hpp"
#include "orderd/store/orders.hpp"

namespace orderd::submission {

/// The failure with `secret` struck out wherever the provider repeats it.
provider::failure without_secret(provider::failure, const std::string& secret);

/// Puts all that the provider said into a move: nothing it answered is lost.
void add_failure(store::order_move&, const provider::failure&);

}
