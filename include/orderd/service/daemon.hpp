#pragma once
#include "orderd/core/log.hpp"
#include "orderd/core/metrics.hpp"
#include "orderd/intake/file_intake.hpp"
#include "orderd/provider/api.hpp"
#include "orderd/service/configuration.hpp"
#include "orderd/service/logging.hpp"

namespace orderd::service {

/// Runs until SIGTERM or SIGINT; what is on the wire then comes home and is recorded. Gives the exit code.
int run_daemon(const configuration&, const std::string& client_secret, adjustable_logger&);

// What the daemon and the verbs make from the configuration in the same way.
provider::api_options api_options_of(const configuration&, const std::string& client_secret);
intake::judge_settings judge_settings_of(const configuration&);
intake::file_settings file_settings_of(const configuration&);
utc_time now();

}
