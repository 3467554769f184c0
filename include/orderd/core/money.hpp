#pragma once
#include <string>

namespace orderd {

/// `sums` ("3,000 yen once, 500 yen a month") of orders of which `unpriced` have no known price: then it says so first,
/// for such sums are not what all of them cost.
std::string with_unpriced(const std::string& sums, long unpriced, bool japanese);

}
