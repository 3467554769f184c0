#pragma once
#include "orderd/core/order_request.hpp"

#include <string>
#include <vector>

// What a refusal of the provider says about whether the order exists there all the same. Pure.
namespace orderd {

/// A gateway may send a request twice: the order was created, and the answer that came refuses the second. Whether a
/// refusal with these error codes may be such an answer: no, when each is about the request alone (its form; a product
/// that a start order names and that does not exist). Without codes it may.
bool may_refuse_a_second(order_type, const std::vector<std::string>& error_codes);

}
