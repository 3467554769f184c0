#pragma once
#include "orderd/core/column.hpp"

#include <pqxx/pqxx>
#include <span>
#include <string>

// The values of an order that have no column of their own: a JSON array in the order of core/column.hpp, without the
// empty ones at its end. Half the size of the body that is sent, which is made of them when the order is.
namespace orderd::store {

/// The columns whose values these are, in their order.
std::span<const column> detail_columns();

std::string details_of(const row_values& normal);

/// The row of an order again, from a line of claim_orders whose order_type is in column `at`.
row_values row_of_order(const pqxx::row&, int at);

}
