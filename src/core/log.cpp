#include "orderd/core/log.hpp"

namespace orderd {

void outage_notice::failed(std::string_view why, clock::time_point now)
{
    if (!away_) since_ = now;
    if (!away_ || now - said_ >= std::chrono::minutes(10)) {
        log_.error(what_ + (away_ ? " is still away; trying on" : " is away; everything is kept, trying on"),
                   {{"why", why}});
        said_ = now;
    }
    away_ = true;
}

void outage_notice::recovered(clock::time_point now)
{
    if (!away_) return;
    away_ = false;
    log_.info(what_ + " is back",
              {{"away_seconds", std::chrono::duration_cast<std::chrono::seconds>(now - since_).count()}});
}

}
