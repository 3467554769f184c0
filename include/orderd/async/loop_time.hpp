#pragma once
#include "orderd/core/timekeeper.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <memory>

namespace orderd::async {

/// The machine's time, with alarms that ring on the event loop. Must not outlive the loop's context.
std::unique_ptr<timekeeper> make_loop_time(boost::asio::any_io_executor);

}
