#include "orderd/core/retry.hpp"

#include <algorithm>

namespace orderd {

std::chrono::milliseconds backoff(int attempt, const retry_limits& limits, double uniform01)
{
    auto ceiling = limits.base;
    for (int i = 1; i < attempt && ceiling < limits.cap; ++i) ceiling *= 2;
    ceiling = std::min(ceiling, limits.cap);
    return std::chrono::milliseconds(static_cast<long long>(static_cast<double>(ceiling.count()) * uniform01));
}

}
