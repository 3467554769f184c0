#include "orderd/core/rate.hpp"

#include <algorithm>

namespace orderd {

request_pacer::clock::time_point request_pacer::reserve(clock::time_point now)
{
    if (per_second_ <= 0) return now;
    auto place = std::max(now, next_);
    next_ = place + std::chrono::ceil<clock::duration>(std::chrono::duration<double>(1 / per_second_));
    return place;
}

}
