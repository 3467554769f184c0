#pragma once
#include "orderd/intake/drop_directory.hpp"
#include "orderd/reporting/scheduled_exports.hpp"
#include "orderd/service/configuration.hpp"
#include "orderd/service/order_loops.hpp"
#include "orderd/store/housekeeping.hpp"
#include "orderd/tracking/books.hpp"

#include <string>

// What the parts of the daemon are given, from the configuration.
namespace orderd::service {

std::string host_name();
/// The configured name, else host and process number.
std::string instance_name_of(const configuration&);
order_loops_options loops_options_of(const configuration&);
store::retention retention_of(const configuration&);
reporting::export_schedule export_schedule_of(const configuration&);
tracking::book_intervals book_intervals_of(const configuration&);
intake::drop_settings drop_settings_of(const configuration&);

}
