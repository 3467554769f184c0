#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>

namespace orderd::tracking {

/// How long until the next sweep. While orders move it is `interval`; each sweep that finds nothing moved makes it half
/// as long again, up to `longest`, so that quiet nights cost the provider little.
class sweep_pace {
public:
    using milliseconds = std::chrono::milliseconds;

    /// `longest` zero: three times `interval`; it is never shorter than that.
    sweep_pace(milliseconds interval, milliseconds longest)
        : interval_(interval),
          longest_(longest.count() == 0 ? 3 * interval : std::max(interval, longest)),
          now_(interval)
    {
    }
    /// A sweep has followed `tracked` orders, of which `moved` ended. More orders than before may end soon; to look
    /// for none costs nothing.
    void swept(std::size_t tracked, std::size_t moved)
    {
        bool quiet = moved == 0 && tracked > 0 && tracked <= tracked_;
        tracked_ = tracked;
        now_ = quiet ? next_at_most() : interval_;
    }
    /// A sweep has failed, or was another instance's.
    void not_swept() { now_ = interval_; }
    milliseconds next() const { return now_; }
    /// After another sweep.
    milliseconds next_at_most() const { return std::min(longest_, now_ * 3 / 2); }

private:
    milliseconds interval_, longest_, now_;
    std::size_t tracked_ = 0;
};

}
