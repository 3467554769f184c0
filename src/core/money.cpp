#include "orderd/core/money.hpp"

namespace orderd {

std::string with_unpriced(const std::string& sums, long unpriced, bool japanese)
{
    if (unpriced == 0) return sums;
    auto n = std::to_string(unpriced);
    if (japanese) return n + "件は価格不明（わかっている分だけで" + sums + "）";
    return "not known for " + n + (unpriced == 1 ? " order" : " orders") + " (as far as known: " + sums + ")";
}

}
