#pragma once
#include "orderd/async/line_writer.hpp"
#include "orderd/core/log.hpp"

namespace orderd::service {

/// While this lives, a program that crashes first has its last lines written, for a second at most, and an exception
/// that nobody catches is one of them. One at a time.
class crash_log {
public:
    crash_log(logger&, const async::line_writer&);
    ~crash_log();
    crash_log(const crash_log&) = delete;
    crash_log& operator=(const crash_log&) = delete;
};

}
