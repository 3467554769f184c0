#include "options_of.hpp"
#include "orderd/provider/codec.hpp"
#include "orderd/service/daemon.hpp"

#include <algorithm>
#include <unistd.h>

namespace orderd::service {
namespace {

/// The path of a URL without a closing slash.
std::string path_of(const std::string& url)
{
    auto after_scheme = url.find("://") + 3;
    auto slash = url.find('/', after_scheme);
    auto path = slash == url.npos ? std::string() : url.substr(slash);
    while (path.ends_with('/')) path.pop_back();
    return path;
}

}

provider::api_options api_options_of(const configuration& c, const std::string& client_secret)
{
    provider::api_options o;
    o.connection.server = http::parse_server_address(c.api.base_url);
    o.connection.ca_file = c.api.ca_file;
    o.connection.request_timeout = c.api.request_timeout;
    o.connection.connect_timeout = c.api.connect_timeout;
    o.base_path = path_of(c.api.base_url);
    o.base_url = c.api.base_url;
    while (o.base_url.ends_with('/')) o.base_url.pop_back();
    o.token_connection = o.connection;
    o.token_connection.server = http::parse_server_address(c.api.token_url);
    o.token_path = path_of(c.api.token_url);
    o.client_id = c.api.client_id;
    o.client_secret = client_secret;
    return o;
}

intake::judge_settings judge_settings_of(const configuration& c)
{
    intake::judge_settings s;
    s.customer_code = c.api.customer_code;
    s.severities = c.severities;
    s.calendar = c.calendar;
    s.approval = {c.submission.require_approval, c.submission.approval_above};
    return s;
}

intake::file_settings file_settings_of(const configuration& c)
{
    intake::file_settings s;
    if (c.csv.encoding == "utf-8") s.expected = encoding::utf8;
    if (c.csv.encoding == "cp932") s.expected = encoding::cp932;
    return s;
}

utc_time now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

std::string host_name()
{
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    return host;
}

std::string instance_name_of(const configuration& c)
{
    if (!c.operations.instance_name.empty()) return c.operations.instance_name;
    return host_name() + ":" + std::to_string(::getpid());
}

namespace {

submission::decision_settings decisions_of(const configuration& c)
{
    return {
        c.submission.settle_time,      c.submission.max_attempts, {c.submission.backoff_base, c.submission.backoff_cap},
        c.submission.retry_line_state, c.submission.search_limit, c.submission.resend_without_control};
}

}

order_loops_options loops_options_of(const configuration& c)
{
    const auto& s = c.submission;
    return {{s.requests_per_second, s.instance_requests_per_second},
            {instance_name_of(c), s.lease, s.settle_time, s.max_in_flight, s.instance_max_in_flight},
            {s.circuit_threshold, {}, c.api.request_timeout * 2 + std::chrono::seconds(10)},
            {s.max_in_flight, s.requests_per_second, s.poll_interval, s.lease, s.window, decisions_of(c)},
            {std::min(s.poll_interval, s.settle_time), 16, c.api.request_timeout * 3 / 2, decisions_of(c)},
            {c.tracking.interval, c.tracking.max_interval, c.tracking.details_in_flight}};
}

store::retention retention_of(const configuration& c)
{
    return {c.database.keep_events, c.database.keep_details, c.database.keep_rejected};
}

reporting::export_schedule export_schedule_of(const configuration& c)
{
    const auto& r = c.reporting;
    return {r.directory, r.exports, r.at, *reporting::table_format_from(r.format),
            *reporting::export_encoding_from(r.encoding)};
}

tracking::book_intervals book_intervals_of(const configuration& c)
{
    return {c.tracking.site_list_interval, c.tracking.site_detail_interval, std::chrono::hours(6)};
}

intake::drop_settings drop_settings_of(const configuration& c)
{
    return {c.csv.directory,      c.csv.stable_for, c.csv.marker,       c.csv.order == "name",
            c.csv.subdirectories, c.csv.keep_files, file_settings_of(c)};
}

}
