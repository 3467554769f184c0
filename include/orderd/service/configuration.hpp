#pragma once
#include "orderd/core/business_day.hpp"
#include "orderd/core/daily_window.hpp"
#include "orderd/core/finding.hpp"
#include "orderd/store/credential_box.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

// The configuration: one table of keys serves reading, checking and documenting it.
namespace orderd::service {

using std::chrono::milliseconds;

struct configuration {
    struct {
        std::string url;
        int connections = 4;
        std::string credential_key_file;
        milliseconds keep_events{0}, keep_details{0}, keep_rejected{0}; // 0: for ever
    } database;
    struct {
        std::string base_url = "https://api.customer.jp/infoIpoE/v2",
                    token_url = "https://api.customer.jp/oauth/v1/accesstokens", client_id, client_secret_file,
                    customer_code, ca_file;
        milliseconds request_timeout{60'000}, connect_timeout{10'000};
    } api;
    struct {
        int max_in_flight = 64;
        double requests_per_second = 0;
        int instance_max_in_flight = 0;
        double instance_requests_per_second = 0;
        daily_window window;
        int max_attempts = 10;
        milliseconds settle_time{120'000}, lease{15'000}, poll_interval{5'000}, backoff_base{1'000},
            backoff_cap{300'000};
        int circuit_threshold = 10;
        bool retry_line_state = false;
        milliseconds search_limit{3'600'000};
        bool resend_without_control = false;
        bool require_approval = false;
        int approval_above = 0; // yen of a batch's first year
    } submission;
    struct {
        milliseconds interval{300'000}, max_interval{0}, catalogue_interval{6 * 3'600'000}, sites_interval{5'000},
            site_list_interval{24 * 3'600'000}, site_detail_interval{7 * 24 * 3'600'000};
        int details_in_flight = 16;
    } tracking;
    struct {
        std::string directory, encoding = "auto", marker, order = "time";
        milliseconds stable_for{2'000}, keep_files{0};
        bool subdirectories = false;
    } csv;
    struct {
        bool enabled = true;
        milliseconds poll_interval{5'000};
    } table;
    std::map<std::string, severity, std::less<>> severities;
    business_calendar calendar;
    struct {
        milliseconds result_interval{10'000};
        std::string directory, format = "csv", encoding = "utf-8-bom";
        std::vector<std::string> exports{"results", "charges", "rejections", "sites", "differences"};
        std::chrono::minutes at{6 * 60}; // of the Japanese day
    } reporting;
    struct {
        std::string listen = "127.0.0.1:9464", instance_name, operator_password_file;
        std::vector<std::string> host_names; // none: of the machine
        milliseconds stop_timeout{80'000};
    } operations;
    struct {
        std::string level = "info", format = "text";
    } log;

    std::string file;                  // where it was read from
    std::vector<std::string> warnings; // what in it has no effect, and what to do
};

/// Something is wrong with the configuration: what, where and how to mend it.
struct configuration_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Reads `file`; unknown keys, wrong types and impossible values are errors with file, line and the nearest key.
configuration read_configuration(const std::string& file);
/// The same of a text, for tests; `file` is only named in messages.
configuration parse_configuration(std::string_view text, const std::string& file);
/// The file to read: `given`, else $ORDERD_CONFIG, else /etc/ipoe-orderd/orderd.toml.
std::string configuration_file(const std::string& given);

/// The client secret: of api.client_secret_file, the systemd credential "client_secret" or $ORDERD_CLIENT_SECRET.
std::string read_client_secret(const configuration&);
/// "30s", "5m", "1h30m", "500ms", "2d".
std::optional<milliseconds> parse_duration(std::string_view);

/// The keys that seal the secrets of sites: of database.credential_key_file or the systemd credential "credential_key",
/// one a line; nothing when there is none.
std::shared_ptr<const store::credential_box> read_credential_box(const configuration&);

/// The password with which the status page may decide about orders: of operations.operator_password_file or the systemd
/// credential "operator_password"; "" when the page is read only.
std::string read_operator_password(const configuration&);

/// What a reload would do: keys whose new value it applies, and keys that need a restart.
struct configuration_changes {
    std::vector<std::string> applied, at_restart;
};
configuration_changes changes_between(const configuration& now, const configuration& wanted);
/// Takes over the values that a reload applies; the others stay.
void take_over_live_keys(configuration& to, const configuration& from);
bool applied_at_run_time(const std::string& key);

/// Every key, as "submission.max_in_flight".
std::vector<std::string> configuration_keys();

}
