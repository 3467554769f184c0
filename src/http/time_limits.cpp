#include "time_limits.hpp"

#include <utility>

namespace orderd::http {

void time_limits::arm()
{
    auto first = waiting_.begin();
    while (first != waiting_.end() && first->second.expired) ++first;
    if (first == waiting_.end() || armed_for_ <= first->first) return;
    armed_for_ = first->first;
    timer_.expires_at(armed_for_);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) close_expired();
    });
}

void time_limits::disarm()
{
    armed_for_ = clock::time_point::max();
    timer_.cancel();
}

void time_limits::close_expired()
{
    armed_for_ = clock::time_point::max();
    auto now = clock::now();
    for (auto& [at, w] : waiting_) {
        if (at > now) break;
        if (std::exchange(w.expired, true)) continue;
        boost::system::error_code ignored;
        w.socket->close(ignored);
    }
    arm();
}

}
